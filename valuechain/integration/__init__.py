"""Integration and linkage: whose plants belong together, what flows between them, and what that is called."""
