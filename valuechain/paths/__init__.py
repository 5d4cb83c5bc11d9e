"""Paths through the recipes: where they begin and end in a place, how each step stands, and the best of them."""
