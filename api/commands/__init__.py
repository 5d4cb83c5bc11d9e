"""One module per command; each has a `command`. Heavy imports stand inside functions."""
