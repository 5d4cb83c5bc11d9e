"""Nothing is lost in silence: files under other names, blank rows, headers that are not known."""

import pytest

from loaders import check, load, save
from tests.loaders.sound_dataset import SOUND


def told(report):
    return {(p.code, p.file) for p in report.problems}


NAMES = (
    "flows.csv.txt",
    "flows.tsv",
    "Flows.XLS",
    "flows.csv.gz",
    "flows.ods",
    "flows.json",
    "flows (1).txt",
)


@pytest.mark.parametrize("name", NAMES)
def test_a01_a_table_under_another_suffix_is_not_lost_without_a_word(broken, name):
    report = check(broken(flows__csv=None, **{name: SOUND["flows.csv"]}))
    assert told(report) == {("file.unknown", name)}
    assert report.problems[0].hint == "it looks like the table flows; save it as flows.csv"


def test_a_copy_beside_the_table_is_told_only_where_it_may_be_the_newer_one(broken):
    report = check(broken(flows__tsv="", flows__csv__bak="", flows_2022__txt="", notes__txt=""))
    assert told(report) == {("file.unknown", "flows.tsv")}


@pytest.mark.parametrize("name", ["dataset.toml.txt", "dataset.tml", "Dataset.txt"])
def test_a_description_under_another_name_is_told(broken, name):
    report = check(broken(dataset__toml=None, **{name: SOUND["dataset.toml"]}))
    assert ("file.unknown", name) in told(report)
    assert any("is called dataset.toml" in p.hint for p in report.problems)


def test_the_description_is_read_in_any_case_and_replaced_when_saving(broken):
    folder = broken(dataset__toml=None, Dataset__TOML=SOUND["dataset.toml"])
    chain = load(folder)
    assert chain.dataset.title == "Sound"
    save(chain, folder)
    assert [p.name for p in folder.iterdir() if p.name.casefold() == "dataset.toml"] == ["dataset.toml"]
    assert check(folder).problems == ()


def test_a12_two_descriptions_are_an_error(broken):
    report = check(broken(Dataset__toml="title = 'x'"))
    assert ("file.duplicate_table", "Dataset.toml") in told(report)


@pytest.mark.parametrize("end", ["   \n", "\t\n \n", " , ,\n", '" "\n'])
def test_c08_lines_of_white_space_are_blank(broken, end):
    flows = SOUND["flows.csv"]
    assert check(broken(flows__csv=flows + end)).problems == ()
    report = check(broken(flows__csv=flows.replace("\n", "\n" + end, 2).replace(end, "", 1)))
    assert [(p.code, p.line) for p in report.problems] == [("row.blank", 3)]
    assert check(broken(flows__csv=",,\n" + flows)).problems == ()


def test_c07_cr_cr_lf_is_one_line_end(broken):
    flows = SOUND["flows.csv"].replace("\n", "\r\r\n")
    assert check(broken(flows__csv=flows)).problems == ()
    report = check(broken(flows__csv=flows.replace("1005", "?")))
    assert [(p.code, p.line) for p in report.problems] == [("number.words", 3)]
    old = SOUND["flows.csv"].replace("\n", "\r")
    assert check(broken(flows__csv=old)).problems == ()


@pytest.mark.parametrize("header", ["Title\nproduct_id,name", "code,name,stage", "\u0440roduct_id,name"])
def test_d01_a_table_without_its_key_is_reported_once(broken, header):
    rows = SOUND["products.csv"].partition("\n")[2]
    report = check(broken(products__csv=f"{header},stage,kind,unit\n{rows}"))
    assert {p.file for p in report.errors} == {"products.csv"}
    assert all(p.line == 1 or p.code == "row.width" for p in report.errors)
    count = next(count for count in report.counts if count.table == "products")
    assert count.loaded == 0


def test_h01_every_product_of_a_target_link_must_exist(broken):
    cell = "alumina > metal; alumin>metal;x>y; metal;>"
    report = check(broken(initiatives__csv=f"initiative_id,name,target_links\ni1,Mill,{cell}\n"))
    assert {(p.code, p.value) for p in report.problems} == {
        ("link.format", "metal"),
        ("link.format", ">"),
        ("ref.not_found", "alumin"),
        ("ref.not_found", "x"),
        ("ref.not_found", "y"),
    }
    assert "did you mean alumina?" in {p.hint for p in report.problems}


def test_h01_links_to_products_set_aside_are_set_aside_in_lenient_mode(broken):
    products = SOUND["products.csv"].replace("Aluminium,2", "Aluminium,9")
    links = "initiative_id,name,target_links\ni1,Mill,alumina>metal\ni2,B,alumina>power\n"
    report = check(broken(products__csv=products, initiatives__csv=links), lenient=True)
    assert report.chain.own_table("initiatives")["initiative_id"].to_pylist() == ["i2"]


def test_f07_a_doubtful_point_is_one_warning_and_gone_once_saved(broken, tmp_path):
    production = SOUND["production.csv"].replace("1500,1500", "1.500,1500")
    folder = broken(production__csv=production.replace("250000", "2.500"))
    report = check(folder)
    assert [(p.code, p.line, p.column) for p in report.problems] == [("number.point", 2, "output")]
    assert report.problems[0].message.endswith(": 2")
    save(report.chain, tmp_path / "saved")
    again = check(tmp_path / "saved")
    assert again.problems == ()
    assert again.chain.own_table("production").equals(report.chain.own_table("production"))
    toml = SOUND["dataset.toml"] + 'decimal = "."\n'
    assert check(broken(dataset__toml=toml, production__csv=production)).problems == ()
