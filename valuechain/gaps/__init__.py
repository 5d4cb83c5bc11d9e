"""Gaps: what the missing links of a zone are, how large, why, and who could close them.

`split` parts outflows and shortages, `chains` and `middle` tell where chains break off, `overlays` and
`round_trips` look at the same tonnes once more. The others say what a row rests on and tell it in words.
"""

from valuechain.gaps.split import BOUNDS, KINDS, NAMES, SPLIT, VIEWS, Gaps, local_supply

__all__ = ["BOUNDS", "KINDS", "NAMES", "SPLIT", "VIEWS", "Gaps", "local_supply"]
