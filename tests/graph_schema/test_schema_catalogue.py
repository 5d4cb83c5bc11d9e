"""Own rows beside the rows of a reference catalogue: what they replace, and what is left of it."""

import pyarrow as pa
import pytest

from graph_schema import TABLES, Dataset, DatasetError
from graph_schema.arrow import arrow_schema
from graph_schema.checks.check import RawTable, check_rows, examine
from loaders import check as check_folder
from loaders import load

DATASET = Dataset("x", base_year=2020)
RECIPE = ("process_id", "product_id", "role", "quantity", "unit")


def raw(name, columns, *rows):
    """Rows of one file, as a reader gives them."""
    names = columns if isinstance(columns, tuple) else tuple(columns.split())
    cells = {column: [row[place] for row in rows] for place, column in enumerate(names)}
    return RawTable(name, f"{name}.csv", names, cells, range(2, len(rows) + 2))


def table(name, *rows):
    return pa.Table.from_pylist(
        [{column.name: row.get(column.name) for column in TABLES[name]} for row in rows],
        arrow_schema(TABLES[name]),
    )


CATALOGUE = {
    "products": table(
        "products",
        {"product_id": "ore", "name": "Ore"},  # blank: t
        {
            "product_id": "oxide",
            "name": "Oxide",
            "unit": "t",
            "name_ru": "Глинозём",
            "aliases": "white earth",
        },
        {"product_id": "metal", "name": "Metal", "unit": "t"},
        {"product_id": "power", "name": "Power", "unit": "MWh"},
        {"product_id": "lamps", "name": "Lamps", "unit": "unit"},  # no recipe counts it
    ),
    "processes": table(
        "processes",
        {"process_id": "R", "name": "Refining", "main_product_id": "oxide"},
        {"process_id": "S", "name": "Smelting", "main_product_id": "metal"},
    ),
    "process_flows": table(
        "process_flows",
        {"process_id": "R", "product_id": "ore", "role": "feedstock", "quantity": 3, "unit": "t"},
        {"process_id": "R", "product_id": "oxide", "role": "output", "quantity": 1, "unit": "t"},
        {"process_id": "S", "product_id": "oxide", "role": "feedstock", "quantity": 1.93, "unit": "t"},
        {"process_id": "S", "product_id": "power", "role": "input", "quantity": 14, "unit": "MWh"},
        {"process_id": "S", "product_id": "metal", "role": "output", "quantity": 1, "unit": "t"},
    ),
}
BASE = (
    raw("enterprises", "enterprise_id name", ("e", "E")),
    raw(
        "production",
        "enterprise_id product_id output unit",
        ("e", "oxide", 1, "kt"),
        ("e", "power", 1, "GWh"),
    ),
)


def found(*raws, reference=CATALOGUE, **more):
    """All problems of the own rows beside the catalogue."""
    return examine((*BASE, *raws), DATASET, reference=reference, **more).problems


def products(*rows):
    return raw("products", "product_id name unit", *rows)


def flows(*rows):
    return raw("process_flows", RECIPE, *rows)


@pytest.mark.parametrize("unit", ["kt", "kg", "тыс. т"])
def test_the_catalogue_counts_in_its_own_unit(unit):
    (one,) = found(products(("oxide", "My oxide", unit)))
    assert (one.code, one.severity, one.file, one.line) == ("unit.catalogue", "error", "products.csv", 2)
    assert (one.column, one.value) == ("unit", unit)
    assert "counts oxide in t," in one.message
    assert one.hint.startswith("write t here; amounts in ")
    assert "id of your own" in one.hint


@pytest.mark.parametrize("unit", ["t", "т", "tonnes", None])
def test_the_same_unit_in_another_spelling_is_no_mistake(unit):
    assert found(products(("oxide", "My oxide", unit), ("ore", "My ore", unit))) == ()


def test_a_blank_unit_does_not_make_tonnes_of_electricity():
    (one,) = found(products(("power", "My power", None)))  # and GWh of it do not become a second mistake
    assert (one.code, one.line, one.value) == ("unit.catalogue", 2, "")
    assert "in MWh, and a blank means t" in one.message
    assert one.hint == "write MWh here; or use an id of your own"  # tonnes of power may stand nowhere
    (without,) = found(raw("products", "product_id name", ("power", "My power")))
    assert without.code == "unit.catalogue"
    assert found(products(("power", "My power", "МВт·ч"))) == ()


def test_a_unit_that_is_unknown_is_told_once():
    (one,) = found(products(("oxide", "My oxide", "tonnnes")))
    assert (one.code, one.value) == ("unit.catalogue", "tonnnes")


