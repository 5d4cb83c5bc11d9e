"""Wording of what can be wrong with cells, keys, references and amounts."""

from graph_schema.mistakes.wording import file, row, warning

_CELLS = (
    row("cell.required", "a blank cell in a column that is needed", "{column} is blank but needed", "{what}"),
    row(
        "cell.control",
        "a control character in a cell",
        "{value} holds {odd}",
        "remove it; it cannot be seen but is stored",
    ),
    warning("cell.invisible", "an invisible character in a text", "{value} holds {odd}"),
    warning(
        "cell.mojibake",
        "text that was decoded wrongly some time ago",
        "{value} looks wrongly decoded; it might be {guess}",
    ),
    row("cell.too_long", "a cell above 100,000 characters", "{length} characters; the limit is {limit}"),
    file(
        "cell.huge",
        "a cell beyond what the reader accepts",
        "a cell of more than {limit} characters begins in line {opened}",
        "a quote that is never closed does this",
    ),
    row(
        "cell.excel_error",
        "an error value of a spreadsheet",
        "{value} is an error value of the spreadsheet",
        "mend the formula, or leave the cell blank if the figure is unknown",
    ),
    row(
        "cell.type",
        "a value of a type that the column does not hold",
        "a {found} where {expected} is expected",
        "{hint}",
    ),
    row(
        "id.characters",
        "a character that an id may not hold",
        "an id may not hold {odd}",
        "use letters, digits, - _ and .",
    ),
    row(
        "id.invisible",
        "an invisible character or outer space in an id",
        "{value} holds {odd}",
        "type the id again: {clean}",
    ),
    row("id.too_long", "an id above 64 characters", "{length} characters; an id has at most 64"),
    row(
        "id.number_in_excel",
        "an id that the spreadsheet stores as a number",
        "the spreadsheet stores {value} as a number{why}",
        "format the column as text and type the id again",
    ),
    warning(
        "id.mixed_script",
        "letters of two scripts in one word of an id",
        "{value} mixes {scripts} letters",
        "type the id again in one script",
    ),
    row(
        "id.case_twin",
        "two ids that differ in case only",
        "{value} differs only in case from {other} in line {other_line}",
        "use one spelling",
    ),
    row(
        "id.confusable",
        "two ids that look alike",
        "{value} looks like {other} in line {other_line} but differs: {odd}",
        "use one spelling",
    ),
    row(
        "id.two_tables",
        "the same id for an enterprise and a market",
        "the id is also used in {other}",
        "rename one of them",
    ),
    row(
        "number.format",
        "a cell that is no number",
        "{value} is no number",
        "write digits with one decimal mark, for example 1234.5",
    ),
    row(
        "number.words",
        "words in place of a number",
        "words stand where a number is expected",
        "leave the cell blank if the figure is unknown, and use the column note for words",
    ),
    row(
        "number.unit",
        "a unit inside a number cell",
        "a unit stands inside the number",
        "write {number} here and the unit in the column unit",
    ),
    row(
        "number.percent",
        "a percent sign in a number cell",
        "{value} holds a percent sign",
        "write {fraction}",
    ),
    row(
        "number.digits",
        "digits or signs that are not plain ASCII",
        "{value} holds {odd}",
        "type the number again with plain digits",
    ),
    row(
        "number.not_finite",
        "NaN or infinity",
        "{value} is not a finite number",
        "leave the cell blank if the figure is unknown",
    ),
    row("number.boolean", "true or false in place of a number", "{value} is true or false, not a number"),
    row(
        "number.ambiguous",
        "a mark that may be decimal or thousands",
        "{value} may mean {small} or {large}",
        'declare decimal = "," or decimal = "." in dataset.toml',
    ),
    row(
        "number.mixed",
        "decimal point and decimal comma in one column",
        "a decimal {mark} in a column that writes decimals with a {other}",
        "write all numbers of the column alike",
    ),
    warning(
        "number.thousands",
        "a mark read as thousands because of the rest of the column",
        "{value} is read as {number}, since the column writes decimals with a {mark}",
        'declare decimal = "," or decimal = "." in dataset.toml to confirm',
    ),
    warning(
        "number.point",
        "a point read as decimal that may mean thousands, in amounts that are otherwise whole",
        "{value} is read as {small} though it may mean {large}; cells of this kind in the column: {count}",
        'declare decimal = "." in dataset.toml to confirm, or decimal = "," if the point means thousands',
    ),
    row("number.out_of_range", "a number beyond 1e15", "{value} is beyond 1e15"),
    row("number.negative", "a negative amount", "{column} cannot be negative"),
    row("number.range", "a number outside the column's limits", "{column} must be {expected}"),
    row("share.range", "a share that is no part of one", "a share must be {expected}", "{hint}"),
    row(
        "share.sum",
        "shares of one company that add up to more than 1",
        "the shares of the owners of {owned} add up to {total}",
        "lines {lines}",
    ),
    row("year.format", "a cell that is no year", "{value} is no year", "write four digits, for example 2023"),
    row(
        "date.invalid",
        "a date that does not exist or is not written YYYY-MM-DD",
        "{value} is no date",
        "write YYYY-MM-DD, YYYY-MM or YYYY{hint}",
    ),
    row(
        "date.ambiguous",
        "a date whose order of day and month is not certain",
        "{value} may be read in more than one way",
        "write YYYY-MM-DD",
    ),
    row("date.order", "an end before its start", "the end {value} is before the start {start}"),
    row(
        "choice.unknown",
        "a word that is not one of the choices",
        "{column} must be one of {choices}",
        "{nearest}",
    ),
    row("currency.unknown", "no ISO 4217 currency code", "{value} is no ISO 4217 currency code", "{nearest}"),
)

