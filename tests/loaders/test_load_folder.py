"""What a folder of CSV files may hold, line by line of the reliability guide (the ids in brackets)."""

import os

import pytest

from graph_schema import DatasetError
from loaders import check, load
from loaders.folder import MOST_FILES


def found(report):
    return {(p.code, p.file, p.line) for p in report.problems}


def codes(report):
    return {p.code for p in report.problems}


def test_the_sound_dataset_loads_without_a_word(sound):
    report = check(sound)
    assert report.problems == ()
    assert report.chain is not None
    assert all(c.read == c.loaded and c.set_aside == 0 for c in report.counts)
    assert {c.table: c.read for c in report.counts}["products"] == 3


def test_amounts_are_in_the_unit_of_the_product(sound):
    chain = load(sound)
    production = {row["product_id"]: row for row in chain.own_table("production").to_pylist()}
    assert production["alumina"]["output"] == 1_500_000
    assert {row["unit"] for row in production.values()} == {"t"}
    flows = {row["to_id"]: row for row in chain.own_table("flows").to_pylist()}
    assert flows["world"]["quantity"] == 1_005_000
    assert flows["world"]["year"] == 2023  # the base year
    assert flows["world"]["currency"] == "USD"
    assert flows["e2"]["currency"] is None  # no money, no currency
    assert chain.own_table("prices").to_pylist()[0]["price"] == 300  # per t, was per kt


