"""Recognition of enterprises, and the review table."""

import csv
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_schema import StoreError
from loaders.recognition import EnterpriseIndex, Match, Review
from loaders.recognition.differences import difference
from loaders.recognition.enterprises import OFTEN, core
from loaders.recognition.match import Candidate
from loaders.recognition.sounds import sound

LISTS = Path(__file__).parent


def read(name: str) -> list[dict[str, str]]:
    with (LISTS / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


REGISTER = read("labelled_register")
INDEX = EnterpriseIndex(REGISTER)


def test_the_labelled_list():
    rows = read("labelled_enterprises")
    pairs = list(zip(rows, INDEX.match_all([row["text"] for row in rows]), strict=True))
    certain = [row["expected"] == match.id for row, match in pairs if match.state == "certain"]
    ones = [(row, match) for row, match in pairs if row["kind"] == "one"]
    assert len(certain) > 95
    assert sum(certain) >= 0.99 * len(certain)
    assert sum(row["expected"] == match.id for row, match in ones) > 0.88 * len(ones)
    assert not [row["text"] for row, match in pairs if row["kind"] != "one" and match.used]


SMALL = [
    {
        "enterprise_id": "ksp",
        "name": "KSP Steel LLP",
        "name_ru": "ТОО «KSP Steel»",
        "name_kk": "«KSP Steel» ЖШС",
    },
    {"enterprise_id": "vostok", "name": "ТОО Восток"},
    {"enterprise_id": "vostok-2", "name": "ТОО Восток-2"},
    {
        "enterprise_id": "kazchrome",
        "name": "Kazchrome JSC",
        "name_ru": "АО «ТНК «Казхром»",
        "aliases": "ТНКК",
    },
    {
        "enterprise_id": "azf",
        "name": "Aksu Ferroalloy Plant",
        "name_ru": "Аксуский завод ферросплавов - филиал АО «ТНК «Казхром»",
    },
    {"enterprise_id": "rubikom", "name": "ТОО Рубиком"},
    {"enterprise_id": "rubikom-ip", "name": "ИП Рубиком"},
]


@pytest.mark.parametrize(
    ("name", "state", "expected"),
    [
        ("ТОО «KSP Steel»", "certain", "ksp"),
        ("Steel KSP, L.L.P.", "probable", "ksp"),
        ("КСП Стил", "probable", "ksp"),
        ("KSP Стил ТОО", "probable", "ksp"),
        ("товарищество с ограниченной ответственностью КСП Стил", "probable", "ksp"),
        ("АО KSP Steel", "probable", "ksp"),  # another legal form
        ("KSP", "candidate", None),
        ("Казхром", "probable", "kazchrome"),
        ("KAZCHROME", "certain", "kazchrome"),
        ("ТНКК", "certain", "kazchrome"),
        ("Восток", "certain", "vostok"),
        ("Vostok 2", "probable", "vostok-2"),
        ("Восток-3", "candidate", None),
        ("Аксуского завода ферросплавов", "probable", "azf"),
        ("Филиал АО ТНК Казхром - Аксуский завод ферросплавов", "certain", "azf"),
        ("Аксуский завод феросплавов", "probable", "azf"),  # double letters sound alike
        ("Аксуский завод феррасплавов", "probable", "azf"),  # a typing error
        ("АЗФ", "candidate", None),  # initials, and no alias says so
        ("Рубиком", "candidate", None),
        ("ТОО Рубиком", "certain", "rubikom"),
        ("ООО Ромашка", "none", None),
        ("", "none", None),
        ("ТОО", "none", None),
    ],
)
def test_states(name, state, expected):
    match = EnterpriseIndex(SMALL).match(name)
    assert (match.state, match.id) == (state, expected), match
    assert match.reason.endswith(".")


def test_groups_of_one_list():
    names = ["ТОО Восток", "«ВОСТОК» ЖШС", "АО Восток", "Восток", "ТОО Восток-2", "Vostok LLP", "ТОО Восток"]
    assert EnterpriseIndex.groups(names) == ((0, 1, 6), (2,), (3,), (4,), (5,))
    assert EnterpriseIndex.likely(names) == ((0, 1, 5, 6), (2,), (3,), (4,))
    assert EnterpriseIndex.groups([]) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ТОО «Ақ нан»", "ТОО «Нан»"),
        ("ТОО «Ақ бидай»", "ТОО «Бидай»"),
        ("Ақ нан ЖШС", "Нан ЖШС"),
        ("Ақ нан", "АҚ «Нан»"),
        ("ТОО Шахат", "ТОО Сахат"),
        ("ТОО Центр", "ТОО Сентр"),
        ("ТОО Щука", "ТОО Шука"),
    ],
)
def test_other_words_are_never_the_same(one, other):
    assert EnterpriseIndex.likely([one, other]) == ((0,), (1,))
    assert core(one).sounds != core(other).sounds


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ТОО «Ақ нан»", "АҚ НАН, ЖШС"),
        ("АҚ «Нан»", "«НАН» АҚ"),
        ("TOO Рахат", "«РАХАТ» ТОО"),  # a form in Latin letters
        ("ТОО Bосток", "тоо  «восток»"),  # a Latin B
        ("«ТОО Нан»", "ТОО «Нан»"),
    ],
)
def test_literally_the_same_is_certain(one, other):
    assert EnterpriseIndex.groups([one, other]) == ((0, 1),)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ("ТОО Раххат", "one letter is doubled: х in раххат"),
        ("ТОО Рахит", "one letter differs: а and и"),
        ("АО Рахат", "the same words and another legal form"),
        ("Рахат", "the same words without a legal form"),
        ("ТОО Rahat", "рахат and rahat sound alike in two alphabets"),
        ("ТОО Ра Хат", "the same letters, spaced in another way"),
    ],
)
def test_what_tells_two_names_apart(other, told):
    assert difference("ТОО Рахат", other) == told
    assert EnterpriseIndex.groups(["ТОО Рахат", other]) == ((0,), (1,))


