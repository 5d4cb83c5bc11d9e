"""A messy spreadsheet becomes a dataset: thirty rows in three languages, checked to the number."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from graph_schema import NotFoundError, ParameterError
from loaders import check, load
from loaders.spreadsheet import (
    EXAMPLE,
    Mapping,
    Request,
    import_spreadsheet,
    read_mapping,
    save_import,
    write_example,
)
from loaders.spreadsheet.columns import unit_in
from loaders.spreadsheet.figures import Reader, share_of
from loaders.spreadsheet.mapping import to_toml
from loaders.spreadsheet.names import Ids, slug
from loaders.spreadsheet.words import role_of

REGION = "Павлодарская область"
HEADER = ["№ п/п", "Наименование предприятия", "Район", "Выпускаемая продукция", "Объём производства, тыс. тонн",
          "Проектная мощность, тыс. тонн", "Доля экспорта, %", "Собственник", "Примечание"]  # fmt: skip
KNOWN = [
    (
        "ТОО «Иртыш Алюминий»",
        "г. Павлодар",
        "Алюминий первичный",
        "251,3",
        "250",
        "95",
        "АО «Восток Групп»",
        "",
    ),
    ('АО "Глинозём-Сервис"', "г. Павлодар", "Глинозём", "1 405,7", "1 500,0", "67", "АО «Восток Групп»", ""),
    (
        'ТОО "Аксу-Феррохром"',
        "г. Аксу",
        "Феррохром высокоуглеродистый",
        "н/д",
        "-",
        "80",
        "",
        "данные закрыты",
    ),
    ("ЖШС «Екі Болат»", "г. Экибастуз", "Прокат арматурный", "45,25 тыс. т", "60", "", "", ""),
    ("ТОО Кабель Север", "г. Павлодар", "Катанка алюминиевая", "12500 т", "20", "35", "", ""),
]
DAIRIES = [
    (f"КХ «Ферма {n}»", f"Район {n % 4 + 1}", "Молоко сырое", f"{n},25", "", "", "", "") for n in range(1, 26)
]
ROWS = [*KNOWN, *DAIRIES]


def numbered(rows):
    return [[str(n), *row] for n, row in enumerate(rows, 1)]


def workbook(path, rows, *, title="Лист1", merge=(), hidden=(), more=()):
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append([cell if cell != "" else None for cell in row])
    for one in merge:
        sheet.merge_cells(one)
    for name, cells in more:
        other = book.create_sheet(name)
        for row in cells:
            other.append(row)
        other.sheet_state = "hidden" if name in hidden else "visible"
    book.save(path)
    return path


def text(path, rows, encoding="utf-8", delimiter=";"):
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    path.write_bytes(stream.getvalue().encode(encoding))
    return path


def run(path, target=None, **said):
    said.setdefault("region", REGION)
    said.setdefault("year", 2022)
    return import_spreadsheet(Request(path, target or path.parent / "out", Mapping(**said)))


def made_of(made):
    """Output, capacity in the product's unit by maker and product."""
    return {(r["enterprise_id"], r["product_id"], r["year"]): (r["output"], r["capacity"])
            for r in made.chain.own_table("production").to_pylist()}  # fmt: skip


def codes(made):
    return [problem.code for problem in made.problems]


def cells(path):
    return {p.relative_to(path).as_posix(): p.read_bytes() for p in sorted(path.rglob("*")) if p.is_file()}


def table(*rows, header=("Предприятие", "Продукция", "Объём производства, т")):
    return [list(header), *map(list, rows)]


class TestThirtyRows:
    TITLE = (["Перечень предприятий"], ["за 2022 год"], [])
    END = (["", "Итого", "", "", "2 050,3"], ["* по данным акиматов"])

    def sheet(self):
        return [*self.TITLE, HEADER, *numbered(ROWS), *self.END]

    def held(self, made):
        facts = made_of(made)
        assert facts["irtysh-alyuminii", "primary-aluminium", 2022] == (251_300.0, 250_000.0)
        assert facts["glinozem-servis", "alumina", 2022] == (1_405_700.0, 1_500_000.0)
        assert facts["aksu-ferrokhrom", "ferrochrome-high-carbon", 2022] == (None, None)
        assert facts["eki-bolat", "reinforcing-bar", 2022] == (45_250.0, 60_000.0)
        assert facts["kabel-sever", "aluminium-wire-rod", 2022] == (12_500.0, 20_000.0)
        assert sum(facts[f"ferma-{n}", "raw-milk", 2022][0] for n in range(1, 26)) == pytest.approx(331_250)
        assert len(facts) == 30
        shares = {r["from_id"]: r["share"] for r in made.chain.own_table("flows").to_pylist()}
        assert shares == {
            "irtysh-alyuminii": 0.95,
            "glinozem-servis": 0.67,
            "aksu-ferrokhrom": 0.8,
            "kabel-sever": 0.35,
        }
        owners = {(r["owner_id"], r["owned_id"]) for r in made.chain.own_table("ownership").to_pylist()}
        assert owners == {("vostok-grupp", "irtysh-alyuminii"), ("vostok-grupp", "glinozem-servis")}
        assert made.chain.dataset.home_region == "pavlodarskaya-oblast"
        assert made.chain.dataset.base_year == 2022
        assert [one.reason for one in made.aside] == [
            "a row of totals",
            "one cell only: a heading or a footnote",
        ]

    def test_a_workbook_in_russian(self, tmp_path):
        made = run(workbook(tmp_path / "plants.xlsx", self.sheet()), year=None)
        self.held(made)
        save_import(made)
        report = check(tmp_path / "out")
        assert report.chain is not None
        assert not report.problems
        note = load(tmp_path / "out").own_table("production").to_pylist()[0]["note"]
        assert note.startswith("row 7 of sheet Лист1")

    def test_the_same_as_cp1251_text(self, tmp_path):
        made = run(text(tmp_path / "plants.csv", self.sheet(), "cp1251"), year=None)
        self.held(made)

    def test_answers_say_something(self, tmp_path):
        from valuechain import question

        made = run(workbook(tmp_path / "plants.xlsx", self.sheet()))
        rows = {(row.kind, row.product_id): row for row in question("missing-links")(made.chain)}
        assert rows["capacity_gap", "alumina"].quantity == pytest.approx(0.67 * 1_405_700)

    def test_in_english(self, tmp_path):
        rows = [
            ["List of plants, 2021"],
            ["Company", "City", "What it makes", "Output, kt", "Capacity, kt", "Share exported, %", "Owner"],
            ["Irtysh Aluminium LLP", "Pavlodar", "Primary aluminium", 251.3, 250, 95, "East Group JSC"],
            ["Kabel Sever LLP", "Pavlodar", "Aluminium wire rod", "12,500 t", "n/a", "", ""],
            ["Total", "", "", 263.8],
        ]
        made = run(workbook(tmp_path / "plants.xlsx", rows), year=None, decimal=".")
        facts = made_of(made)
        assert facts["irtysh-aluminium", "primary-aluminium", 2021] == (251_300.0, 250_000.0)
        assert facts["kabel-sever", "aluminium-wire-rod", 2021] == (12_500.0, None)

    def test_in_kazakh(self, tmp_path):
        rows = [
            [
                "Кәсіпорын атауы",
                "Аудан",
                "Өнім түрі",
                "Өндіріс көлемі, мың тонна",
                "Экспорт үлесі, %",
                "Меншік иесі",
            ],
            ["«Ертіс Алюминий» ЖШС", "Ақсу қаласы", "Глинозем", "251,3", "95", "«Шығыс» АҚ"],
            ["Барлығы", "", "", "251,3"],
        ]
        made = run(text(tmp_path / "plants.csv", rows))
        assert made_of(made) == {("ertis-alyuminii", "alumina", 2022): (251_300.0, None)}
        assert made.chain.own_table("flows").to_pylist()[0]["share"] == 0.95


