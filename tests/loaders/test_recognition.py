"""Recognition of products: the labelled list, laws, HS codes."""

import csv
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.catalogue import reference_tables
from loaders.recognition import Match, ProductIndex, hs
from loaders.recognition.reading import Dictionary
from loaders.recognition.stems import one_alphabet, stem
from loaders.recognition.words import normal_form, words_of

LISTS = Path(__file__).parent
CATALOGUE = reference_tables()["products"].to_pylist()
INDEX = ProductIndex(CATALOGUE)
IDS = {row["product_id"] for row in CATALOGUE}

QUESTIONS = {
    "Услуги элеватора: хранение и подработка зерна": "the label `none` is older than the product grain-storage",
}
"""Texts whose label and the catalogue contradict each other: no rule of language can settle them."""


def labelled() -> list[dict[str, str]]:
    with (LISTS / "labelled_products.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def answered() -> list[tuple[dict[str, str], Match]]:
    rows = labelled()
    return list(zip(rows, INDEX.match_all([row["text"] for row in rows]), strict=True))


def right(row: dict[str, str], match: Match) -> bool:
    return row["kind"] == "one" and match.id == row["expected"]


def test_certain_is_right_on_the_labelled_list():
    certain = [(row, match) for row, match in answered() if match.state == "certain"]
    wrong = [row["text"] for row, match in certain if not right(row, match) and row["text"] not in QUESTIONS]
    assert len(certain) > 150
    assert len(wrong) <= 0.01 * len(certain), wrong
    assert len(QUESTIONS) <= 1


def test_recall_on_the_labelled_list():
    ones = [(row, match) for row, match in answered() if row["kind"] == "one"]
    found = [right(row, match) for row, match in ones]
    sure = [right(row, match) and match.state == "certain" for row, match in ones]
    listed = [row["expected"] in {one.id for one in match.candidates} for row, match in ones]
    assert sum(sure) / len(ones) > 0.60
    assert sum(found) / len(ones) > 0.77
    assert sum(listed) / len(ones) > 0.95


def test_where_there_is_no_such_product_few_answers_are_used():
    unknown = [match for row, match in answered() if row["kind"] == "none"]
    assert sum(match.used for match in unknown) <= 0.05 * len(unknown)


def names(row: dict[str, object]) -> list[str]:
    return [str(row[column]) for column in ("name", "name_ru", "name_kk") if row[column]]


def test_every_name_of_the_catalogue_is_certain_unless_it_is_shared():
    spellings: dict[str, set[str]] = {}
    for row in CATALOGUE:
        for name in [*names(row), *(row["aliases"] or "").split(";")]:
            spellings.setdefault(normal_form(name), set()).add(row["product_id"])
    shared = {key for key, ids in spellings.items() if len(ids) > 1}
    missed = [
        (name, match.state, match.id, match.reason)
        for row in CATALOGUE
        for name in names(row)
        if normal_form(name) not in shared and (match := INDEX.match(name)).id != row["product_id"]
    ]
    assert missed == []


@pytest.mark.parametrize(
    ("text", "state", "expected"),
    [
        ("Феррохром высокоуглеродистый ФХ850А, кусковой", "certain", "ferrochrome-high-carbon"),
        ("ВЫСОКОУГЛЕРОДИСТОГО ФЕРРОХРОМА", "certain", "ferrochrome-high-carbon"),
        ("алюминиевой фольги", "certain", "aluminium-foil"),
        ("Hot rolled coils S235JR 3 mm", "certain", "hot-rolled-coil"),
        ("coldrolled sheet", "certain", "cold-rolled-sheet"),
        ("алюминий банкаларды шығару", "certain", "aluminium-cans"),
        ("cokе", "certain", "coke"),  # its last letter is Cyrillic
        ("глинозём", "certain", "alumina"),
        ("глинозем", "certain", "alumina"),
        ("алюмниевая фольга", "probable", "aluminium-foil"),  # a typing error
        ("repair of tank wagons", "candidate", None),
        ("оборудование для алюминиевой фольги", "candidate", None),
        ("aluminium foil plant construction services", "candidate", None),
        ("оптовая торговля алюминиевой фольгой", "candidate", None),
        ("Глинозём и алюминиевая фольга", "candidate", None),
        ("титановая губка", "none", None),
        ("юридические консультации", "none", None),
        ("", "none", None),
        ("№ 7-А", "none", None),
    ],
)
def test_states(text, state, expected):
    match = INDEX.match(text)
    assert (match.state, match.id) == (state, expected), match
    assert match.reason.endswith(".")


@pytest.mark.parametrize(
    ("text", "state", "expected"),
    [
        ("H2SO4", "certain", "sulphuric-acid"),
        ("h2so4", "certain", "sulphuric-acid"),
        ("H₂SO₄", "certain", "sulphuric-acid"),
        ("Н2SО4", "certain", "sulphuric-acid"),  # H and O are Cyrillic
        ("Al2O3", "certain", "alumina"),
        ("Al(OH)3", "certain", "aluminium-hydroxide"),
        ("CO(NH2)2", "certain", "urea"),
        ("(NH4)2SO4", "certain", "ammonium-sulphate"),
        ("CO2", "certain", "carbon-dioxide"),
        ("диоксид углерода (CO2)", "certain", "carbon-dioxide"),
        ("СО2", "certain", "carbon-dioxide"),  # all Cyrillic
        ("NaOH", "certain", "caustic-soda"),
        ("серная кислота H2SO4", "certain", "sulphuric-acid"),
        ("соляная кислота H2SO4", "candidate", None),
        ("Fe2O3", "none", None),
        ("SiO2", "none", None),
        ("H2O", "none", None),
        ("Al", "none", None),
        ("CO", "candidate", None),
        ("AL99", "none", None),
        ("М1", "none", None),
        ("A7", "certain", "primary-aluminium"),  # the name is Cyrillic
        ("ПП", "certain", "polypropylene"),
        ("ВВ", "candidate", None),
        ("МС", "candidate", None),
    ],
)
def test_formulas_codes_and_short_texts(text, state, expected):
    match = INDEX.match(text)
    assert (match.state, match.id) == (state, expected), match


def test_a_text_that_is_nearly_a_long_formula_takes_no_time():
    assert words_of("co" * 5000 + "1x" + "(" + "co" * 5000 + ")")


def listed(text: str) -> list[str]:
    return [one.id for one in INDEX.match(text).candidates]


def test_words_that_only_look_alike_without_their_endings():
    assert listed("литий")[0] == "lithium-carbonate"
    assert all("lithium" in one or one == "battery-electrolyte" for one in listed("литий"))
    assert "insulating-glass-units" not in listed("steal")  # not a slip for `sealed`
    assert "sulphur" not in listed("газ") + listed("серый чугун")
    assert INDEX.match("Сера").id == "sulphur"
    assert "cheese" not in listed("доломит сырой")
    assert INDEX.match("Бутан").id != INDEX.match("Бутилен").id
    for one, other in (("литье", "литий"), ("серый", "сера"), ("сырой", "сыр"), ("бутан", "бутилен")):
        assert stem(one) != stem(other)
    for one, other in (("литье", "литья"), ("серый", "серого"), ("соль", "солью"), ("бутан", "бутановый")):
        assert stem(one) == stem(other)


def test_an_alias_within_an_alias_of_something_else_is_probable():
    match = INDEX.match("мука")
    assert (match.state, match.id) == ("probable", "wheat-flour")
    assert listed("мука") == ["wheat-flour", "dolomite"]
    assert match.reason == "'мука' is a name of it, and a part of a name of Dolomite."
    assert INDEX.match("доломитовая мука").id == "dolomite"
    assert INDEX.match("трансформаторы силовые масляные").id is None  # both stand under one heading


def test_candidates_stand_by_what_speaks_against_them():
    pipes = listed("трубы стальные")
    assert set(pipes[:2]) == {"seamless-pipes", "welded-pipes"}
    assert "plastic-pipes" not in pipes[:2]
    assert listed("трубы пластиковые")[0] == "plastic-pipes"
    names = [
        {"product_id": "flour", "name": "Мука"},
        {"product_id": "bags", "name": "Мешки"},
        {"product_id": "waste", "name": "Отходы мешков", "aliases": "мешки"},
    ]
    assert [one.id for one in ProductIndex(names).match("упаковочные мешки для муки").candidates][
        -1
    ] == "flour"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Hospital", "'Hospital' alone does not say which: 'hospital treatment' is near."),
        ("Al2O3 ГОСТ 30558", "All words are those of 'Al2O3'; ГОСТ, 30558 only say which quality."),
        ("трубы пластиковые ПЭ", None),
        ("РЕМОНТ цистерн", "'РЕМОНТ' makes it something else than"),
        ("Fe2O3", "No product has the formula 'Fe2O3' for a name."),
        ("S", "'S' alone does not say which: 'Buna S' is near."),
        ("соляная кислота H2SO4", "'H2SO4' is said of other products than 'Соляная кислота'."),
        ("Steel wire 5MM, TOP Quality", "5MM, TOP, Quality only say which quality."),
    ],
)
def test_reasons_are_plain_and_have_words_as_typed(text, reason):
    match = INDEX.match(text)
    assert match.reason.endswith(".")
    assert "''" not in match.reason
    assert reason is None or reason in match.reason


