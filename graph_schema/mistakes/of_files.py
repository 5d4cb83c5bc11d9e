"""Wording of what can be wrong with files, sheets, headers and the dataset as a whole."""

from graph_schema.mistakes.wording import file, row, warning

_DATASET = (
    file("dataset.toml", "dataset.toml cannot be read as TOML", "dataset.toml is not valid TOML: {reason}"),
    file(
        "dataset.value",
        "a key of the dataset's description has a value of the wrong type or out of range",
        "{key} must be {expected}",
        "{hint}",
    ),
    warning(
        "dataset.unknown_key",
        "the dataset's description has a key that is not known",
        "{key} is not a known key and is ignored",
        "{nearest}",
    ),
    file(
        "dataset.base_year",
        "rows leave the year blank and the dataset has no base year",
        "{count} rows leave the year blank, and the dataset has no base_year",
        "write for example base_year = 2023 in dataset.toml, or fill in the year",
    ),
    file(
        "dataset.currency",
        "rows have money without a currency and the dataset has none",
        "{count} rows have money without a currency, and the dataset has no currency",
        'write for example currency = "USD" in dataset.toml, or fill in the currency',
    ),
    file(
        "dataset.home_region",
        "home_region is not a region of the dataset",
        "home_region {value} is not in regions",
        "{nearest}",
    ),
)

_FILES = (
    file(
        "file.missing",
        "a table that is needed is missing",
        "{table} is missing; the dataset has {present}",
        "add {table} with the columns {columns}; `valuechain template` writes an empty one",
    ),
    file("file.empty", "a file is empty or blank", "the file is empty", "it needs a header: {columns}"),
    file(
        "file.not_regular", "a table's name is a folder, a device or a pipe", "{name} is not a regular file"
    ),
    file(
        "file.outside_dataset",
        "a link that is broken or leads out of the dataset's folder",
        "{name} is a link that leads out of the dataset or to nothing",
        "copy the file itself into the folder",
    ),
    file("file.unreadable", "the file cannot be opened", "the file cannot be read: {reason}"),
    file("file.too_large", "a file above the limit", "the file has {size}; the limit is {limit}"),
    file(
        "file.not_csv",
        "something else under the name of a CSV file",
        "this is no CSV text: it looks like {kind}",
    ),
    file(
        "file.conflict_markers",
        "lines left by a version-control merge",
        "a conflict marker of version control stands here",
        "settle the conflict and remove the marker lines",
    ),
    file(
        "file.duplicate_table",
        "the same table in more than one file or sheet",
        "{table} is there more than once: {names}",
        "keep one of them",
    ),
    file(
        "file.changed_during_read",
        "the dataset was changed while it was being read",
        "the file changed while it was being read",
        "load again when nobody is writing",
    ),
    file("file.too_many", "a folder with too many files", "the folder has more than {limit} files"),
    warning(
        "file.unknown", "a file whose name is no table", "{name} is no table and is not read", "{nearest}"
    ),
    file(
        "encoding.not_utf8",
        "the file is not UTF-8 and no encoding is declared",
        "not {encoding} from line {line_number} on, byte {offset} ({byte})",
        "{hint}",
    ),
    file(
        "encoding.unknown",
        "the declared encoding does not exist",
        "there is no encoding {value}",
        'use "cp1251" or leave it out for UTF-8',
    ),
    warning(
        "encoding.is_utf8",
        "an encoding is declared, yet the whole file is UTF-8",
        "declared as {encoding}, but all of it is UTF-8; read as UTF-8",
        "save it in the declared encoding or remove the declaration",
    ),
    file(
        "csv.quote",
        "a quoted cell that is not closed as it should be",
        "the quote opened in line {opened} is not closed properly (found in line {found})",
        'close it, and write a quote inside a quoted cell twice: ""',
    ),
    file(
        "csv.delimiter",
        "the declared delimiter is not usable",
        "{value} is no delimiter",
        "use , ; | or a tab",
    ),
    row(
        "row.width",
        "a row with more or fewer cells than the header",
        "{found} cells, the header has {expected}",
        "{hint}",
    ),
    warning("row.blank", "a blank row between other rows", "a blank row; it is skipped"),
    row(
        "row.total",
        "a row of totals among the data",
        "{value} looks like a row of totals; totals are computed, not entered",
        "remove the row",
    ),
    file(
        "excel.format",
        "the file is no readable .xlsx workbook",
        "this is no .xlsx workbook: {reason}",
        "{hint}",
    ),
    file(
        "archive.too_large",
        "a workbook that unpacks beyond the limits",
        "the workbook unpacks to {size}; the limit is {limit}",
    ),
    file(
        "archive.ratio",
        "a workbook packed suspiciously tightly",
        "a part of the workbook is packed {ratio} to 1; the limit is {limit}",
    ),
    file("archive.unsafe", "a workbook with unsafe or too many parts", "the workbook has {reason}"),
    file(
        "xml.forbidden",
        "a document type or entity in the XML of a workbook",
        "{part} declares a document type or entity, which is never read",
    ),
    file(
        "sheet.too_large",
        "a sheet with cells too far out",
        "a cell in column {found}; at most {limit} columns are read",
        "delete the stray cells",
    ),
    warning(
        "sheet.hidden",
        "a hidden sheet",
        "the sheet is hidden and is not read",
        "show the sheet if it belongs to the data",
    ),
    warning(
        "sheet.merged",
        "merged cells: only the first one holds the value",
        "merged cells: {value}; only the first cell of each holds a value",
    ),
    warning(
        "sheet.unknown", "a sheet whose name is no table", "{name} is no table and is not read", "{nearest}"
    ),
    row(
        "cell.formula_no_value",
        "a formula that was saved without its value",
        "a formula without a value",
        "open the workbook in a spreadsheet program, let it calculate, and save",
    ),
    file("parquet.damaged", "a Parquet file that cannot be read", "the Parquet file is damaged: {reason}"),
    file(
        "parquet.checksum",
        "a page of a Parquet file differs from its checksum",
        "the data differ from their checksum: the file is damaged",
        "restore the file from a copy",
    ),
)

_HEADERS = (
    file(
        "header.not_found",
        "no known column name in the first row",
        "the first row holds no column of {table}; it needs {columns}",
        "the header must be the first row, without a title above it",
    ),
    file("header.too_wide", "more columns than the limit", "{found} columns; the limit is {limit}"),
    file(
        "column.missing", "a column that is needed is missing", "the column {column} is missing", "{nearest}"
    ),
    file("column.duplicate", "two columns of the same name", "the column {column} is there {count} times"),
    file(
        "column.lookalike",
        "a column name that only looks like a known one",
        "{value} looks like {column} but has {odd}",
        "type the name again: {column}",
    ),
    file(
        "header.blank_name",
        "a column without a name that holds values",
        "column number {number} has values but no name",
    ),
    warning(
        "header.blank_column",
        "a column without a name and without values",
        "column number {number} has neither name nor values",
    ),
    warning(
        "column.unknown", "a column that is not known", "{names} not known in {table}; not read", "{nearest}"
    ),
    warning("table.no_rows", "a table that is needed has no rows", "{table} has a header but no rows"),
)


FILE_MISTAKES = (*_DATASET, *_FILES, *_HEADERS)
"""In the order in which a reader meets them."""