class TestHeaders:
    def test_two_rows_merged(self, tmp_path):
        rows = [
            ["Предприятие", "Продукция", "Объём производства, тыс. тонн", "", "Мощность, т"],
            ["", "", "2021 год", "2022 год", ""],
            ["ТОО Альфа", "Глинозём", 1.5, 2.5, 3000],
        ]
        made = run(workbook(tmp_path / "a.xlsx", rows, merge=("A1:A2", "B1:B2", "C1:D1", "E1:E2")), year=None)
        assert made_of(made) == {
            ("alfa", "alumina", 2021): (1500.0, None),
            ("alfa", "alumina", 2022): (2500.0, 3000.0),
        }
        assert any("2 rows (1-2)" in said for said in made.said)
        assert any("names no year; taken for 2022" in said for said in made.said)

    def test_years_side_by_side_in_a_text(self, tmp_path):
        rows = [
            ["Предприятие", "Продукция", "2021 год, т", "2022 год, т"],
            ["ТОО Альфа", "Глинозём", "10", ""],
        ]
        made = run(text(tmp_path / "a.csv", rows), year=None)
        assert made_of(made) == {("alfa", "alumina", 2021): (10.0, None)}

    def test_a_hidden_sheet_and_another_table_are_named(self, tmp_path):
        other = table(["ТОО Бета", "Глинозём", 5])
        path = workbook(
            tmp_path / "a.xlsx",
            table(["ТОО Альфа", "Глинозём", 5]),
            more=[("Скрытый", other), ("Ещё", other)],
            hidden=["Скрытый"],
        )
        made = run(path)
        assert codes(made) == ["sheet.hidden", "import.other_sheet"] or set(codes(made)) == {
            "sheet.hidden",
            "import.other_sheet",
        }
        assert set(made_of(made)) == {("alfa", "alumina", 2022)}
        assert set(made_of(run(path, sheet="Скрытый"))) == {("beta", "alumina", 2022)}
        with pytest.raises(NotFoundError, match="no sheet called 'Нет'"):
            run(path, sheet="Нет")

    def test_two_columns_of_one_meaning_are_not_chosen_from(self, tmp_path):
        head = ("Предприятие", "Продукция", "Объём производства, т", "Объём производства, т")
        made = run(workbook(tmp_path / "a.xlsx", table(["ТОО Альфа", "Глинозём", 5, 6], header=head)))
        assert "import.same_columns" in codes(made)
        assert made_of(made) == {("alfa", "alumina", 2022): (None, None)}
        same = run(workbook(tmp_path / "b.xlsx", table(["ТОО Альфа", "Глинозём", 5, 5], header=head)))
        assert made_of(same) == {("alfa", "alumina", 2022): (5.0, None)}

    def test_formulas_without_values_are_unknown_and_said(self, tmp_path):
        made = run(
            workbook(
                tmp_path / "a.xlsx", table(["ТОО Альфа", "Глинозём", "=5*2"], ["ТОО Бета", "Глинозём", 7])
            )
        )
        (problem,) = [p for p in made.problems if p.code == "cell.formula_no_value"]
        assert (problem.line, problem.column, problem.value) == (2, "Объём производства, т", "=5*2")
        assert made_of(made) == {
            ("alfa", "alumina", 2022): (None, None),
            ("beta", "alumina", 2022): (7.0, None),
        }

    def test_a_generic_header_is_told_by_its_cells(self, tmp_path):
        rows = [
            ["Наименование", "Продукция", "Выпуск, т"],
            ["ТОО Альфа", "Глинозём", "5"],
            ["АО Бета", "Глинозём", "6"],
        ]
        made = run(text(tmp_path / "a.csv", rows))
        assert made.guesses[0].role == "enterprise"
        assert "legal form" in made.guesses[0].reason

    def test_a_row_of_data_is_never_part_of_the_header(self, tmp_path):
        head = ("Предприятие", "Продукция", "Выпуск, т", "Где")
        rows = table(
            ["ТОО Альфа", "Глинозём", "н/д", "Завод, город Аксу, мощность"],
            ["ТОО Бета", "Глинозём", "5", ""],
            header=head,
        )
        assert len(made_of(run(text(tmp_path / "a.csv", rows)))) == 2

    def test_the_date_of_a_decree_is_no_year_of_figures(self, tmp_path):
        path = text(tmp_path / "a.csv", [["Приказ от 15.03.2019"], *table(["ТОО Альфа", "Глинозём", "5"])])
        with pytest.raises(ParameterError, match="--year"):
            run(path, year=None)

    def test_no_header_no_maker_column(self, tmp_path):
        made = run(text(tmp_path / "a.csv", [["a", "b"], ["1", "2"]]))
        assert made.chain is None
        assert codes(made) == ["import.no_header"]
        made = run(text(tmp_path / "b.csv", [["Продукция", "Объём производства, т"], ["Глинозём", "2"]]))
        assert made.chain is None
        assert codes(made) == ["import.no_column"]

    @pytest.mark.parametrize(("header", "role"), [
        ("Загрузка мощностей, %", ""), ("Форма собственности", ""), ("Год основания", ""), ("План, т", ""),
        ("Производственная мощность", "capacity"), ("Производство продукции", "quantity"),
        ("Товаропроизводитель", "enterprise"),
        ("Выпускаемая продукция", "product"), ("Количество работников", "employees"), ("Код ТН ВЭД", "hs_code"),
        ("Предприятиe", "enterprise"), ("Год", "year"), ("Utilisation", ""), ("Share exported", "export_share"),
    ])  # fmt: skip
    def test_words_of_headers(self, header, role):
        assert role_of(header)[0] == role

    def test_money_is_no_amount(self, tmp_path):
        head = ("Предприятие", "Продукция", "Объём производства, млн тенге")
        made = run(text(tmp_path / "a.csv", table(["ТОО Альфа", "Глинозём", "500"], header=head)), unit="t")
        assert made_of(made) == {("alfa", "alumina", 2022): (None, None)}
        assert "500" in made.chain.own_table("production").to_pylist()[0]["note"]

    @pytest.mark.parametrize(("header", "unit"), [
        ("Объём, тыс. тонн", "тыс. тонн"), ("Output (kt)", "kt"), ("Выпуск в тоннах", "тоннах"), ("2022 г.", ""),
        ("Объём", ""),
    ])  # fmt: skip
    def test_units_of_headers(self, header, unit):
        assert unit_in(header) == unit