KNOWN = st.sampled_from([(row["name_ru"] or row["name"], row["enterprise_id"]) for row in REGISTER])


@given(KNOWN, st.sampled_from(["ТОО", "АО", "LLP", "ЖШС", "JSC", ""]))
def test_writing_never_leads_to_another_enterprise(pair, form):
    name, own = pair
    for changed in (f"{form} {name.upper()}", unicodedata.normalize("NFD", name), f"{name} {form}"):
        match = INDEX.match(changed)
        assert match.id in (own, None)


@pytest.mark.parametrize(
    "name", ["branch", "филиал", "Branch 0", "филиал филиал", "филиал Ы - филиал", "branch of branch Q"]
)
def test_a_branch_of_nobody_has_no_end_of_parents(name):
    assert INDEX.match(name).state in ("none", "candidate")


@given(st.text(max_size=50))
def test_any_name_has_a_match(name):
    match = INDEX.match(name)
    assert match.text == name
    assert match.reason
    assert (match.id is not None) == match.used


@given(st.randoms(use_true_random=False))
def test_rows_of_the_register_in_any_order(random):
    names = [row["text"] for row in read("labelled_enterprises")[::7]]
    shuffled = EnterpriseIndex(random.sample(REGISTER, len(REGISTER)))
    assert shuffled.match_all(names) == INDEX.match_all(names)


def test_a_rare_word_is_looked_for_among_many_of_a_common_one():
    crowd = [{"enterprise_id": f"e{number}", "name": f"Завод {number}"} for number in range(OFTEN + 1)]
    index = EnterpriseIndex([*crowd, {"enterprise_id": "own", "name": "Завод Карбонат"}])
    assert index.match("ТОО Завод Карбанат").id == "own"  # a typing error in the rare word
    assert [one.id for one in index.match("Завод Ромашка").candidates] != []  # no other word: the common one
    assert index.match("Завод Карболит").id is None
    assert len(index._places(core("Завод Карбанат"))) == 1


def test_sounds():
    for one, other in (
        ("шымкент", "shymkent"),
        ("қазфосфат", "kazphosphate"),
        ("казхром", "kazchrome"),
        ("юг", "yug"),
    ):
        assert sound(one)[:4] == sound(other)[:4], (one, other)


# --- the review table

FOIL = Match(
    "Фольга",
    "probable",
    "foil",
    "Aluminium foil",
    70.0,
    "Most words.",
    (Candidate("foil", "Aluminium foil", 70.0),),
)
PIPES = Match(
    "трубы",
    "candidate",
    None,
    "",
    50.0,
    "Several.",
    (Candidate("a", "Pipe A", 50.0), Candidate("b", "Pipe B", 50.0)),
)
NAMES = {"product": {"foil": "Aluminium foil", "a": "Pipe A", "b": "Pipe B", "sheet": "Sheet"}}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def decide(path: Path, **decisions: str) -> None:
    """Fill in decisions as a person does, by text."""
    rows = rows_of(path)
    for row in rows:
        row["decision"] = decisions.get(row["text"], row["decision"])
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "plants.review.csv"
    Review().write(path, {"product": [FOIL, PIPES]})
    return path


def test_a_decision_wins_is_remembered_and_is_undone(table):
    decide(table, трубы="b", Фольга="none")
    review = Review.read(table, NAMES)
    foil, pipes = review.apply([FOIL, PIPES])
    assert (foil.state, foil.id, foil.reason) == ("none", None, "decided in the review table")
    assert (pipes.state, pipes.id, pipes.name) == ("certain", "b", "Pipe B")
    review.write(table, {"product": []})  # a run in which the texts are absent
    kept = Review.read(table, NAMES)
    assert kept.apply([FOIL, PIPES]) == [foil, pipes]
    decide(table, трубы="", Фольга="")
    assert Review.read(table, NAMES).apply([FOIL, PIPES]) == [FOIL, PIPES]


