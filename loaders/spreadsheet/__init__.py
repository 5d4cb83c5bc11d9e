"""A messy spreadsheet as a valid dataset: `valuechain import`.

One sheet of an .xlsx workbook, or a CSV text: columns in any order and language, titles above, headers of two
rows, totals between, several products in a cell. What each column is taken for is shown with its reason, and a
mapping file overrides it (`mapping`). Products and makers are recognised by `loaders.recognition`; what is
certain or probable is used, the rest becomes the dataset's own, and a review table beside the dataset lists all
that is not certain, for a person to decide.

Never done: a year, a unit or a region is not invented; a word for unknown is not zero; one figure for several
products is not split; rows that contradict each other are not averaged. Rows that are no maker's are listed with
their reason. Columns that no table holds are kept in the note of each row (unless the mapping says `ignore`).
The order of columns changes nothing, and the same input gives the same bytes.
"""

from loaders.spreadsheet.example import EXAMPLE, write_example
from loaders.spreadsheet.mapping import Mapping, read_mapping
from loaders.spreadsheet.run import Imported, Request, import_spreadsheet, save_import

__all__ = [
    "EXAMPLE",
    "Imported",
    "Mapping",
    "Request",
    "import_spreadsheet",
    "read_mapping",
    "save_import",
    "write_example",
]