class TestFigures:
    @pytest.mark.parametrize(("cell", "value", "unit"), [
        ("1 234,5 т", 1234.5, "т"), ("12,5", 12.5, ""), ("45 тыс. тонн", 45, "тыс. тонн"), ("67 %", 67, "%"),
        (5, 5, ""),
        ("н/д", None, ""), ("-", None, ""), ("", None, ""), (None, None, ""), ("0", 0, ""),
    ])  # fmt: skip
    def test_are_read(self, cell, value, unit):
        figure = Reader([["1,5"]]).read(cell)
        assert (figure.value, figure.unit, figure.problem) == (value, unit, "")

    @pytest.mark.parametrize(("cell", "code"), [
        ("около 500", "import.number"), ("100-150", "import.number"), ("-5", "import.number"),
        ("много", "import.number"),
        ("5 тыс. тон", "unit.unknown"), ("#Н/Д", "cell.excel_error"), (True, "import.number"), ("1.5", ""),
    ])  # fmt: skip
    def test_or_refused_with_a_reason(self, cell, code):
        assert Reader([["1.5"]]).read(cell).problem == code

    def test_an_ambiguous_mark_is_settled_by_the_other_columns_or_said(self):
        assert Reader([["1,234"], ["12,5"]]).read("1,234").value == 1.234
        figure = Reader([["1,234"]]).read("1,234")
        assert dict(figure.words)["reason"] == "it may mean 1.234 or 1234"
        assert Reader([["1,234"]], ".").read("1,234").value == 1234

    def test_shares(self):
        read = Reader([["12,5"]]).read
        assert [share_of(read("67 %"), False), share_of(read("67"), True), share_of(read("0,67"), False)] == [
            0.67,
            0.67,
            0.67,
        ]

    def test_shares_that_may_be_parts_of_one_are_doubted(self, tmp_path):
        head = ("Предприятие", "Продукция", "Выпуск, т", "Доля экспорта, %")
        rows = table(["ТОО А1", "Глинозём", "5", "0,67"], ["ТОО Б2", "Глинозём", "5", "1"], header=head)
        made = run(text(tmp_path / "a.csv", rows))
        assert codes(made) == ["import.small_shares"]
        assert made.chain.own_table("flows").to_pylist()[0]["share"] == 0.0067

    def test_a_workbook_that_shows_per_cent(self, tmp_path):
        path = tmp_path / "a.xlsx"
        book = Workbook()
        book.active.append(["Предприятие", "Продукция", "Выпуск, т", "Доля экспорта, %"])
        book.active.append(["ТОО Альфа", "Глинозём", 5, 0.67])
        book.active["D2"].number_format = "0%"
        book.save(path)
        assert run(path).chain.own_table("flows").to_pylist()[0]["share"] == 0.67

    def test_mixed_units_each_in_its_own_and_said(self, tmp_path):
        made = run(
            text(tmp_path / "a.csv", table(["ТОО А1", "Глинозём", "5 тыс. т"], ["ТОО Б2", "Глинозём", "7"]))
        )
        assert sorted(v[0] for v in made_of(made).values()) == [7.0, 5000.0]
        assert codes(made) == ["import.mixed_units"]

    def test_a_unit_column_that_contradicts_the_header(self, tmp_path):
        head = ("Предприятие", "Продукция", "Объём производства, тыс. т", "Ед. изм.")
        made = run(text(tmp_path / "a.csv", table(["ТОО Альфа", "Глинозём", "5", "т"], header=head)))
        assert codes(made) == ["import.number"]
        assert made_of(made) == {("alfa", "alumina", 2022): (None, None)}

    def test_no_unit_no_amount(self, tmp_path):
        head = ("Предприятие", "Продукция", "Объём производства")
        path = text(tmp_path / "a.csv", table(["ТОО Альфа", "Глинозём", "5"], header=head))
        made = run(path)
        assert codes(made) == ["import.no_unit"]
        assert made_of(made) == {("alfa", "alumina", 2022): (None, None)}
        assert made_of(run(path, unit="kt")) == {("alfa", "alumina", 2022): (5000.0, None)}

    def test_a_unit_that_does_not_fit_the_product(self, tmp_path):
        made = run(text(tmp_path / "a.csv", table(["ТОО Альфа", "Глинозём", "5 шт"])))
        assert "unit.dimension" in codes(made)
        assert made_of(made) == {("alfa", "alumina", 2022): (None, None)}
        assert "output stated: 5 шт" in made.chain.own_table("production").to_pylist()[0]["note"]


