"""What every way to a product runs through, and what is said of it."""
