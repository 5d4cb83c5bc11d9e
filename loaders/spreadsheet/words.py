"""Words by which the columns of a spreadsheet are known, in Russian, Kazakh and English.

A phrase fits a header if each of its word beginnings begins a word of the header. The phrase with most letters
wins, so `объем производств` stands above `продукц`. Letters that look alike count as the same.
"""

import re
from functools import lru_cache

from graph_schema.cells.text import nfc, skeleton

ROLES = {
    "enterprise": "the maker",
    "product": "what it makes",
    "hs_code": "HS code of the product",
    "quantity": "amount made in a year",
    "capacity": "amount that could be made in a year",
    "unit": "unit of the amounts",
    "year": "year of the row's figures",
    "region": "region or province",
    "district": "district or city in the region",
    "owner": "who owns the maker",
    "owner_share": "part that the owner holds",
    "export_share": "part of the output that goes abroad",
    "export": "amount that goes abroad",
    "output_value": "value in money of what is made",
    "export_value": "value in money of what goes abroad",
    "employees": "people employed",
    "note": "anything else; kept in the note",
    "ignore": "not read",
}
"""What a column may be, with its meaning; the words of a mapping file."""

_PHRASES = {
    "enterprise": """предприят|организац|компани|фирм|завод|производител|товаропроизводител|недропользовател
        |хозяйствующ субъект|юридическ лиц|наименован предприят|наименован организац|наименован производител
        |наименован субъект|кәсіпорын|ұйым|өндіруші|шаруашылық|мекеме|кәсіпорын атау
        |enterprise|company|plant|producer|manufacturer|organisation|organization|firm|maker|factory
        |company name|plant name|enterprise name""",
    "product": """продукц|товар|издели|номенклатур|вид продукц|наименован продукц|наименован товар
        |выпускаем продукц|производим продукц|вид выпускаем продукц|что производ|что выпуск|ассортимент
        |өнім|тауар|бұйым|өнім түр|өнім атау|шығарат өнім|өндірілет өнім
        |product|goods|commodity|commodities|what it makes|what they make|product name|type of product""",
    "hs_code": """тн вэд|код тн вэд|код тнвэд|тнвэд|код товар|код продукц|сэқ тн|сэқ тн код|өнім код|тауар код
        |hs|hs code|product code|commodity code|tariff code|customs code""",
    "quantity": """объем|производств|выпуск|выпущен|произведен|произвед|выработк|добыч|количеств|объем производств
        |объем выпуск|объем продукц|выпуск продукц|производств продукц|произведен продукц|объем производств продукц
        |объем выпуск продукц|добыт|фактическ выпуск|фактическ объем|годов объем|факт
        |өндіріс|өндіру|өндірілг|көлем|өндіріс көлем|өндіру көлем|өнім көлем|шығарыл
        |output|production|volume|quantity|tonnage|produced|amount|annual output|production volume|made""",
    "capacity": """мощност|производственн мощност|проектн мощност|годов мощност|установленн мощност
        |мощност объем производств|қуат|өндіріс қуат|өндірістік қуат|жобалық қуат
        |capacity|production capacity|annual capacity|design capacity|installed capacity""",
    "unit": """ед изм|единиц измерен|ед измерен|единиц|изм|өлшем бірліг|өлшем|бірлік|unit|units|uom|unit of measure
        |measurement unit""",
    "region": "область|регион|облыс|өңір|region|oblast|province|наименован област|регион област",
    "district": """район|город|аудан|қала|населен пункт|местоположен|местонахожден|место нахожден|место расположен
        |расположен|орналасқан|город район|адрес|мекенжай|address
        |район город|аудан қала|қала аудан|district|city|town|location|municipality|city district""",
    "owner": """собственник|владелец|учредител|акционер|холдинг|групп компани|материнск компани|головн компани
        |головн организац|иесі|меншік иесі|құрылтайшы|холдинг компания|owner|shareholder|parent company|holding
        |holding company|owned by|owner company|founder|собственник предприят|учредител предприят""",
    "owner_share": """дол собственник|дол владел|дол владен|дол участ|дол учредител|иесі үлес|қатысу үлес|owner share
        |share owned|ownership share|stake|дол в уставн""",
    "export_share": """дол экспорт|удельн вес экспорт|экспорт дол|экспорт процент|экспорт үлес|экспорт %
        |дол экспорт в производств|дол экспорт в объем производств|дол экспорт продукц|share export|export share
        |share exported|exported share|export percent|share of output exported""",
    "export": "экспорт|экспорт объем|объем экспорт|export|exports|exported|export volume|экспорт көлем|export quantity",
    "employees": """численност|работник|сотрудник|персонал|количеств работник|числ работник|численност работник
        |количеств сотрудник|қызметкер|жұмысшы|жұмыскер|қызметкер сан|employees|staff|workers
        |headcount|number of employees""",
    "note": """примечан|комментар|дополнительн|ескерт|түсініктеме|note|notes|comment|comments|remark|remarks""",
    "ignore": "п п|n п п|n пп|пп|n|no|р с|рет сан|s n|п номер|порядков номер|номер|number|row",
}
ADDRESSES = frozenset({"адрес", "мекенжай", "address"})
"""Words of a column that names places less surely than one of districts or cities does."""