class TestUnknownUnits:
    HEAD = ("Предприятие", "Продукция", "Объём производства", "Ед. изм.")

    @pytest.mark.parametrize("unit", ["туб", "пар", "тыс. пар", "усл. банок", "млн"])
    def test_of_a_unit_column_are_told_once(self, tmp_path, unit):
        rows = table(
            ["ТОО Альфа", "Глинозём", "5", unit], ["ТОО Б2", "Глинозём", "6", unit], header=self.HEAD
        )
        made = run(text(tmp_path / "a.csv", rows), unit="t")
        (problem,) = made.problems
        assert (problem.code, problem.line, problem.value) == ("import.unknown_unit", 2, unit)
        assert problem.message == f"the unit {unit} is not known; amounts left out: 2"
        assert set(made_of(made).values()) == {(None, None)}
        assert f"5 {unit}" in made.chain.own_table("production").to_pylist()[0]["note"]

    @pytest.mark.parametrize(
        "unit", ["тыс. дал", "дал", "кв. дм", "тыс. кв. дм", "м2", "шт", "тыс. м3", "млн л"]
    )
    def test_known_ones_that_do_not_fit_stay_out_and_are_counted(self, tmp_path, unit):
        head = ("Предприятие", "Продукция", "Выпуск", "Мощность", "Ед. изм.")
        made = run(text(tmp_path / "a.csv", table(["ТОО Альфа", "Глинозём", "5", "7", unit], header=head)))
        assert made_of(made) == {("alfa", "alumina", 2022): (None, None)}
        note = made.chain.own_table("production").to_pylist()[0]["note"]
        assert f"output stated: 5 {unit}; capacity stated: 7 {unit}" in note
        assert dict(made.unfit) == {(unit, "t"): 2}
        assert any(f"2 in {unit}. Wanted is the amount in t." in said for said in made.said)
        assert made.read == 0

    @pytest.mark.parametrize(("header", "unit"), [
        ("Объем 2023, туб", "туб"), ("Выпуск (усл. банок)", "усл. банок"), ("Объём, млн", "млн"),
    ])  # fmt: skip
    def test_of_a_header_are_told_and_no_unit_is_asked_for(self, tmp_path, header, unit):
        path = text(
            tmp_path / "a.csv",
            table(["ТОО Альфа", "Глинозём", "5"], header=("Предприятие", "Продукция", header)),
        )
        made = run(path, unit="t")
        (problem,) = made.problems
        assert problem.code == "import.unknown_unit"
        assert f"the unit {unit} is not known" in problem.message
        assert "--unit" not in str(problem)
        assert "did you mean" not in problem.hint
        assert {value for value, _ in made_of(made).values()} == {None}
        assert {value for value, _ in made_of(run(path, units={header: "kt"})).values()} == {5000.0}

    @pytest.mark.parametrize(
        "header", ["Объём, всего", "Выпуск (факт)", "Объём производства, в год", "Выпуск, 2021 г."]
    )
    def test_words_that_are_no_unit_are_not_taken_for_one(self, tmp_path, header):
        rows = table(["ТОО Альфа", "Глинозём", "5"], header=("Предприятие", "Продукция", header))
        assert [value for value, _ in made_of(run(text(tmp_path / "a.csv", rows), unit="t")).values()] == [
            5.0
        ]

    def test_millions_of_what(self, tmp_path):
        made = run(text(tmp_path / "a.csv", table(["ТОО Альфа", "Глинозём", "4,5 млн"])))
        (problem,) = made.problems
        assert problem.hint.startswith("млн of what?")
        assert made_of(made) == {("alfa", "alumina", 2022): (None, None)}

    def test_a_price_per_tonne_is_no_unit(self):
        from loaders.spreadsheet.columns import guess_columns
        from loaders.spreadsheet.header import Column, Sheet

        sheet = Sheet("a", "", [Column("Цена, тг/т", 0), Column("Себестоимость, руб/т", 1)], [], (1,), "", [])
        assert [(one.role, one.unit) for one in guess_columns(sheet, {}, findings(), {})] == [
            ("", ""),
            ("", ""),
        ]


class TestDecimalMark:
    @pytest.mark.parametrize(("cells", "mark", "values"), [
        (("1.234", "12.500"), ".", (1.234, 12.5)), (("1.234", "12.500"), ",", (1234, 12500)),
        (("1,234", "12,500"), ",", (1.234, 12.5)), (("1,234", "12"), ".", (1234, 12)),
    ])  # fmt: skip
    def test_that_nothing_tells_is_asked_for(self, tmp_path, cells, mark, values):
        rows = table(*([f"ТОО {['Альфа', 'Бета'][at]}", "Глинозём", cell] for at, cell in enumerate(cells)))
        path = text(tmp_path / "a.csv", rows)
        made = run(path)
        (problem,) = made.problems
        assert problem.code == "import.decimal"
        assert "may mean 1.234 or 1234" in problem.message
        assert "--decimal" in problem.hint
        assert made_of(made)["alfa", "alumina", 2022] == (None, None)
        told = run(path, decimal=mark)
        assert not told.problems
        assert tuple(value for value, _ in made_of(told).values()) == values

    def test_another_cell_tells(self, tmp_path):
        made = run(
            text(tmp_path / "a.csv", table(["ТОО А", "Глинозём", "1.234"], ["ТОО Б", "Глинозём", "0.5"]))
        )
        assert [value for value, _ in made_of(made).values()] == [1.234, 0.5]

    def test_numbers_of_a_workbook_need_none(self, tmp_path):
        made = run(workbook(tmp_path / "a.xlsx", table(["ТОО А", "Глинозём", 1.234])))
        assert not made.problems
        assert made_of(made) == {("a", "alumina", 2022): (1.234, None)}