def test_a_unit_is_free_where_no_coefficient_rests_on_it():
    assert found(products(("lamps", "My lamps", "t"), ("mine", "Mine", "kt"))) == ()
    own = products(("oxide", "My oxide", "kt"), ("power", "My power", "MWh"))
    assert found(own, reference={}) == ()


def test_lenient_does_not_load_amounts_whose_unit_is_in_doubt():
    own = products(("oxide", "My oxide", "kt"))
    assert examine((*BASE, own), DATASET, reference=CATALOGUE, lenient=True).refused


def test_new_rows_keep_the_unit_of_the_catalogue():
    new = [{"product_id": "oxide", "name": "My oxide", "unit": "kt"}]
    with pytest.raises(DatasetError, match=r"unit\.catalogue"):
        check_rows("products", new, {}, DATASET, CATALOGUE)
    existing = {
        "products": table("products", {"product_id": "own", "name": "Own", "unit": "t"}),
        "process_flows": table("process_flows", {"process_id": "S", "product_id": "own", "role": "input"}),
    }
    own = [{"product_id": "own", "name": "Own", "unit": "kt"}]  # the existing rows are no catalogue
    assert check_rows("products", own, existing, DATASET, CATALOGUE).num_rows == 1


def test_one_product_as_feedstock_and_as_input():
    (one,) = found(flows(("R", "ore", "input", 3, "t")))
    assert (one.code, one.severity, one.line, one.column) == ("recipe.two_roles", "warning", 2, "role")
    assert "R takes ore as feedstock too (the catalogue's row)" in one.message
    assert one.hint.startswith("write feedstock here")
    both = flows(("R", "power", "feedstock", 1, "MWh"), ("R", "power", "input", 1, "MWh"))
    (one,) = found(both, reference={**CATALOGUE, "process_flows": table("process_flows")})
    assert (one.code, one.line) == ("recipe.two_roles", 3)
    assert "as feedstock too (line 2)" in one.message
    assert one.hint.startswith("remove one of the rows")


def test_one_product_in_roles_that_are_not_added_up():
    assert found(flows(("R", "ore", "feedstock", 2, "t"))) == ()  # replaces the catalogue's row
    assert found(flows(("R", "ore", "by_product", 1, "t"))) == ()  # what comes back
    assert found(flows(("R", "power", "input", 1, "MWh"))) == ()
    twice = {"process_id": "S", "product_id": "ore"}
    of_catalogue = table("process_flows", {**twice, "role": "feedstock"}, {**twice, "role": "input"})
    beside = {**CATALOGUE, "process_flows": of_catalogue}
    assert found(flows(("R", "power", "input", 1, "MWh")), reference=beside) == ()  # no own row of it


def test_another_main_product_of_a_catalogue_process():
    (one,) = found(raw("processes", "process_id name main_product_id", ("S", "Smelting", "ore")))
    assert (one.code, one.severity, one.file, one.line) == (
        "recipe.other_main",
        "warning",
        "processes.csv",
        2,
    )
    assert (one.column, one.value) == ("main_product_id", "ore")
    assert "S makes metal in the catalogue" in one.message
    assert one.message.endswith("per unit of ore: oxide (feedstock 1.93 t), power (input 14 MWh)")
    same_main = raw(
        "processes", "process_id name main_product_id", ("S", "Мой", "metal"), ("own", "X", "ore")
    )
    assert found(same_main) == ()


def test_a_main_product_that_the_catalogue_takes_as_feedstock():
    own = raw("processes", "process_id name main_product_id", ("S", "Smelting", "oxide"))
    other, itself = found(own)
    assert (other.code, itself.code) == ("recipe.other_main", "recipe.self_input")
    assert (itself.file, itself.line, itself.severity) == ("processes.csv", 2, "warning")
    assert itself.message == "S makes oxide from oxide: the catalogue's row oxide (feedstock 1.93 t) stays"
    assert itself.hint


def test_nothing_of_the_catalogue_stays_if_every_line_is_stated():
    own = raw("processes", "process_id name main_product_id", ("S", "Smelting", "ore"))
    lines = flows(("S", "oxide", "feedstock", 1, "t"), ("S", "power", "input", 10, "MWh"))
    assert found(own, lines) == ()
    (one,) = found(own, flows(("S", "oxide", "feedstock", 1, "t")))
    assert one.message.endswith("per unit of ore: power (input 14 MWh)")


