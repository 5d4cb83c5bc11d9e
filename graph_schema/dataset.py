"""What `dataset.toml` says of a dataset as a whole."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dataset:
    """Title, base year, currency and home of a dataset; `catalogue` opts in to the reference catalogue.

    `encoding`, `delimiter` and `decimal` declare how its text files are written; blank means UTF-8,
    detected from the header, and detected from the whole column.
    """

    id: str
    title: str = ""
    base_year: int | None = None
    currency: str = ""
    home_region: str = ""
    licence: str = ""
    catalogue: bool = True
    encoding: str = ""
    delimiter: str = ""
    decimal: str = ""