MUTATIONS = [
    # id, file, content, expected code, line
    ("A02", "flows__csv", b"", "file.empty", None),
    ("A04", "flows__csv", b" \r\n\n  \n", "file.empty", None),
    ("A05", "flows__csv", "from_id,to_id,product_id,quantity\ne1,e2,alumina,5\ne1,wo", "row.width", 3),
    ("A07", "regions__csv", "region_id,name\nr1,Павлодар".encode()[:-1], "encoding.not_utf8", 2),
    ("A10-html", "flows__csv", "<!DOCTYPE html><html>404</html>", "file.not_csv", None),
    ("A10-gzip", "flows__csv", b"\x1f\x8b\x08\0\0\0", "file.not_csv", None),
    ("A10-zip", "flows__csv", b"PK\x03\x04\0\0\0", "file.not_csv", None),
    ("A10-random", "flows__csv", bytes(range(1, 256)), "file.not_csv", None),
    (
        "A11",
        "regions__csv",
        "region_id,name\n<<<<<<< HEAD\nr1,A\n=======\nr1,B\n>>>>>>> x\nkz,K\n",
        "file.conflict_markers",
        2,
    ),
    ("B04", "regions__csv", "region_id,name\nr1,Павлодар\n".encode("cp1251"), "encoding.not_utf8", 2),
    (
        "B06",
        "regions__csv",
        "region_id,name\nkz,Қазақстан\n".encode() + b"r1,\xcf\xe0\xe2\n",
        "encoding.not_utf8",
        3,
    ),
    ("B07-surrogate", "regions__csv", b"region_id,name\nr1,\xed\xa0\x80\n", "encoding.not_utf8", 2),
    ("B07-overlong", "regions__csv", b"region_id,name\nr1,\xc0\xaf\n", "encoding.not_utf8", 2),
    ("B08", "regions__csv", "region_id,name\nkz,K\nr1,a\0b\n", "cell.control", 3),
    ("B08-tail", "markets__csv", "market_id,name,kind\nworld,W,abroad\n\0\0\0\0\0", "row.width", 3),
    ("B09", "regions__csv", "region_id,name\nkz,K\nr1,a\x1bb\n", "cell.control", 3),
    ("B10", "regions__csv", "region_id,name\nkz,K\nr1,ÐŸÐ°Ð²\n", "cell.mojibake", 3),
    ("B11-name", "regions__csv", "region_id,name\nkz,K\nr1,a\u202eb\n", "cell.invisible", 3),
    ("B11-id", "regions__csv", "region_id,name\nkz,K\nr1\u200b,a\n", "id.invisible", 3),
    ("C02", "regions__csv", "region_id,name\nr1;A\nkz;K\n", "row.width", 2),
    ("C03", "regions__csv", 'region_id,name\nkz,K\nr1,"A\nr2,B\n', "csv.quote", 3),
    ("C05-long", "regions__csv", "region_id,name\nkz,K,x\nr1,A\n", "row.width", 2),
    ("C05-short", "regions__csv", "region_id,name\nkz\nr1,A\n", "row.width", 2),
    ("C06", "regions__csv", "region_id,name\nkz,K,1\nr1,A,2\n", "row.width", 2),
    ("C08", "regions__csv", "region_id,name\nkz,K\n,\nr1,A\n\n", "row.blank", 3),
    ("C09", "regions__csv", "Regions of the country\nregion_id,name\nkz,K\nr1,A\n", "header.not_found", 1),
    ("C10", "regions__csv", "region_id,name\nkz,K\nr1,A\nИтого,\n", "row.total", 4),
    ("C13-cell", "regions__csv", "region_id,name\nkz,K\nr1," + "x" * 100_001 + "\n", "cell.too_long", 3),
    ("C13-huge", "regions__csv", "region_id,name\nkz,K\nr1," + "x" * 1_000_000 + "\n", "cell.huge", 3),
    ("C13-header", "regions__csv", "region_id,name," + "x" * 200_000 + "\nkz,K,\n", "cell.huge", 1),
    ("C13-wide", "regions__csv", "region_id,name" + ",x" * 5000 + "\n", "header.too_wide", 1),
    ("D01", "regions__csv", "region_id,title\nkz,K\nr1,A\n", "column.missing", 1),
    ("D04", "regions__csv", "region_id,name,name\nkz,K,K\nr1,A,A\n", "column.duplicate", 1),
    ("D06", "regions__csv", "region_id,nаme\nkz,K\nr1,A\n", "column.lookalike", 1),
    ("D07", "regions__csv", "region_id,name,colour\nkz,K,red\nr1,A,blue\n", "column.unknown", 1),
    ("D08-blank", "regions__csv", "region_id,name,\nkz,K,1\nr1,A,2\n", "header.blank_name", 1),
    ("D08-none", "regions__csv", "kz,K\nr1,A\n", "header.not_found", 1),
    ("E01", "regions__csv", "region_id,name\nkz,K\nr1,A\nr1,A\n", "key.duplicate", 4),
    ("E02", "regions__csv", "region_id,name\nkz,K\nr1,A\nr1,B\n", "key.duplicate", 4),
    ("E03", "regions__csv", "region_id,name\nkz,K\nr1,A\n ,B\n", "cell.required", 4),
    ("E04", "regions__csv", "region_id,name\nkz,K\nr1,A\nA-01,x\nА-01,y\n", "id.confusable", 5),
    ("E05", "regions__csv", "region_id,name\nkz,K\nr1,A\nABC,x\nАВС,y\n", "id.confusable", 5),
    ("E06", "regions__csv", "region_id,name\nkz,K\nr1,A\nй,x\nи\u0306,y\n", "key.duplicate", 5),
    ("E07-space", "regions__csv", "region_id,name\nkz,K\nr1 ,A\n", "id.invisible", 3),
    ("E07-nbsp", "regions__csv", "region_id,name\nkz,K\nr1\u00a0,A\n", "id.invisible", 3),
    ("E07-hyphen", "regions__csv", "region_id,name\nkz,K\nr\u00ad1,A\n", "id.invisible", 3),
    ("E08", "regions__csv", "region_id,name\nkz,K\nr1,A\nKZ,B\n", "id.case_twin", 4),
    ("E09", "regions__csv", "region_id,name\nkz,K\nr1,A\nｋｚ,B\n", "id.confusable", 4),
    ("E14-path", "regions__csv", "region_id,name\nkz,K\nr1,A\n../../etc,B\n", "id.characters", 4),
    ("E14-cypher", "regions__csv", "region_id,name\nkz,K\nr1,A\n'})--,B\n", "id.characters", 4),
    ("E15", "regions__csv", "region_id,name\nkz,K\nr1,A\n" + "x" * 65 + ",B\n", "id.too_long", 4),
    ("E-mixed", "regions__csv", "region_id,name\nkz,K\nr1,A\nзаводA,B\n", "id.mixed_script", 4),
    ("F15", "ownership__csv", "owner_id,owned_id,share\ne1,e2,51\n", "share.range", 2),
    ("F15-sum", "ownership__csv", "owner_id,owned_id,share\ne1,e2,0.8\ne3,e2,0.5\n", "share.sum", 2),
    (
        "F16",
        "production__csv",
        "enterprise_id,product_id,output,capacity\ne1,alumina,110,100\n",
        "capacity.exceeded",
        2,
    ),
    ("G-order", "initiatives__csv", "initiative_id,name,start,end\ni1,x,2026-01-01,2024\n", "date.order", 2),
    ("H01", "ownership__csv", "owner_id,owned_id\ne1,e9\n", "ref.not_found", 2),
    ("H02", "ownership__csv", "owner_id,owned_id\ne1,е2\n", "ref.not_found", 2),
    ("H03", "ownership__csv", "owner_id,owned_id\ne1,alumina\n", "ref.wrong_table", 2),
    ("H05", "ownership__csv", "owner_id,owned_id\ne1,\n", "cell.required", 2),
    ("H06", "ownership__csv", "owner_id,owned_id\ne1,e2;e1\n", "ref.not_found", 2),
    ("I02", "flows__csv", "from_id,to_id,product_id\ne1,e1,alumina\n", "flow.self", 2),
    ("I05-self", "ownership__csv", "owner_id,owned_id\ne1,e1\n", "owner.self", 2),
    ("I05-region", "regions__csv", "region_id,name,parent_id\nkz,K,r1\nr1,A,kz\n", "region.cycle", 2),
    ("two-tables", "markets__csv", "market_id,name,kind\nworld,W,abroad\ne1,E,abroad\n", "id.two_tables", 3),
    ("choice", "markets__csv", "market_id,name,kind\nworld,W,abrod\n", "choice.unknown", 2),
    (
        "currency",
        "prices__csv",
        "product_id,market_id,price,currency\nalumina,world,3,тг\n",
        "currency.unknown",
        2,
    ),
]