def test_a_decision_holds_for_other_spellings_of_the_text(table):
    decide(table, трубы="b")
    same = Match("ТРУБА", "none", None, "", 0.0, "Nothing.", ())
    assert Review.read(table, NAMES).apply([same])[0].id == "b"


def test_yes_confirms_what_was_found(table):
    decide(table, Фольга="yes")
    review = Review.read(table, NAMES)
    assert review.apply([FOIL])[0].state == "certain"
    review.write(table, {"product": review.apply([FOIL])})
    again = Review.read(table, NAMES)
    assert again.apply([FOIL])[0].id == "foil"
    lost = Match("Фольга", "none", None, "", 0.0, "Nothing.", ())
    assert again.apply([lost])[0].id == "foil"


def test_writing_twice_gives_the_same_bytes(table):
    decide(table, трубы="b")
    review = Review.read(table, NAMES)
    review.write(table, {"product": review.apply([FOIL, PIPES])})
    first = table.read_bytes()
    again = Review.read(table, NAMES)
    again.write(table, {"product": again.apply([FOIL, PIPES])})
    assert table.read_bytes() == first


def test_a_bad_decision_is_a_problem_and_stays_in_the_file(table):
    decide(table, трубы="shet", Фольга="yes")
    review = Review.read(table, NAMES)
    (problem,) = review.problems
    assert (problem.file, problem.line, problem.column, problem.value) == (table.name, 3, "decision", "shet")
    assert problem.message == "There is no product 'shet'."
    assert problem.hint == "did you mean sheet?"
    assert review.apply([PIPES]) == [PIPES]
    review.write(table, {"product": [PIPES]})
    assert "shet" in {row["decision"] for row in rows_of(table)}


def test_yes_where_nothing_was_found_is_a_problem(table):
    decide(table, трубы="yes")
    (problem,) = Review.read(table, NAMES).problems
    assert problem.message == "There is nothing found to confirm."


def test_a_row_about_nothing_known_and_a_table_without_columns(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("kind,text,decision\nprodukt,a,b\n", encoding="utf-8")
    (problem,) = Review.read(path).problems
    assert (problem.line, problem.column, problem.hint) == (2, "kind", "did you mean product or enterprise?")
    path.write_text("one,two\n1,2\n", encoding="utf-8")
    (problem,) = Review.read(path).problems
    assert problem.message == "There is no column 'kind'."


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_what_excel_saves_is_read(tmp_path, encoding, delimiter):
    path = tmp_path / "r.csv"
    lines = [["kind", "text", "decision"], ["product", "трубы", "b"]]
    path.write_text("\r\n".join(delimiter.join(line) for line in lines), encoding=encoding, newline="")
    assert Review.read(path, NAMES).apply([PIPES])[0].id == "b"


def test_a_separator_line_of_excel_is_skipped(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("sep=;\nkind;text;decision\nproduct;трубы;zz\n", encoding="utf-8")
    (problem,) = Review.read(path, NAMES).problems
    assert problem.line == 3


def test_a_text_that_looks_like_a_formula_is_data_and_no_spreadsheet_runs_it(tmp_path):
    path = tmp_path / "r.csv"
    match = Match('=1+2,"a"\nb', "none", None, "", 0.0, "Nothing.", ())
    Review().write(path, {"product": [match]})
    assert rows_of(path)[0]["text"] == '\'=1+2,"a"\nb'
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    path.write_text(
        path.read_text(encoding="utf-8-sig").replace(",Nothing.,,,", ",Nothing.,,a,"), encoding="utf-8"
    )
    again = Review.read(path)
    assert [row.text for row in again.rows] == ['=1+2,"a"\nb']
    assert again.apply([match])[0].id == "a", "the decision is remembered by the text itself"


def test_certain_matches_are_not_listed(tmp_path):
    path = tmp_path / "r.csv"
    sure = Match("a", "certain", "a", "Pipe A", 100.0, "All words.", (Candidate("a", "Pipe A", 100.0),))
    Review().write(path, {"product": [sure, FOIL, FOIL], "enterprise": [PIPES]})
    assert [(row["kind"], row["text"]) for row in rows_of(path)] == [
        ("product", "Фольга"),
        ("enterprise", "трубы"),
    ]


def test_no_file_is_no_decision_and_a_folder_is_an_error(tmp_path):
    assert Review.read(tmp_path / "absent.csv").decisions == {}
    with pytest.raises(StoreError, match="cannot be read"):
        Review.read(tmp_path)


def test_enterprises_of_other_legal_form_are_decided_apart(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("kind,text,decision\nenterprise,ТОО Восток,v\n", encoding="utf-8")
    review = Review.read(path)
    own, other = (
        Match(text, "none", None, "", 0.0, "Nothing.", ()) for text in ("«Восток» ЖШС", "АО Восток")
    )
    assert [match.id for match in review.apply([own, other], "enterprise")] == ["v", None]