class TestCodesAlone:
    @pytest.mark.parametrize("header", ["Код ТН ВЭД", "Продукция"])
    def test_a_code_of_one_product_is_that_product(self, tmp_path, header):
        rows = table(
            ["ТОО А", "2818 20 000 0", "5"],
            ["ТОО Б", "7601", "6"],
            header=("Предприятие", header, "Выпуск, т"),
        )
        made = run(text(tmp_path / "a.csv", rows))
        assert made_of(made) == {
            ("a", "alumina", 2022): (5.0, None),
            ("b", "7601-aluminium-unwrought", 2022): (6.0, None),
        }
        states = {match.text: match.state for match in made.products}
        assert states == {
            "2818 20 000 0 Aluminium oxide; other than artificial corundum": "probable",
            "7601 Aluminium; unwrought": "candidate",
        }
        assert "aluminium-rolling-slab" in {one.id for match in made.products for one in match.candidates}
        (own,) = made.chain.own_table("products").to_pylist()
        assert own["hs_code"] == "7601"

    def test_a_code_before_words_stands_beside_them(self, tmp_path):
        made = run(text(tmp_path / "a.csv", table(["ТОО А", "720241 Феррохром", "5"])))
        assert set(made_of(made)) == {("a", "ferrochrome-high-carbon", 2022)}

    def test_national_lines_of_one_code_are_added_up(self, tmp_path):
        rows = table(["ТОО А", "2818200000", "5"], ["ТОО А", "2818 20 100 0", "6"])
        assert made_of(run(text(tmp_path / "a.csv", rows))) == {("a", "alumina", 2022): (11.0, None)}

    def test_codes_of_another_classification_are_not_taken_for_hs(self, tmp_path):
        head = ("Предприятие", "Код продукции", "Продукция", "Выпуск, т")
        made = run(text(tmp_path / "a.csv", table(["ТОО А", "07.10.10", "Глинозём", "5"], header=head)))
        assert made_of(made) == {("a", "alumina", 2022): (5.0, None)}
        assert made.guesses[1].role == ""
        made = run(text(tmp_path / "b.csv", table(["ТОО А", "07.10.10", "5"])))
        assert codes(made) == ["import.no_product"]

    def test_no_product_at_all_is_said(self, tmp_path):
        made = run(text(tmp_path / "a.csv", table(["ТОО А", "5"], header=("Предприятие", "Выпуск, т"))))
        (problem,) = made.problems
        assert problem.code == "import.no_product"
        assert "no product was recognised" in problem.message
        assert (made.read, dict(made.skipped)) == (0, {"of rows that name no product": 1})


class TestMoney:
    HEAD = ("Предприятие", "Продукция", "Выпуск, млн тенге", "Экспорт, тыс. тенге")

    def shares(self, made):
        return {r["from_id"]: r["share"] for r in made.chain.own_table("flows").to_pylist()}

    def test_gives_the_share_exported_and_no_amount(self, tmp_path):
        rows = table(
            ["ТОО А", "Глинозём", "500", "120 000"], ["ТОО Б", "Глинозём", "300", "0"],
            ["ТОО В", "Глинозём", "300", ""], ["ТОО Г", "Глинозём", "1", "2 000"], header=self.HEAD,
        )  # fmt: skip
        made = run(text(tmp_path / "a.csv", rows))
        assert self.shares(made) == {"a": 0.24, "b": 0.0}
        assert {value for value, _ in made_of(made).values()} == {None}
        assert sorted(codes(made)) == ["import.money", "import.money", "import.value_share"]
        assert (made.read, dict(made.skipped)) == (0, {"in money": 7})
        note = made.chain.own_table("production").to_pylist()[0]["note"]
        assert "share exported by value: KZT 120,000,000 of 500,000,000" in note

    def test_two_currencies_give_none(self, tmp_path):
        head = (*self.HEAD[:3], "Экспорт, тыс. долл. США")
        made = run(text(tmp_path / "a.csv", table(["ТОО А", "Глинозём", "500", "10"], header=head)))
        assert made.chain.own_table("flows").num_rows == 0

    def test_a_share_that_is_stated_stands(self, tmp_path):
        head = (*self.HEAD, "Доля экспорта, %")
        made = run(
            text(tmp_path / "a.csv", table(["ТОО А", "Глинозём", "500", "120 000", "30"], header=head))
        )
        assert self.shares(made) == {"a": 0.3}

    def test_in_a_unit_column_or_a_cell(self, tmp_path):
        head = ("Предприятие", "Продукция", "Выпуск", "Экспорт", "Ед. изм.")
        rows = table(
            ["ТОО А", "Глинозём", "500", "100", "млн тенге"],
            ["ТОО Б", "Глинозём", "5 млн тг", "", "т"],
            header=head,
        )
        made = run(text(tmp_path / "a.csv", rows))
        assert self.shares(made) == {"a": 0.2}
        assert {value for value, _ in made_of(made).values()} == {None}

    def test_nothing_exported_is_known_in_every_unit(self, tmp_path):
        head = ("Предприятие", "Продукция", "Выпуск, т", "Экспорт")
        rows = table(
            ["ТОО А", "Глинозём", "500", "0"],
            ["ТОО Б", "Глинозём; первичный алюминий", "5", "0"],
            header=head,
        )
        made = run(text(tmp_path / "a.csv", rows))
        found = {
            (r["from_id"], r["product_id"]): r["share"] for r in made.chain.own_table("flows").to_pylist()
        }
        assert found == {("a", "alumina"): 0.0, ("b", "alumina"): 0.0, ("b", "primary-aluminium"): 0.0}