def test_a_blank_that_hides_a_figure():
    (one,) = found(flows(("S", "oxide", "feedstock", None, None)))
    assert (one.code, one.severity, one.line, one.column) == ("recipe.blank_hides", "warning", 2, "quantity")
    assert "1.93 t" in one.message
    assert "delete the row" in one.hint
    assert found(flows(("S", "oxide", "feedstock", 2, "t"))) == ()
    assert found(flows(("S", "ore", "feedstock", None, None))) == ()  # the catalogue has no such row
    blank = table("process_flows", {"process_id": "S", "product_id": "oxide", "role": "feedstock"})
    beside = {**CATALOGUE, "process_flows": blank}
    assert found(flows(("S", "oxide", "feedstock", None, None)), reference=beside) == ()  # nothing is lost
    names = (*RECIPE, "source_id")
    two = (("S", "oxide", "feedstock", None, None, None), ("S", "oxide", "feedstock", 2, "t", "s"))
    source = raw("sources", "source_id title", ("s", "S"))
    assert found(raw("process_flows", names, *two), source) == ()  # another own row states it


def hint_for(product, **more):
    (one,) = found(
        raw("initiatives", "initiative_id name target_links", ("i", "I", f"ore>{product}")), **more
    )
    assert one.code == "ref.not_found"
    return one.hint


def test_an_unknown_id_is_looked_for_among_the_names_of_the_catalogue():
    assert hint_for("Глинозём") == "Глинозём is the name of oxide; write the id"
    assert hint_for("white_earth") == "white_earth is a name of oxide; write the id"
    assert hint_for("wite earth") == "did you mean oxide?"
    assert hint_for("oxyde") == "did you mean oxide?"
    named = {"product_id": "clay", "name": "Earth tile"}, {"product_id": "loam", "name": "Very dark earth"}
    more = {**CATALOGUE, "products": pa.concat_tables([CATALOGUE["products"], table("products", *named)])}
    assert hint_for("earth", reference=more) == "did you mean oxide or loam or clay?"
    assert hint_for("Earth") == "did you mean oxide?"  # a word of a name
    assert hint_for("art") != "did you mean oxide?"  # no word of one
    nothing = hint_for("cryolite")
    assert "`valuechain catalogue WORD`" in nothing
    assert "add cryolite to products" in nothing


def test_a_catalogue_that_is_switched_off_is_named():
    own = products(("ore", "Ore", "t"), ("power", "Power", "MWh"), ("oxide-2", "Oxide", "t"))
    asked = []

    def elsewhere():
        asked.append(1)
        return CATALOGUE

    links = raw("initiatives", "initiative_id name target_links", ("i", "I", "metal>oxide"))
    problems = found(own, links, reference={}, elsewhere=elsewhere)
    assert [p.value for p in problems] == ["metal", "oxide", "oxide"]
    assert all("the reference catalogue has" in p.hint for p in problems)
    one = problems[-1]
    assert one.hint.startswith("the reference catalogue has oxide, but the dataset switches it off")
    assert "catalogue = true in dataset.toml" in one.hint
    assert one.hint.endswith("; or did you mean oxide-2?")
    links = raw("initiatives", "initiative_id name target_links", ("i", "I", "ore>cryolite"))
    assert "catalogue" not in next(p for p in found(own, links, reference={}) if p.value == "cryolite").hint
    assert len(asked) == 1
    sound = products(("ore", "Ore", "t"), ("power", "Power", "MWh"), ("oxide", "Oxide", "t"))
    assert found(sound, reference={}, elsewhere=elsewhere) == ()
    assert len(asked) == 1  # not read where nothing is missing


@pytest.fixture
def folder(tmp_path):
    """Return a way to write a small dataset that restates rows of the real catalogue."""

    def write(catalogue="true", **tables):
        (tmp_path / "dataset.toml").write_text(f"base_year = 2023\ncatalogue = {catalogue}\n")
        base = {
            "enterprises": "enterprise_id,name\ne,E\n",
            "production": "enterprise_id,product_id,output,unit\ne,alumina,1500,kt\n",
        }
        for name, text in (base | tables).items():
            (tmp_path / f"{name}.csv").write_text(text)
        return tmp_path

    return write


def test_a_dataset_that_restates_alumina_in_kilotonnes_is_not_loaded(folder):
    path = folder(products="product_id,name,stage,kind,unit\nalumina,Alumina,1,good,kt\n")
    assert [p.code for p in check_folder(path).errors] == ["unit.catalogue"]
    with pytest.raises(DatasetError, match="counts alumina in t"):
        load(path, lenient=True)


def test_a_dataset_without_the_catalogue_is_told_that_there_is_one(folder):
    path = folder("false", products="product_id,name\nmine,Mine\n")
    (one,) = check_folder(path).errors
    assert "the reference catalogue has alumina" in one.hint