@pytest.mark.parametrize(
    ("file", "content", "code", "line"), [m[1:] for m in MUTATIONS], ids=[m[0] for m in MUTATIONS]
)
def test_a_mistake_is_reported_in_its_place(broken, file, content, code, line):
    extra = {"enterprises__csv": "enterprise_id,name\ne1,A\ne2,B\ne3,C\n"} if "e3" in str(content) else {}
    report = check(broken(**{file: content}, **extra))
    assert (code, file.replace("__", "."), line) in found(report)
    for count in report.counts:
        assert count.read == count.loaded + count.set_aside
    severities = {p.severity for p in report.problems if p.code == code}
    assert (report.chain is None) == ("error" in {p.severity for p in report.problems})
    assert len(severities) == 1


HARMLESS = {
    "B01-bom": ("regions__csv", "\ufeffregion_id,name\nkz,K\nr1,A\n"),
    "B02-double-bom": ("regions__csv", "\ufeff\ufeffregion_id,name\nkz,K\nr1,A\n"),
    "B03-utf16": ("regions__csv", "region_id\tname\nkz\tK\nr1\tПавлодар\n".encode("utf-16")),
    "C01-semicolon": ("regions__csv", "region_id;name\nkz;K\nr1;A\n"),
    "C01-tab": ("regions__csv", "region_id\tname\nkz\tK\nr1\tA\n"),
    "C01-bar": ("regions__csv", "region_id|name\nkz|K\nr1|A\n"),
    "C04-bare-quotes": ("regions__csv", 'region_id,name\nkz,ТОО "Завод"\nr1,A\n'),
    "C07-cr": ("regions__csv", "region_id,name\rkz,K\rr1,A\r"),
    "C07-crlf": ("regions__csv", "region_id,name\r\nkz,K\r\nr1,A\r\n"),
    "C08-end": ("regions__csv", "region_id,name\nkz,K\nr1,A\n,\n\n\n"),
    "C09-sep": ("regions__csv", "sep=;\nregion_id;name\nkz;K\nr1;A\n"),
    "C12-newline": ("regions__csv", 'region_id,name\nkz,"K\nK"\nr1,A\n'),
    "D05-case": ("regions__csv", " Region ID ,NAME\u00a0\nkz,K\nr1,A\n"),
    "column-order": ("regions__csv", "name,region_id\nK,kz\nA,r1\n"),
    "row-order": ("regions__csv", "region_id,name,parent_id\nr1,A,kz\nkz,K,\n"),
    "quoting": ("regions__csv", '"region_id","name"\n"kz","K"\n"r1","A"\n'),
    "E10-na": ("regions__csv", "region_id,name\nkz,K\nr1,A\nNA,null\nNone,nan\n"),
    "E11-zeros": ("regions__csv", "region_id,name\nkz,K\nr1,A\n007,x\n7,y\n"),
    "E13-exponent": ("regions__csv", "region_id,name\nkz,K\nr1,A\n1E5,x\n100000,y\n"),
    "choice-case": ("markets__csv", "market_id,name,kind\nworld,W,Rest of country\n"),
    "F11-blank": ("production__csv", "enterprise_id,product_id,output\ne1,alumina,\n"),
}