class TestSaid:
    def test_sheets_that_are_not_read(self, tmp_path):
        rows = table(["ТОО А", "Глинозём", 5])
        more = [("Справка", [["текст"]]), ("Тайный", rows)]
        made = run(workbook(tmp_path / "a.xlsx", rows, more=more, hidden=["Тайный"]))
        assert "Sheets that are not read: 'Справка', 'Тайный' (hidden)." in made.said

    def test_an_owner_who_is_nobody(self, tmp_path):
        head = ("Предприятие", "Продукция", "Выпуск, т", "Собственник")
        made = run(text(tmp_path / "a.csv", table(["ТОО А", "Глинозём", "5", "частная"], header=head)))
        assert "Owners that name nobody ('частная'): 1; the words stay in the note." in made.said
        assert "owner stated: частная" in made.chain.own_table("production").to_pylist()[0]["note"]

    def test_headers_are_quoted_as_they_stand(self, tmp_path):
        head = ("Предприятие", "Вид продукции", "Выпуск, т", "Год")
        made = run(text(tmp_path / "a.csv", table(["ТОО А", "Глинозём", "5", "2022"], header=head)))
        assert [guess.reason for guess in made.guesses][1:] == [
            "the header says 'Вид продукции'",
            "the header says 'Выпуск'",
            "the header says 'Год'",
        ]

    def test_all_that_has_to_be_given_is_asked_for_at_once(self, tmp_path):
        path = text(
            tmp_path / "a.csv",
            table(["ТОО А", "Глинозём", "5"], header=("Предприятие", "Продукция", "Выпуск")),
        )
        with pytest.raises(ParameterError, match=r"^year, region, unit: .*--year.*--region.*--unit"):
            run(path, year=None, region="")
        with pytest.raises(ParameterError, match=r"^year, unit: "):
            run(path, year=None)


class TestRows:
    def test_one_figure_for_several_products_goes_to_none(self, tmp_path):
        made = run(text(tmp_path / "a.csv", table(["ТОО Альфа", "Глинозём; первичный алюминий", "5"])))
        assert made_of(made) == {
            ("alfa", "alumina", 2022): (None, None),
            ("alfa", "primary-aluminium", 2022): (None, None),
        }
        assert codes(made) == ["import.several_products"]

    def test_two_figures_of_one_thing_leave_it_unknown(self, tmp_path):
        made = run(
            text(tmp_path / "a.csv", table(["ТОО Альфа", "Глинозём", "5"], ["ТОО Альфа", "Глинозём", "6"]))
        )
        assert codes(made) == ["import.two_figures"]
        assert made_of(made) == {("alfa", "alumina", 2022): (None, None)}

    def test_the_same_row_twice_counts_once(self, tmp_path):
        made = run(
            text(tmp_path / "a.csv", table(["ТОО Альфа", "Глинозём", "5"], ["Альфа ТОО", "Глинозём", "5"]))
        )
        assert codes(made) == ["import.repeated"]
        assert made_of(made) == {("alfa", "alumina", 2022): (5.0, None)}

    def test_two_grades_are_added_up(self, tmp_path):
        rows = table(["ТОО Альфа", "Глинозём марка Г-00", "5"], ["ТОО Альфа", "Глинозём марка Г-0", "6"])
        made = run(text(tmp_path / "a.csv", rows))
        assert made_of(made) == {("alfa", "alumina", 2022): (11.0, None)}
        assert "rows 2, 3 added up" in made.chain.own_table("production").to_pylist()[0]["note"]
        rows[2][2] = "н/д"
        assert made_of(run(text(tmp_path / "b.csv", rows))) == {("alfa", "alumina", 2022): (None, None)}

    def test_a_blank_maker_goes_on_with_the_one_above(self, tmp_path):
        rows = table(["ТОО Альфа", "Глинозём", "5"], ["", "Первичный алюминий", "6"])
        made = run(text(tmp_path / "a.csv", rows))
        assert {key[:2] for key in made_of(made)} == {("alfa", "alumina"), ("alfa", "primary-aluminium")}
        assert any("rows leave the maker blank" in said for said in made.said)

    def test_a_numbered_row_without_a_maker_is_set_aside(self, tmp_path):
        head = ("№", "Предприятие", "Продукция", "Объём производства, т")
        made = run(
            text(
                tmp_path / "a.csv",
                table(["1", "ТОО Альфа", "Глинозём", "5"], ["2", "", "Глинозём", "6"], header=head),
            )
        )
        assert [(one.line, one.mistake) for one in made.aside] == [(3, True)]
        assert codes(made) == ["import.no_maker"]

    def test_unknown_columns_are_kept_in_the_note_unless_ignored(self, tmp_path):
        head = ("Предприятие", "Продукция", "Объём производства, т", "Цвет забора")
        path = text(tmp_path / "a.csv", table(["ТОО Альфа", "Глинозём", "5", "синий"], header=head))
        assert "Цвет забора: синий" in run(path).chain.own_table("production").to_pylist()[0]["note"]
        made = run(path, columns={"Цвет забора": "ignore"})
        assert "синий" not in made.chain.own_table("production").to_pylist()[0]["note"]

    def test_an_unknown_product_becomes_the_datasets_own(self, tmp_path):
        made = run(text(tmp_path / "a.csv", table(["ТОО Альфа", "Мормышки рыболовные", "5"])))
        (product,) = made.chain.own_table("products").to_pylist()
        assert (product["product_id"], product["name"], product["stage"]) == (
            "mormyshki-rybolovnye",
            "Мормышки рыболовные",
            None,
        )
        assert made_of(made) == {("alfa", "mormyshki-rybolovnye", 2022): (5.0, None)}

    def test_year_and_region_are_asked_for_never_invented(self, tmp_path):
        path = text(tmp_path / "a.csv", table(["ТОО Альфа", "Глинозём", "5"]))
        with pytest.raises(ParameterError, match=r"year: .*--year"):
            run(path, year=None)
        with pytest.raises(ParameterError, match=r"region: .*--region"):
            run(path, region="")

    def test_a_year_that_cannot_be_read_sets_the_row_aside(self, tmp_path):
        head = ("Предприятие", "Продукция", "Выпуск, т", "Год")
        rows = table(["ТОО А1", "Глинозём", "5", "2021"], ["ТОО Б2", "Глинозём", "5", "давно"], header=head)
        made = run(text(tmp_path / "a.csv", rows), year=None)
        assert [(one.line, one.mistake) for one in made.aside] == [(3, True)]
        assert codes(made) == ["year.format"]

    def test_owners_with_their_parts(self, tmp_path):
        head = ("Предприятие", "Продукция", "Выпуск, т", "Учредители")
        made = run(
            text(
                tmp_path / "a.csv",
                table(["ТОО А1", "Глинозём", "5", "АО Холд (51 %), ТОО Инвест 49%"], header=head),
            )
        )
        found = {(r["owner_id"], r["share"]) for r in made.chain.own_table("ownership").to_pylist()}
        assert found == {("khold", 0.51), ("invest", 0.49)}

    def test_regions_of_the_rows(self, tmp_path):
        head = ("Предприятие", "Область", "Район", "Продукция", "Выпуск, т")
        rows = table(
            ["ТОО А1", "Павлодарская область", "г. Аксу", "Глинозём", "5"],
            ["ТОО Б2", "Павлодарская область", "", "Глинозём", "5"],
            header=head,
        )
        made = run(text(tmp_path / "a.csv", rows), region="")
        assert made.chain.dataset.home_region == "pavlodarskaya-oblast"
        regions = {
            r["region_id"]: (r["parent_id"], r["level"]) for r in made.chain.own_table("regions").to_pylist()
        }
        assert regions == {
            "pavlodarskaya-oblast": (None, "region"),
            "g-aksu": ("pavlodarskaya-oblast", "city"),
        }

    def test_another_legal_form_is_kept_apart_and_listed(self, tmp_path):
        made = run(
            text(
                tmp_path / "a.csv",
                table(["ТОО «Кастинг»", "Глинозём", "5"], ["АО «Кастинг»", "Глинозём", "6"]),
            )
        )
        assert made.enterprises == 2
        assert {match.text for match in made.makers} == {"ТОО «Кастинг»", "АО «Кастинг»"}
        assert {match.state for match in made.makers} == {"candidate"}

    def test_against_keeps_ids(self, tmp_path):
        path = text(tmp_path / "a.csv", table(["АО «Алюминий Казахстана»", "Глинозём", "5"]))
        request = Request(
            path, tmp_path / "out", Mapping(region="Pavlodar region", year=2022), load("pavlodar")
        )
        made = import_spreadsheet(request)
        assert set(made_of(made)) == {("aluminium-of-kazakhstan", "alumina", 2022)}
        assert made.chain.dataset.home_region == "pavlodar"


