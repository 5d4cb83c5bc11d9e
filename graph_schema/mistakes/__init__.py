"""Every kind of mistake by its code, and its wording."""
