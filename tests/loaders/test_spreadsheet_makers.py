"""Who is who in a spreadsheet, and where: joins that can be undone, regions beside each other, addresses."""

import csv
import io

import pytest

from graph_schema import ParameterError
from loaders.spreadsheet import Mapping, Request, import_spreadsheet, save_import

HEAD = ("Предприятие", "Продукция", "Объём производства, т")


def run(folder, *rows, head=HEAD, region="Павлодарская область", file="a.csv"):
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=";").writerows([head, *rows])
    (folder / file).write_text(stream.getvalue(), encoding="utf-8")
    return import_spreadsheet(Request(folder / file, folder / "out", Mapping(region=region, year=2022)))


def outputs(made):
    names = {row["enterprise_id"]: row["name"] for row in made.chain.own_table("enterprises").to_pylist()}
    return {
        names[row["enterprise_id"]]: row["output"] for row in made.chain.own_table("production").to_pylist()
    }


def told(made):
    return {match.text: (match.state, match.reason) for match in made.makers}


def decide(folder, *rows):
    with (folder / "out.review.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("kind", "text", "found_id", "decision"), *rows])


@pytest.mark.parametrize(("one", "other"), [("ТОО «Ақ нан»", "ТОО «Нан»"), ("ТОО «Ақ бидай»", "ТОО «Бидай»")])
def test_white_is_no_legal_form(tmp_path, one, other):
    made = run(tmp_path, (one, "Мука", "500"), (other, "Мука", "12000"))
    assert outputs(made) == {one: 500.0, other: 12000.0}


@pytest.mark.parametrize(
    ("one", "other", "letter"), [("ТОО Раххат", "ТОО «Рахат»", "х"), ("Металлсервис", "Металсервис", "л")]
)
def test_other_figures_keep_apart_what_is_not_literally_the_same(tmp_path, one, other, letter):
    made = run(tmp_path, (one, "Мука", "500"), (other, "Мука", "12000"))
    assert outputs(made) == {one: 500.0, other: 12000.0}
    assert {state for state, _ in told(made).values()} == {"candidate"}
    reason = told(made)[one][1]
    assert reason.startswith(f"One letter is doubled: {letter} in")
    assert "500 t" in reason
    assert "12000 t" in reason


def test_a_probable_join_is_listed_and_undone_by_none(tmp_path):
    rows = ("ТОО Раххат", "Мука", "500"), ("ТОО «Рахат»", "Молоко сырое", "12000")
    made = run(tmp_path, *rows)
    assert made.enterprises == 1
    ((text, (state, reason)),) = told(made).items()
    assert state == "probable"
    assert "doubled" in reason
    decide(tmp_path, ("enterprise", text, "", "none"))
    assert run(tmp_path, *rows).enterprises == 2
    decide(tmp_path, ("enterprise", text, "", ""))
    assert run(tmp_path, *rows).enterprises == 1


def test_a_join_of_what_was_kept_apart_by_hand(tmp_path):
    rows = ("ТОО Ромашка", "Мука", "500"), ("ТОО Василёк", "Мука", "500"), ("АО Ромашка", "Молоко сырое", "7")
    made = run(tmp_path, *rows)
    ids = {row["name"]: row["enterprise_id"] for row in made.chain.own_table("enterprises").to_pylist()}
    assert len(ids) == 3
    decide(tmp_path, ("enterprise", "ТОО Василёк", "", ids["АО Ромашка"]))
    again = run(tmp_path, *rows)
    assert again.enterprises == 2
    assert {row["enterprise_id"] for row in again.chain.own_table("enterprises").to_pylist()} == {
        ids["АО Ромашка"],
        ids["ТОО Ромашка"],
    }
    decide(
        tmp_path,
        ("enterprise", "ТОО Василёк", "", ids["АО Ромашка"]),
        ("enterprise", "АО Ромашка", "", ids["ТОО Василёк"]),
    )
    assert run(tmp_path, *rows).enterprises == 2  # a circle


def test_yes_joins_what_figures_keep_apart(tmp_path):
    rows = ("ТОО Раххат", "Мука", "500"), ("ТОО «Рахат»", "Мука", "12000")
    made = run(tmp_path, *rows)
    ids = {row["name"]: row["enterprise_id"] for row in made.chain.own_table("enterprises").to_pylist()}
    decide(tmp_path, ("enterprise", "ТОО Раххат", ids["ТОО «Рахат»"], "yes"))
    assert run(tmp_path, *rows).enterprises == 1


def test_decisions_about_nothing_are_told(tmp_path):
    decide(tmp_path, ("enterprise", "ТОО Прежнее", "", "none"), ("enterprise", "тоо «альфа»", "", "none"))
    made = run(tmp_path, ("ТОО Альфа", "Мука", "5"))
    assert (
        "1 decision of the review table matches nothing in the sheet: enterprise 'ТОО Прежнее'." in made.said
    )
    save_import(made)
    assert "ТОО Прежнее" in (tmp_path / "out.review.csv").read_text(encoding="utf-8-sig")


def test_the_reason_says_which_letter_differs(tmp_path):
    made = run(tmp_path, ("ТОО «Сарбай»", "Мука", "5"), ("ТОО «Сарбаи»", "Мука", "6"))
    assert made.enterprises == 2
    assert told(made)["ТОО «Сарбай»"][1] == "One letter differs: й and и, as in 'ТОО «Сарбаи»'."


# --- places

PLACED = ("Предприятие", "Область", "Продукция", "Объём производства, т")


def regions(made):
    return {r["name"]: (r["parent_id"], r["level"]) for r in made.chain.own_table("regions").to_pylist()}


@pytest.mark.parametrize(
    "given", ["Павлодарская область", "Павлодарская обл.", "Павлодар облысы", "Павлодар"]
)
def test_regions_of_the_sheet_stand_beside_the_given_one(tmp_path, given):
    rows = ("ТОО А1", "Павлодарская область", "Мука", "5"), ("ТОО Б2", "Карагандинская область", "Мука", "6")
    made = run(tmp_path, *rows, head=PLACED, region=given)
    found = regions(made)
    assert len(found) == 2
    assert {parent for parent, _ in found.values()} == {None}
    assert made.chain.dataset.home_region.startswith("pavlodar")
    (said,) = (one for one in made.said if "own column" in one)
    assert "Карагандинская область (1 rows)" in said


def test_a_country_stands_around_the_regions_of_the_sheet(tmp_path):
    rows = ("ТОО А1", "Павлодарская", "Мука", "5"), ("ТОО Б2", "Карагандинская область", "Мука", "6")
    made = run(tmp_path, *rows, head=PLACED, region="Қазақстан")
    assert regions(made) == {
        "Қазақстан": (None, "country"),
        "Павлодарская": ("kazakstan", "region"),
        "Карагандинская область": ("kazakstan", "region"),
    }


def test_a_given_region_that_the_sheet_does_not_name_is_an_error(tmp_path):
    rows = ("ТОО А1", "Абайская область", "Мука", "5"), ("ТОО Б2", "Карагандинская область", "Мука", "6")
    with pytest.raises(ParameterError, match=r"names Абайская область, Карагандинская область, and not"):
        run(tmp_path, *rows, head=PLACED)


@pytest.mark.parametrize(
    "name", ["East Kazakhstan", "Восточно-Казахстанская область", "Шығыс Қазақстан", "ВКО"]
)
def test_a_side_of_the_country_is_a_region(tmp_path, name):
    made = run(tmp_path, ("ТОО А1", name, "Мука", "5"), head=PLACED, region="East Kazakhstan region")
    assert regions(made) == {"East Kazakhstan region": (None, "region")}
    made = run(tmp_path, ("ТОО А1", name, "Мука", "5"), head=PLACED, region="")
    assert regions(made) == {name: (None, "region")}


def test_the_place_is_cut_out_of_an_address(tmp_path):
    head = ("Предприятие", "Адрес", "Продукция", "Объём производства, т")
    made = run(
        tmp_path,
        ("ТОО А1", "г. Риддер", "Мука", "5"),
        ("ТОО Б2", "Бородулихинский район", "Мука", "5"),
        ("ТОО В3", "070000, ВКО, г. Усть-Каменогорск, ул. Мира 5", "Мука", "5"),
        ("ТОО Г4", "140000, ул. Мира 5", "Мука", "5"),
        head=head,
        region="ВКО",
    )
    assert {name: level for name, (_, level) in regions(made).items()} == {
        "ВКО": "region", "г. Риддер": "city", "Бородулихинский район": "district", "г. Усть-Каменогорск": "city",
    }  # fmt: skip
    notes = " ".join(row["note"] for row in made.chain.own_table("production").to_pylist())
    assert "address: 070000, ВКО, г. Усть-Каменогорск, ул. Мира 5" in notes
    assert "address: 140000, ул. Мира 5" in notes


def test_a_column_of_districts_is_surer_than_one_of_addresses(tmp_path):
    head = ("Предприятие", "Район", "Юридический адрес", "Продукция", "Объём производства, т")
    made = run(tmp_path, ("ТОО А1", "г. Аксу", "г. Астана, ул. Мира 5", "Мука", "5"), head=head)
    assert set(regions(made)) == {"Павлодарская область", "г. Аксу"}
    assert "г. Астана" in made.chain.own_table("production").to_pylist()[0]["note"]