@pytest.mark.parametrize(("file", "content"), HARMLESS.values(), ids=HARMLESS)
def test_a_harmless_variation_loads_without_a_word(broken, file, content):
    report = check(broken(**{file: content}))
    assert report.problems == ()
    assert report.chain is not None


def test_c11_a_trailing_delimiter_is_a_warning(broken):
    report = check(broken(regions__csv="region_id,name,\nkz,K,\nr1,A,\n"))
    assert codes(report) == {"header.blank_column"}
    assert report.chain is not None


def test_c12_lines_after_a_line_break_in_a_cell_are_counted_as_an_editor_counts(broken):
    text = 'region_id,name\nkz,"K\n\n\nK"\nr1,A\nr1,again\n'
    assert ("key.duplicate", "regions.csv", 7) in found(check(broken(regions__csv=text)))


def test_c03_rows_before_an_unclosed_quote_are_still_checked_and_references_not_judged(broken):
    report = check(broken(enterprises__csv='enterprise_id,name\ne1,A\ne2,B\ne1,C\ne7,"D\n'))
    assert ("csv.quote", "enterprises.csv", 5) in found(report)
    assert ("key.duplicate", "enterprises.csv", 4) in found(report)
    assert "ref.not_found" not in codes(report)


def test_a01_a_missing_table_is_named_with_what_is_there(broken):
    report = check(broken(enterprises__csv=None))
    (missing,) = [p for p in report.problems if p.code == "file.missing"]
    assert "enterprises" in missing.message
    assert "production" in missing.message
    assert "ref.not_found" not in codes(report)  # one mistake, one problem


def test_a03_a_needed_table_without_rows_is_a_warning(broken):
    report = check(broken(production__csv="enterprise_id,product_id\n"))
    assert codes(report) == {"table.no_rows"}


def test_a08_a_folder_in_place_of_a_file(broken):
    folder = broken(flows__csv=None)
    (folder / "flows.csv").mkdir()
    assert ("file.not_regular", "flows.csv", None) in found(check(folder))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a08_a_pipe_does_not_hang(broken):
    folder = broken(flows__csv=None)
    os.mkfifo(folder / "flows.csv")
    assert ("file.not_regular", "flows.csv", None) in found(check(folder))


def test_a08_a_device_behind_a_link_is_refused(broken):
    folder = broken(flows__csv=None)
    (folder / "flows.csv").symlink_to("/dev/zero")
    assert ("file.outside_dataset", "flows.csv", None) in found(check(folder))