SCRAP = [
    {"product_id": "copper", "name": "Copper", "name_ru": "Медь", "hs_code": "740311"},
    {"product_id": "copper-scrap", "name": "Copper scrap", "name_ru": "Лом меди", "hs_code": "740400"},
    {
        "product_id": "ore",
        "name": "Iron ore, run of mine",
        "name_ru": "Железная руда сырая",
        "hs_code": "260111",
    },
    {"product_id": "concentrate", "name": "Iron ore concentrate", "name_ru": None, "hs_code": "260111"},
    {
        "product_id": "seamless",
        "name": "Seamless pipes",
        "name_ru": "Трубы бесшовные стальные",
        "hs_code": "730419",
    },
    {
        "product_id": "welded",
        "name": "Welded pipes",
        "name_ru": "Трубы сварные стальные",
        "hs_code": "730630",
    },
    {"product_id": "heat", "name": "Heat", "aliases": "thermal energy;steam", "hs_code": None},
]


@pytest.mark.parametrize(
    ("text", "code", "state", "expected", "words"),
    [
        ("Медь", "", "certain", "copper", "All words"),
        ("Медь", "7403 11 000 0", "certain", "copper", "HS 740311 is a code of Copper"),
        ("Медь", "7404", "candidate", None, "Copper stands under HS 740311, not 7404."),
        ("Медь", "740319", "probable", "copper", "stands under HS 740311, not 740319"),
        ("Медь", "760199", "certain", "copper", "no code of the edition 2022"),
        ("Лом меди кусковой", "740400", "certain", "copper-scrap", "the words agree"),
        ("отходы меди", "", "candidate", None, ""),
        ("трубы стальные", "", "candidate", None, ""),
        ("трубы стальные", "730630", "certain", "welded", "the words agree"),
        ("", "260111", "candidate", None, "2 products stand under HS 260111"),
        ("", "740311", "probable", "copper", "of this product only"),
        ("кабачки", "740311", "candidate", None, "the words are not known"),
        ("steam", "7403", "certain", "heat", ""),
        ("repair of copper scrap", "740400", "candidate", None, "'repair' makes it something else"),
    ],
)
def test_codes_and_words(text, code, state, expected, words):
    match = ProductIndex(SCRAP).match(text, code)
    assert (match.state, match.id) == (state, expected), match
    assert words in match.reason


