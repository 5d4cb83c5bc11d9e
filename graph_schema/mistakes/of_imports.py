"""Wording of what can be wrong with a spreadsheet that is turned into a dataset.

An error here keeps a cell or a row out of the dataset; the rest is used.
"""

from graph_schema.mistakes.wording import file, row, warning

IMPORT_MISTAKES = (
    file(
        "import.no_header",
        "no row of a spreadsheet reads like a header",
        "no row names at least a maker and a product; {found}",
        "name the row with --header-row N, or the columns in a --mapping file",
    ),
    file(
        "import.no_column",
        "a column that the import cannot do without is not found",
        "no column reads as {what}; the columns are {columns}",
        "name it in a --mapping file; --write-mapping FILE writes one to edit",
    ),
    file(
        "import.same_columns",
        "several columns that read as the same thing",
        "{count} columns read as {what}: {columns}; none of them is used",
        "say in a --mapping file which one it is (a place such as #3 names a column, too)",
    ),
    file(
        "import.mapping",
        "a key or value of the mapping file that does not fit",
        "{value} {reason}",
        "{hint}",
    ),
    warning(
        "import.other_sheet",
        "a further sheet that looks like a table",
        "the sheet looks like a table too and is not read",
        "import it by its own: --sheet {name}",
    ),
    row(
        "import.number",
        "a cell that is not read as one amount",
        "{value} is not read as an amount: {reason}",
        "{hint}",
    ),
    row(
        "import.decimal",
        "amounts whose decimal mark nothing tells",
        "{value} may mean {small} or {large}, and no cell of the sheet tells; left out are {count} such cells",
        "say --decimal {mark} if it is {small}, --decimal {other} if it is {large}",
    ),
    row(
        "import.unknown_unit",
        "amounts in a unit that is not known",
        "the unit {unit} is not known; amounts left out: {count}",
        "{nearest}{more}",
    ),
    warning(
        "import.money",
        "amounts that are money",
        "figures that are money and no amounts of a product: {count}; they stay in the note",
        "ask for the amounts, in tonnes or the unit of the product",
    ),
    row(
        "import.value_share",
        "a value exported that is above the value made",
        "the value exported, {value}, is above the value made, {output}; no share is taken from them",
    ),
    warning(
        "import.no_product",
        "rows that name no product",
        "no product was recognised in {count} of {rows} rows; {why}",
        "name the column of products or of HS codes in a --mapping file, or fill in `decision` in the review table",
    ),
    row(
        "import.no_unit",
        "amounts without a unit",
        "{count} amounts have no unit and are left out",
        "name the unit in the header, or say it: --unit t",
    ),
    warning(
        "import.mixed_units",
        "one column with amounts in several units",
        "the column holds amounts in {units}; each is read in its own",
    ),
    warning(
        "import.several_products",
        "one figure for several products",
        "{value} stands for {products} together and is given to none of them",
        "give each product its own row",
    ),
    row(
        "import.two_figures",
        "rows that state different figures of the same thing",
        "{value} here, {other} in row {other_line}, of the same maker, product and year; neither is used",
        "keep one of the two rows, or word the two products apart",
    ),
    warning(
        "import.repeated",
        "rows that say the same",
        "the row says the same as row {other_line} and is counted once",
    ),
    row(
        "import.no_maker",
        "a row with figures or products and no maker",
        "the row names no maker",
        "fill in the maker, or remove the row",
    ),
    warning(
        "import.small_shares",
        "shares in per cent of which none is above 1",
        "all shares of the column are at most 1 and are read as per cent, as the header says",
        "if 0.67 means 67 %, take the % out of the header",
    ),
    row(
        "import.share",
        "a share that is no part of the whole",
        "{value} is no share between 0 and 100 %",
        "{hint}",
    ),
)
"""In the order in which a reader meets them."""