def test_a09_links_must_stay_inside(broken, tmp_path):
    folder = broken(flows__csv=None, markets__csv=None, prices__csv=None)
    (tmp_path / "secret.csv").write_text("from_id,to_id,product_id\ne1,e2,alumina\n")
    (folder / "flows.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "markets.csv").symlink_to(folder / "nowhere")
    report = check(folder)
    assert {("file.outside_dataset", n, None) for n in ("flows.csv", "markets.csv")} <= found(report)


def test_a09_a_link_inside_is_followed(broken):
    folder = broken(flows__csv=None)
    (folder / "flows-2023.txt").write_text("from_id,to_id,product_id\ne1,e2,alumina\n")
    (folder / "flows.csv").symlink_to("flows-2023.txt")
    assert check(folder).problems == ()


@pytest.mark.parametrize(
    "other", ["FLOWS.CSV", "flows.parquet", "Flows.xlsx"], ids=["A12", "A14", "A14-xlsx"]
)
def test_a_table_in_two_files_is_an_error(broken, other):
    folder = broken()
    (folder / other).write_bytes((folder / "flows.csv").read_bytes())
    assert "file.duplicate_table" in codes(check(folder))


def test_a13_stray_files_are_left_alone(broken):
    folder = broken()
    for name in ("~$plan.xlsx", ".~lock.flows.csv#", "Thumbs.db", ".DS_Store", "README.md", "photo.jpg"):
        (folder / name).write_bytes(b"\0\1\2")
    assert check(folder).problems == ()


def test_a_misspelt_file_is_a_warning_with_the_nearest_table(broken):
    folder = broken()
    (folder / "enterprise.csv").write_text("enterprise_id\n")
    (warning,) = check(folder).problems
    assert (warning.code, warning.severity) == ("file.unknown", "warning")
    assert "enterprises" in warning.hint


def test_a15_ten_thousand_files_are_too_many(broken, monkeypatch):
    monkeypatch.setattr("loaders.folder.MOST_FILES", 20)
    folder = broken()
    for place in range(21):
        (folder / f"note-{place}.txt").touch()
    assert codes(check(folder)) >= {"file.too_many"}
    assert MOST_FILES == 10_000


def test_a16_no_permission(broken, monkeypatch):
    opened = os.open

    def refuse(path, *rest, **named):
        if str(path).endswith("flows.csv"):
            raise PermissionError(13, "Permission denied")
        return opened(path, *rest, **named)

    monkeypatch.setattr(os, "open", refuse)
    assert ("file.unreadable", "flows.csv", None) in found(check(broken()))


def test_a17_a_file_that_changes_while_it_is_read(broken, monkeypatch):
    from loaders import csv_file

    folder = broken()
    read = csv_file._Reader.read

    def slow(self):
        if self._file == "flows.csv":
            with (folder / "flows.csv").open("a") as file:
                file.write("e2,e1,metal,2023,1,t,\n")
        return read(self)

    monkeypatch.setattr(csv_file._Reader, "read", slow)
    assert ("file.changed_during_read", "flows.csv", None) in found(check(folder))


def test_a20_a_file_above_the_limit_is_not_read(broken, monkeypatch):
    monkeypatch.setattr("loaders.csv_file.LARGEST_FILE", 10)
    assert ("file.too_large", "flows.csv", None) in found(check(broken()))


def test_b04_the_hint_says_how_to_declare_the_encoding(broken):
    text = "region_id;name\nkz;Казахстан\nr1;Павлодарская область\n".encode("cp1251")
    (problem,) = [p for p in check(broken(regions__csv=text)).problems if p.code == "encoding.not_utf8"]
    assert 'encoding = "cp1251"' in problem.hint


def test_a_declared_encoding_is_used(broken):
    folder = broken(
        dataset__toml='base_year = 2023\ncurrency = "USD"\ncatalogue = false\nencoding = "cp1251"\n',
        regions__csv="region_id,name\nkz,Казахстан\nr1,Павлодар\n".encode("cp1251"),
        enterprises__csv="enterprise_id,name\ne1,Завод\ne2,B\n".encode("cp1251"),
    )
    report = check(folder)
    assert report.problems == ()
    assert report.chain.own_table("regions")["name"].to_pylist() == ["Казахстан", "Павлодар"]


def test_a_declared_encoding_never_garbles_a_file_that_is_utf8(broken):
    toml = 'base_year = 2023\ncurrency = "USD"\ncatalogue = false\nencoding = "cp1251"\n'
    report = check(broken(dataset__toml=toml))
    assert codes(report) == {"encoding.is_utf8"}
    assert "Павлодар" in report.chain.own_table("regions")["name"].to_pylist()


def test_a_declared_delimiter_and_decimal_mark_are_used(broken):
    report = check(
        broken(
            dataset__toml='base_year = 2023\ncurrency = "USD"\ncatalogue = false\ndelimiter = ";"\ndecimal = ","\n',
            regions__csv="region_id;name\nkz;K\nr1;A, B\n",
            **{f"{n}__csv": None for n in ("ownership", "processes", "process_flows", "flows", "markets")},
            **{f"{n}__csv": None for n in ("prices", "initiatives", "sources")},
            enterprises__csv="enterprise_id;name\ne1;A\n",
            products__csv="product_id;name\nalumina;A\n",
            production__csv="enterprise_id;product_id;output;capacity\ne1;alumina;1,234;1.234,5\n",
        )
    )
    assert report.problems == ()
    (row,) = report.chain.own_table("production").to_pylist()
    assert (row["output"], row["capacity"]) == (1.234, 1234.5)
    assert report.chain.own_table("regions")["name"].to_pylist() == ["K", "A, B"]


def test_a_refused_load_raises_every_problem_and_counts(broken):
    with pytest.raises(DatasetError) as refused:
        load(
            broken(
                regions__csv="region_id,name\nkz,K\nr1,A\nr1,A\n", ownership__csv="owner_id,owned_id\ne1,e9\n"
            )
        )
    assert {p.code for p in refused.value.problems} == {"key.duplicate", "ref.not_found"}
    assert {c.table: c.set_aside for c in refused.value.counts}["ownership"] == 1


def test_a_folder_without_a_description_is_called_after_itself(broken):
    report = check(broken(dataset__toml=None))
    assert report.dataset.id == "broken"
    assert {p.code for p in report.errors} == {"dataset.base_year", "dataset.currency"}
    (year,) = [p for p in report.errors if p.code == "dataset.base_year"]
    assert "base_year = " in year.hint


@pytest.mark.parametrize(
    ("toml", "code", "hint"),
    [
        ("base_year = 'x'", "dataset.value", ""),
        ("base_year = true", "dataset.value", ""),
        ("catalogue = 'no'", "dataset.value", ""),
        ("currency = 'тенге'\nbase_year = 2023", "dataset.value", ""),
        ("encoding = 'utf-99'\nbase_year = 2023", "dataset.value", ""),
        ("encoding = 'rot13'\nbase_year = 2023", "dataset.value", ""),
        ("delimiter = 'x'\nbase_year = 2023", "dataset.value", ""),
        ("base_yaer = 2023", "dataset.unknown_key", "base_year"),
        ("base_year = = 2", "dataset.toml", ""),
        ("home_region = 'r9'\nbase_year = 2023", "dataset.home_region", "r1"),
    ],
)
def test_mistakes_in_the_description(broken, toml, code, hint):
    report = check(broken(dataset__toml=f"catalogue = false\n{toml}" if "catalogue" not in toml else toml))
    (problem,) = [p for p in report.problems if p.code == code]
    assert problem.file == "dataset.toml"
    assert hint in problem.hint


def test_a_wide_file_gives_one_warning_not_hundreds(broken):
    header = "region_id,name," + ",".join(f"c{i}" for i in range(400))
    rows = "\n".join(f"{i},{i}," + ",".join("x" for _ in range(400)) for i in ("kz", "r1"))
    report = check(broken(regions__csv=f"{header}\n{rows}\n"))
    assert [p.code for p in report.problems] == ["column.unknown"]


def test_c14_a_million_mistakes_are_bounded_and_counted(broken):
    rows = "".join(f"e1,e2,alumina,f{i},x{i}\n" for i in range(3_000))
    report = check(broken(flows__csv=f"from_id,to_id,product_id,flow_id,quantity\n{rows}"))
    shown = [p for p in report.problems if p.code == "number.words"]
    assert len(shown) == 1_001
    assert "2,000 more" in shown[-1].message
    assert {c.table: c.set_aside for c in report.counts}["flows"] == 3_000


TWENTY = {
    "dataset.toml": 'base_year = 2023\ncurrency = "USD"\ncatalogue = false\nbase_yeer = 1\n',
    "regions.csv": "region_id,name,level\nkz,K,country\nr1,A,provinse\nKZ,B,region\nr1,again,region\n",
    "enterprises.csv": "enterprise_id,name,region_id,latitude\ne1,A,r1,95\ne2,,r9,\ne 3,C,r1,\nИтого,,,\ne5,E,r1\n",
    "products.csv": "product_id,name,unit\nalumina,Alumina,tt\nmetal,Metal,t\n",
    "production.csv": "enterprise_id,product_id,year,output,capacity,unit\n"
    "e1,metal,20x5,1,,t\ne1,metal,2020,n/a,,t\ne1,metal,2021,50%,,t\ne1,metal,2022,-5,,t\n"
    "e1,metal,2023,5,,MWh\ne1,mettal,2023,NaN,,t\ne1,metal,2019,12 т,,t\n",
    "flows.csv": "from_id,to_id,product_id,quantity\ne1,metal,metal,1\n",
    "ownership.csv": "owner_id,owned_id,share\ne1,e1,5\n",
}


def test_a_folder_with_twenty_kinds_of_mistakes_reports_them_all_in_one_run(tmp_path):
    for name, content in TWENTY.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    expected = {
        ("dataset.unknown_key", "dataset.toml", None, "base_yeer"),
        ("choice.unknown", "regions.csv", 3, "level"),
        ("id.case_twin", "regions.csv", 4, "region_id"),
        ("key.duplicate", "regions.csv", 5, "region_id"),
        ("number.range", "enterprises.csv", 2, "latitude"),
        ("cell.required", "enterprises.csv", 3, "name"),
        ("ref.not_found", "enterprises.csv", 3, "region_id"),
        ("id.characters", "enterprises.csv", 4, "enterprise_id"),
        ("row.total", "enterprises.csv", 5, "enterprise_id"),
        ("row.width", "enterprises.csv", 6, ""),
        ("unit.unknown", "products.csv", 2, "unit"),
        ("year.format", "production.csv", 2, "year"),
        ("number.words", "production.csv", 3, "output"),
        ("number.percent", "production.csv", 4, "output"),
        ("number.negative", "production.csv", 5, "output"),
        ("unit.dimension", "production.csv", 6, "unit"),
        ("ref.not_found", "production.csv", 7, "product_id"),
        ("number.not_finite", "production.csv", 7, "output"),
        ("number.unit", "production.csv", 8, "output"),
        ("ref.wrong_table", "flows.csv", 2, "to_id"),
        ("owner.self", "ownership.csv", 2, "owned_id"),
        ("share.range", "ownership.csv", 2, "share"),
    }
    report = check(tmp_path)
    assert {(p.code, p.file, p.line, p.column) for p in report.problems} == expected
    assert list(report.problems) == list(check(tmp_path).problems)  # in the same order every time


def test_lenient_sets_bad_rows_aside_and_what_refers_to_them_to_a_fixed_point(broken):
    folder = broken(regions__csv="region_id,name,parent_id\nkz,K,\nr1,A,kz\nr1,B,kz\nkz2,K,\n")
    with pytest.raises(DatasetError):
        load(folder)
    chain = load(
        broken(
            dataset__toml='base_year = 2023\ncurrency = "USD"\ncatalogue = false\n',
            regions__csv=("region_id,name,parent_id\nkz,K,\nr1,A,kz\nr1,B,kz\nkz2,K,\n"),
        ),
        lenient=True,
    )
    counts = {c.table: (c.read, c.loaded, c.set_aside) for c in chain.counts}
    assert counts["regions"] == (4, 2, 2)  # both rows of the same key
    assert counts["enterprises"] == (2, 0, 2)  # they stand in r1
    assert counts["production"] == (2, 0, 2)  # made by them
    assert counts["flows"] == (2, 0, 2)
    assert {p.code for p in chain.problems} == {"key.duplicate", "ref.set_aside"}
    assert all(c.read == c.loaded + c.set_aside for c in chain.counts)


def test_lenient_still_refuses_what_leaves_a_file_in_doubt(broken):
    with pytest.raises(DatasetError):
        load(broken(regions__csv='region_id,name\nkz,"K\nr1,A\n'), lenient=True)


def test_warnings_never_set_a_row_aside(broken):
    chain = load(broken(flows__csv="from_id,to_id,product_id\ne1,e1,alumina\n"), lenient=True)
    assert {c.table: c.set_aside for c in chain.counts}["flows"] == 0
    assert [p.code for p in chain.problems] == ["flow.self"]


def test_checking_changes_nothing(broken):
    folder = broken(regions__csv="region_id,name\nr1,\n")
    before = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.iterdir()}
    check(folder)
    check(folder, lenient=True)
    assert {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.iterdir()} == before