def test_two_products_of_one_name_are_both_listed():
    twins = [
        {"product_id": one, "name": "Angle", "hs_code": code} for one, code in (("b", "7216"), ("a", "7308"))
    ]
    match = ProductIndex(twins).match("angles")
    assert (match.state, [one.id for one in match.candidates]) == ("candidate", ["a", "b"])
    assert match.reason == "2 products are called 'Angle'."


def test_an_alias_that_is_a_part_of_another_name_is_not_certain():
    oils = [
        {"product_id": "refined", "name": "Refined sunflower oil", "aliases": ("sunflower oil",)},
        {"product_id": "crude", "name": "Crude sunflower oil"},
    ]
    match = ProductIndex(oils).match("sunflower oil")
    assert (match.state, len(match.candidates)) == ("candidate", 2)


NAMES = st.sampled_from([(name, row["product_id"]) for row in CATALOGUE for name in names(row)])
LOOKALIKES = str.maketrans("асеорхуАСЕОРХУКМТ", "aceopxyACEOPXYKMT")


def same_or_unsure(changed: str, name: str) -> bool:
    before, after = INDEX.match(name), INDEX.match(changed)
    return before.state != "certain" or after.state != "certain" or before.id == after.id


@given(NAMES, st.randoms())
def test_order_of_words_never_leads_to_another_product(pair, random):
    words = pair[0].split()
    random.shuffle(words)
    assert same_or_unsure(" ".join(words), pair[0])