class TestMapping:
    def test_overrides_the_guess(self, tmp_path):
        head = ("Предприятие", "Что-то", "Число")
        path = text(tmp_path / "a.csv", table(["ТОО Альфа", "Глинозём", "5"], header=head))
        (tmp_path / "m.toml").write_text(
            '[sheet]\nheader_row = 1\n[columns]\n"Что-то" = "product"\n"#3" = "quantity"\n[defaults]\n'
            'unit = "kt"\nyear = 2020\n'
            'region = "Область"\n[defaults.year_of]\n"Число" = 2019\n', encoding="utf-8",
        )  # fmt: skip
        made = import_spreadsheet(
            Request(path, tmp_path / "out", read_mapping(tmp_path / "m.toml", findings()))
        )
        assert made_of(made) == {("alfa", "alumina", 2019): (5000.0, None)}

    def test_every_mistake_has_the_nearest_name(self, tmp_path):
        (tmp_path / "m.toml").write_text(
            '[column]\n[columns]\n"Продукци" = "product"\n"Предприятие" = "enterprize"\n[units]\n"x" = "попугай"\n'
            '[defaults]\nyear = "x"\ndecimal = ";"\nregoin = "a"\n', encoding="utf-8",
        )  # fmt: skip
        found = findings()
        mapping = read_mapping(tmp_path / "m.toml", found)
        said = " ".join(str(problem) for problem in found.problems())
        for words in (
            "did you mean columns?",
            "did you mean enterprise?",
            "is no known unit",
            "does not fit year",
            '"," or "."',
            "did you mean region?",
        ):
            assert words in said
        mapping.year, mapping.region = 2022, REGION
        made = import_spreadsheet(
            Request(
                text(tmp_path / "a.csv", table(["ТОО Альфа", "Глинозём", "5"])), tmp_path / "out", mapping
            ),
            found,
        )
        assert any("did you mean Продукция?" in problem.hint for problem in made.problems)
        assert made.chain is None

    def test_a_file_that_is_none(self, tmp_path):
        with pytest.raises(NotFoundError, match="no mapping file"):
            read_mapping(tmp_path / "m.toml", findings())
        (tmp_path / "m.toml").write_text("x = [", encoding="utf-8")
        found = findings()
        read_mapping(tmp_path / "m.toml", found)
        assert "no valid TOML" in str(found.problems()[0])

    def test_what_was_guessed_reads_back_to_the_same(self, tmp_path):
        write_example(tmp_path / "plants.csv")
        made = run(tmp_path / "plants.csv", year=None)
        (tmp_path / "m.toml").write_text(
            to_toml("", made.sheet.header_lines[0], made.guesses, made.settled), encoding="utf-8"
        )
        found = findings()
        again = import_spreadsheet(
            Request(tmp_path / "plants.csv", tmp_path / "out", read_mapping(tmp_path / "m.toml", found)),
            found,
        )
        assert again.chain.fingerprint == made.chain.fingerprint