_OTHER = """форм собственност|телефон|email адрес|e mail адрес|электрон адрес|сайт адрес|email address|web address
    |руководител|директор|реализац|объем реализац|реализован продукц|отгруз
    |отгружен продукц|продаж|объем продаж|выручк|загрузк|загрузк мощност|загрузк производственн мощност
    |использован мощност|коэффициент использован|темп|индекс|индекс физическ объем|рост|стоимост|стоимост продукц
    |цен|цен продукц|цен за единиц|инвестиц|объем инвестиц|основан|год основан|год ввод|год ввод производств|год создан
    |запас|остат|прибыл|налог|план|план выпуск|план производств|план объем производств|прогноз|прогноз производств
    |прогноз объем производств|бин|иин|инн|бсн|оквэд|окэд|код окэд|эқжж|вид деятельност|отрасл|сал|сайт|email|e mail
    |потреблен|сырь|потребност в сырь|импорт|объем импорт|рынк сбыт|стран экспорт|экспорт стран|экспорт рынк
    |phone|director|sales|sales volume|revenue|turnover|utilisation|utilization|capacity utilisation
    |capacity utilization|growth|index|price|cost|investment|founded|year founded|year of foundation|stock|stocks
    |profit|tax|plan|planned output|planned production|forecast|forecast output|bin|website|activity|industry|sector
    |import|imports|raw material|export countries|export markets|export destination|destination|export country
    |planned capacity|планир мощност|план мощност|год постройк|телефон|басшы|бағас|құны|болжам|жоспар"""
_YEAR_ONLY = frozenset({
    "год", "отчетный год", "период", "отчетный период", "year", "reporting year", "жыл", "жылы", "есепті жыл",
    "есептік жыл", "period", "год производства", "год данных",
})  # fmt: skip
GENERIC = frozenset({
    "наименование", "название", "имя", "атауы", "аты", "name", "names", "title", "наименования",
})  # fmt: skip
"""Headers that name a thing without saying which; the cells decide."""

YEAR = re.compile(
    r"(?<![\d.])(?:за\s+)?((?:19|20)\d\d)(?!\d)(?:\s*[-–]?\s*(?:годы|года|году|год|гг|г|жылы|жыл|ж)\b\.?)?",
    re.I,
)
_WORD = re.compile(r"[^\W_]+|%|№|#")


def plain(text: str) -> str:
    """Return the words of a header, comparable: case, ё, look-alike letters, marks and space folded."""
    folded = nfc(text).casefold().replace("ё", "е").replace("№", " n ").replace("#", " n ")
    return skeleton(" ".join(_WORD.findall(folded)))


@lru_cache(maxsize=1)
def _phrases() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Return (role, phrase as declared, its folded word beginnings)."""
    listed = [(role, one) for role, text in (*_PHRASES.items(), ("", _OTHER)) for one in text.split("|")]
    return tuple((role, " ".join(one.split()), tuple(plain(one).split())) for role, one in listed)


@lru_cache(maxsize=4096)
def role_of(header: str) -> tuple[str, str, int]:
    """Return the role that the words of a header give it, the phrase that fits best, and its letters.

    A role of nothing with a phrase means: known, and of no use to a dataset.
    """
    name = plain(YEAR.sub(" ", header))
    if plain(header) in _year_only():
        return "year", "year", 4
    words = name.split()
    best: tuple[str, str, int] = ("", "", 0)
    for role, phrase, stems in _phrases():
        letters = sum(map(len, stems))
        if letters > best[2] and all(_begins(stem, words) for stem in stems):
            best = (role, phrase, letters)
    return best


def _begins(stem: str, words: list[str]) -> bool:
    """Say whether a word of a header begins with `stem`; a stem of one to three letters is a whole word."""
    return stem in words if len(stem) <= 3 else any(word.startswith(stem) for word in words)


@lru_cache(maxsize=1)
def _year_only() -> frozenset[str]:
    return frozenset(map(plain, _YEAR_ONLY))


@lru_cache(maxsize=1)
def _generic() -> frozenset[str]:
    return frozenset(map(plain, GENERIC))


def is_generic(header: str) -> bool:
    """Say whether a header only says that names stand below it."""
    return plain(header) in _generic()


def year_in(text: str) -> int | None:
    """Return the one year that a text names; nothing if there is none or several.

    >>> year_in("Объём за 2022 год"), year_in("2021-2022"), year_in("Объём")
    (2022, None, None)
    """
    years = {int(year) for year in YEAR.findall(text)}
    return years.pop() if len(years) == 1 else None


def words_of(header: str, phrase: str) -> str:
    """Return those words of a header that a phrase fits, as the sheet writes them; else the header.

    >>> words_of("Выпуск продукции, т", "выпуск продукц"), words_of("Год", "year")
    ('Выпуск продукции', 'Год')
    """
    stems = plain(phrase).split()
    fitting = [
        one for one in _WORD.findall(header) if any(_begins(stem, plain(one).split()) for stem in stems)
    ]
    return " ".join(fitting or header.split())