@given(NAMES)
def test_writing_never_leads_to_another_product(pair):
    name = pair[0]
    for changed in (
        name.upper(),
        name.casefold(),
        unicodedata.normalize("NFD", name),
        unicodedata.normalize("NFKC", name),
        f"{name} ГОСТ 13843-78",
        f"{name}, ISO 9001",
        name.translate(LOOKALIKES),
        name[:1] + name[1:].translate(LOOKALIKES),
    ):
        assert same_or_unsure(changed, name), changed
    assert INDEX.match(unicodedata.normalize("NFD", name)).id == INDEX.match(name).id


@given(st.text(alphabet="qwzxjQWZ7 ,.-", max_size=30))
def test_a_text_without_a_word_of_a_product_is_none(text):
    match = INDEX.match(text)
    assert match.state in ("none", "candidate")
    assert match.id is None


@given(st.text(max_size=60), st.text(alphabet="0123456789. ", max_size=12))
def test_any_text_has_a_match(text, code):
    match = INDEX.match(text, code)
    assert match.text == text
    assert match.reason
    assert 0 <= match.score <= 100
    assert (match.id is not None) == match.used
    assert {one.id for one in match.candidates} <= IDS


@given(st.randoms(use_true_random=False))
def test_rows_of_the_catalogue_in_any_order(random):
    rows = CATALOGUE[::7]
    texts = [row["text"] for row in labelled()[::9]]
    shuffled = random.sample(rows, len(rows))
    assert ProductIndex(rows).match_all(texts) == ProductIndex(shuffled).match_all(texts)


def test_all_is_each_and_progress_adds_up():
    texts = [row["text"] for row in labelled()[:40]] * 30
    done: list[int] = []
    matches = INDEX.match_all(texts, progress=done.append)
    assert matches == [INDEX.match(text) for text in texts]
    assert sum(done) == len(texts)
    assert INDEX.match_all(["медь"], ["7404"]) == [INDEX.match("медь", "7404")]


def test_no_products_and_a_product_without_a_name():
    assert ProductIndex([]).match("медь", "7404").state == "none"
    assert ProductIndex([{"product_id": "a", "name": None}]).match("a").state in ("none", "certain")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("7601 10 000 0", "760110"),
        ("76.01.10", "760110"),
        (760110.0, "760110"),
        ("760110.0", "760110"),
        ("40120", "040120"),
        (40120.0, "040120"),
        ("7601", "7601"),
        ("76", "76"),
        ("0401", "0401"),
        ("alumina", ""),
        ("", ""),
        (None, ""),
        ("12345678901", ""),
    ],
)
def test_codes_are_read_as_people_write_them(code, expected):
    assert hs.normal(code) == expected


def test_the_tree_of_codes():
    assert hs.path("7601 10")[-1] == ("760110", "Aluminium; unwrought, (not alloyed)")
    assert [code for code, _ in hs.path("7601109999")] == ["76", "7601", "760110"]
    assert (hs.heading("760110"), hs.chapter("760110"), hs.heading("76")) == ("7601", "76", "")
    assert (hs.known("760110"), hs.known("769999"), hs.known("")) == (True, False, False)
    assert hs.codes("7601 10 000 0; 7602 00") == ("760110", "760200")


def test_every_code_of_the_catalogue_exists():
    assert [code for row in CATALOGUE for code in hs.codes(row["hs_code"]) if not hs.known(code)] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("трубы", "трубами"),
        ("порошок", "порошка"),
        ("угля", "уголь"),
        ("феррохром", "феррохрома"),
        ("pellets", "pellet"),
        ("aluminum", "aluminium"),
        ("құбырлары", "құбыр"),
        ("сынығы", "сынық"),
        ("көмірдің", "көмір"),
        ("банкаларды", "банкалар"),
    ],
)
def test_endings(one, other):
    dictionary = Dictionary({other: stem(other)})
    assert dictionary.read(one).present == {stem(other): 1.0}


def test_one_alphabet_per_word():
    assert one_alphabet("aлюминий") == "алюминий"
    assert one_alphabet("Dвигатель") == "Dвигатель"
    assert one_alphabet("steel") == "steel"


def test_words_after_a_preposition_are_complements():
    words = {word.text: word for word in words_of("сетка из проволоки для бетона, новая")}
    assert not words["сетка"].complement
    assert words["проволоки"].complement
    assert words["бетона"].complement
    assert words["новая"].optional


def test_loading_does_not_load_it():
    import subprocess
    import sys

    code = (
        "import sys, loaders; sys.exit(any('recognition' in one or 'snowball' in one for one in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