def findings():
    from graph_schema.checks.findings import Findings

    return Findings()


class TestReview:
    def decide(self, path, text, decision):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            if row["text"] == text:
                row["decision"] = decision
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)

    def test_a_decision_counts_and_clearing_it_undoes_it(self, tmp_path):
        path = text(tmp_path / "a.csv", table(["ТОО Альфа", "Мормышки рыболовные", "5"]))
        save_import(run(path))
        first = cells(tmp_path / "out")
        self.decide(tmp_path / "out.review.csv", "Мормышки рыболовные", "alumina")
        made = run(path)
        assert made_of(made) == {("alfa", "alumina", 2022): (5.0, None)}
        save_import(made)
        self.decide(tmp_path / "out.review.csv", "Мормышки рыболовные", "")
        save_import(run(path))
        assert cells(tmp_path / "out") == first

    def test_enterprises_are_joined_by_a_decision(self, tmp_path):
        path = text(
            tmp_path / "a.csv",
            table(["ТОО «Кастинг»", "Глинозём", "5"], ["АО «Кастинг»", "Первичный алюминий", "6"]),
        )
        made = run(path)
        save_import(made)
        target = next(
            e["enterprise_id"]
            for e in made.chain.own_table("enterprises").to_pylist()
            if e["name"].startswith("АО")
        )
        self.decide(tmp_path / "out.review.csv", "ТОО «Кастинг»", target)
        again = run(path)
        assert again.enterprises == 1
        assert {key[0] for key in made_of(again)} == {target}

    def test_a_bad_decision_is_a_problem(self, tmp_path):
        path = text(tmp_path / "a.csv", table(["ТОО Альфа", "Мормышки рыболовные", "5"]))
        save_import(run(path))
        self.decide(tmp_path / "out.review.csv", "Мормышки рыболовные", "alumnia")
        (problem,) = [one for one in run(path).problems if one.file == "out.review.csv"]
        assert "alumina" in problem.hint


class TestLaws:
    def test_the_same_input_gives_the_same_bytes(self, tmp_path):
        text(tmp_path / "plants.csv", [*table(["ТОО Альфа", "Мормышки", "5"], ["Итого", "", "5"])])
        kept = []
        for _ in range(2):
            save_import(run(tmp_path / "plants.csv"))
            kept.append({**cells(tmp_path / "out"), "review": (tmp_path / "out.review.csv").read_bytes()})
        assert kept[0] == kept[1]
        assert cells(tmp_path / "out.old") == {k: v for k, v in kept[0].items() if k != "review"}

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15)
    @given(order=st.permutations(range(9)))
    def test_the_order_of_columns_changes_nothing(self, tmp_path, order):
        rows = list(csv.reader(io.StringIO(EXAMPLE), delimiter=";"))[3:]
        rows = [row + [""] * (9 - len(row)) for row in rows if row[0] != "1" or row[1] != "2"]
        straight = run(text(tmp_path / "plants.csv", rows))
        turned = run(text(tmp_path / "plants.csv", [[row[at] for at in order] for row in rows]))
        assert turned.chain.fingerprint == straight.chain.fingerprint
        assert codes(turned) == codes(straight)

    def test_ids_are_readable_and_unique(self):
        assert slug("ТОО «Ақсу-Нұр» №5") == "too-aksu-nur-5"
        ids = Ids({"alfa"})
        assert [ids.give("Альфа"), ids.give("Альфа", "Альфа Аксу"), ids.give("!!!")] == [
            "alfa-2",
            "alfa-aksu",
            "item-2",
        ]


class TestHostile:
    def test_tables_that_do_not_validate_are_refused(self):
        from graph_schema import Dataset, DatasetError
        from loaders.spreadsheet.build import chain_of

        with pytest.raises(DatasetError, match="id may not hold"):
            chain_of(Dataset("x"), {"enterprises": [{"enterprise_id": "a b", "name": "A"}]})

    def test_what_is_no_spreadsheet(self, tmp_path):
        for name, content, code in (
            ("a.xlsx", b"PK\x03\x04 cut off", "excel.format"), ("b.csv", b"%PDF-1.7", "file.not_csv"),
            ("c.csv", b" \n", "file.empty"), ("d.xls", b"\xd0\xcf\x11\xe0rest", "excel.format"),
        ):  # fmt: skip
            (tmp_path / name).write_bytes(content)
            made = run(tmp_path / name)
            assert made.chain is None
            assert codes(made) == [code]
        with pytest.raises(NotFoundError, match="no spreadsheet called"):
            run(tmp_path / "none.csv")

    def test_a_quote_that_is_not_closed_is_said(self, tmp_path):
        (tmp_path / "a.csv").write_text(
            'Предприятие;Продукция\n"ТОО Альфа;Глинозём\nТОО Бета;Глинозём\n', encoding="utf-8"
        )
        assert codes(run(tmp_path / "a.csv")) == ["csv.quote"]
        (tmp_path / "b.csv").write_text(
            "Предприятие;Продукция\nТОО;" + "x" * 140_000 + "\n", encoding="utf-8"
        )
        assert codes(run(tmp_path / "b.csv")) == ["cell.huge"]

    def test_too_many_columns(self, tmp_path):
        made = run(
            text(tmp_path / "a.csv", [[*r, *["x"] * 600] for r in table(["ТОО Альфа", "Глинозём", "5"])])
        )
        assert "header.too_wide" in codes(made)

    def test_control_characters_and_formulas_are_data(self, tmp_path):
        rows = table(
            ["ТОО \x07Альфа", "Глинозём", "5"], ["=cmd|' /C calc'!A0", "Глинозём", "6"], ["", "=1+1", ""]
        )
        made = run(text(tmp_path / "a.csv", rows))
        save_import(made)
        assert check(tmp_path / "out").chain is not None
        assert "'=1+1" in (tmp_path / "out.set-aside.csv").read_text(encoding="utf-8-sig")