def test_d01_the_nearest_unknown_column_is_offered(broken):
    report = check(broken(regions__csv="region_id,nam\nkz,K\nr1,A\n"))
    (missing,) = [p for p in report.problems if p.code == "column.missing"]
    assert "nam" in missing.hint


def test_d06_the_hint_names_the_letter(broken):
    (problem,) = check(broken(regions__csv="region_id,nаme\nkz,K\nr1,A\n")).errors
    assert "U+0430 CYRILLIC SMALL LETTER A" in problem.message


def test_h01_h02_the_nearest_id_is_offered_and_a_lookalike_explained(broken):
    report = check(broken(ownership__csv="owner_id,owned_id\ne1,е2\n"))
    (problem,) = report.errors
    assert "did you mean e2" in problem.hint
    assert "CYRILLIC SMALL LETTER IE" in problem.hint
    report = check(broken(ownership__csv="owner_id,owned_id\ne1,Smelter\n"))
    assert "name of e2" in report.errors[0].hint


def test_a05_the_last_row_may_be_cut_off(broken):
    text = "from_id,to_id,product_id,quantity\ne1,e2,alumina,5\ne1,wo"
    (problem,) = [p for p in check(broken(flows__csv=text)).problems if p.code == "row.width"]
    assert "cut off" in problem.hint


def test_a_row_of_another_width_is_still_found_by_others(broken):
    report = check(broken(enterprises__csv="enterprise_id,name,kind,region_id\ne1,A\ne2,B,plant,r1\n"))
    assert codes(report) == {"row.width"}  # and no reference to e1 is reported


def test_c02_rows_with_another_delimiter_are_one_kind_of_mistake(broken):
    report = check(broken(regions__csv="region_id,name\nr1;A\nkz;K\n"))
    assert codes(report) == {"row.width"}  # no reference to r1 is reported
    assert "separated by ';'" in report.problems[0].hint


def test_a07_a_file_cut_inside_a_letter_is_not_taken_for_another_encoding(broken):
    (problem,) = [
        p
        for p in check(broken(regions__csv="region_id,name\nr1,Павлодар".encode()[:-1])).errors
        if p.code == "encoding.not_utf8"
    ]
    assert "cut off" in problem.hint
    assert "byte 32" in problem.message


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_a15_a_name_that_is_not_utf8(broken):
    folder = broken()
    (folder / os.fsdecode(b"fl\xffws.csv")).write_bytes(b"x")
    (warning,) = check(folder).problems
    assert warning.code == "file.unknown"
    assert str(warning).encode()
    assert "flows" in warning.hint
