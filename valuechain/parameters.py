"""Parameters that questions share: which place, which level, which year."""

from typing import Annotated

from graph_schema import Key, Text
from valuechain.places import LEVELS

Region = Annotated[str | None, Key("regions", "the place to look at (default: the dataset's home region)")]
Level = Annotated[str | None, Text("look at every region of this level instead", LEVELS)]
Year = Annotated[int | None, Text("year of the figures (default: the dataset's base year)")]
