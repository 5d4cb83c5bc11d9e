"""Closing one gap in a copy of the dataset: who makes what, how much, and where the material comes from."""

from valuechain.closing.close import Closed, Closing, close_gap

__all__ = ["Closed", "Closing", "close_gap"]