_RELATIONS = (
    row(
        "key.duplicate",
        "two rows with the same key",
        "the same {key} as line {other_line}",
        "remove one of the two rows, or tell them apart by {key}",
    ),
    row(
        "ref.not_found", "a reference to a row that does not exist", "{value} is not in {tables}", "{nearest}"
    ),
    row(
        "ref.wrong_table",
        "a reference to an id of another kind",
        "{value} is in {found}, but {column} must be in {tables}",
    ),
    row(
        "ref.set_aside",
        "a reference to a row that was set aside",
        "{value} was set aside, so this row is too",
    ),
    row(
        "link.format",
        "a link that is not written as product>product",
        "{value} is no link between two products",
        "write product>product, and ; between links",
    ),
    warning(
        "ref.two_tables", "a reference that fits rows of two tables", "{value} is in {tables}; both are meant"
    ),
    row("region.cycle", "regions that lie inside each other", "{value} lies inside itself: {path}"),
    row("owner.self", "an enterprise that owns itself", "{value} owns itself"),
    warning("flow.self", "a delivery to oneself", "{value} delivers to itself"),
    warning(
        "recipe.self_input",
        "a process that takes its own main product",
        "{process} makes {product} from {product}{whence}",
        "{mend}",
    ),
    warning(
        "recipe.two_roles",
        "a process that takes one product both as feedstock and as input",
        "{process} takes {product} as {other} too ({where}); the two amounts are added up",
        "{mend}, unless {process} needs both amounts",
    ),
    warning(
        "recipe.blank_hides",
        "a blank quantity in place of the catalogue's figure",
        "the blank hides the catalogue's figure, {figure}: it is unknown now",
        "delete the row to use the catalogue's figure, or write a quantity",
    ),
    warning(
        "recipe.other_main",
        "another main product of a catalogue process whose lines stay",
        "{process} makes {theirs} in the catalogue; its figures stay and now count per unit of {product}: {lines}",
        "use a process id of your own, or state every line of {process} in process_flows",
    ),
    warning(
        "recipe.gain",
        "a loop of recipes that gives more than it takes",
        "1 of {path} takes {taken} of itself and nothing else",
        "check the quantities of these recipes and their units",
    ),
    warning(
        "capacity.exceeded",
        "more output than capacity",
        "output {output} is more than capacity {capacity}",
        "check the units of both",
    ),
    row("unit.unknown", "a unit that is not known", "the unit {unit} is not known", "{nearest}"),
    row(
        "unit.dimension",
        "a unit that does not fit the product",
        "{unit} does not fit {product}, which is counted in {to}",
        "{likely}",
    ),
    file(
        "unit.catalogue",
        "another unit for a product that the catalogue's recipes count",
        "the catalogue counts {product} in {to}, {says}; its coefficients rest on that",
        "write {to} here{other}; or use an id of your own",
    ),
)


ROW_MISTAKES = (*_CELLS, *_RELATIONS)
"""In the order in which a reader meets them."""
