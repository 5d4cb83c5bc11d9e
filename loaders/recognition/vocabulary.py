"""The words of language, not of products: what a reader skips, and what turns a product into something else.

Words stand in their basic form and are compared by their stems, so endings need not be listed. English,
Russian and Kazakh side by side. Nothing here names a product: that is the catalogue's part.
"""

VOID = """
a an the of and or in on at for from with by to as its their etc via per
серия серии серий и или в во на из изо с со для по от до к ко о об у под при а также т.п. др пр
және мен немесе үшін арналған бен пен да де
"""
"""Words without a meaning of their own: they are left out of texts and of names.

Of `серия` the forms are listed, for without its ending it is `сера`.
"""

BEFORE_COMPLEMENT = """
of for from with by in on to into
из для с со от по в на под при к
"""
"""Prepositions: what follows says what the thing is made of or for, not what it is."""

MAKING = """
production produce producing manufacture manufacturing making output growing cultivation mining extraction
smelting making maker producer manufacturer
производство производить производим производитель выпуск выпускать выпускаем изготовление изготавливать
изготовитель продукция выработка добыча добывать выплавка выращивание разведение розлив выпечка
собственный
өндіру өндірісі өндіріс шығару шығарады жасау дайындау өсіру өндіреді балқыту өнім өнімі өндіруші
"""
"""Words that say that a thing is made: they change nothing of what it is."""

QUALITY = """
grade class type kind sort quality standard size diameter thickness length width mm cm m kg g t kt ton tonne l litre
pcs piece bag sack bulk packed packaging packing pack box pallet container premium extra first second third high low
highest top best tpa tech unspecified normal organic strength pressure solid liquid
commercial technical industrial domestic local export imported new
fresh assorted various diverse
different own brand make mark series model own purity pure pct percent product goods article item good
gost tu ost st rk sto iso din en astm api tr ts
гр тех техн сорт марка класс тип вид модель группа категория номер гост ту ост ст рк сто тр тс гф исо снип
размер диаметр толщина длина ширина высота сечение фракция мм см м кг г тн тонна т л литр шт штука куб м2 м3 дн ду
мешок мешки упаковка упаковка тара навалом насыпью россыпью паллета бутыль фасованный фасовка расфасованный
упакованный весовой кусковой дробленый гранулированный высший первый второй третий новый свежий качество
качественный экспортный казахстанский отечественный местный собственный технический товарный промышленный
стандартный обычный различный разный ассортимент фирменный изделие товар продукт чистота чистый массовый доля
сынып сұрып сұрыпты маркалы марка түрі түр сапа сапалы жоғары бірінші екінші үшінші жаңа отандық қап қапта қапталған
өлшем өлшемі диаметрі қалыңдығы ұзындығы мемст техникалық өнеркәсіптік кесек кесекті тауарлық бұйым бұйымы тонна
"""
"""Qualities, packaging, standards and units: a text may have them or not and means the same product."""

BLOCKING = (
    "scrap waste лом отход отходы обрезь утиль сынық сынығы қалдық қалдығы",
    "ore руда рудный кен кені",
    "concentrate концентрат байытынды концентраты",
    "pellet granule гранула окатыш түйіршік шекемтас",
    "powder dust порошок пудра пыль пылевидный ұнтақ ұнтағы шаң тозаң",
    "slag шлак қож қожы",
    "ash зола күл",
    "service сервис услуга қызмет қызметі көрсету оказание",
    "repair overhaul refurbishment ремонт ремонтировать восстановление жөндеу",
    "maintenance обслуживание техобслуживание",
    "equipment machinery line plant factory mill оборудование техника линия завод фабрика зауыт зауыты жабдық "
    "жабдығы комбинат цех установка станок станогы аппарат қондырғы",
    "construction building installation erection design строительство монтаж проектирование возведение құрылыс "
    "құрылысы салу жобалау",
    "trade wholesale retail sale shop store dealer торговля оптовый розничный продажа реализация сбыт магазин "
    "торговый сауда сату көтерме дүкен",
    "transport transportation delivery carriage logistics storage warehouse перевозка транспортировка доставка "
    "хранение склад тасымал тасымалдау жеткізу сақтау қойма",
    "rent lease rental аренда лизинг прокатный жалға жалдау",
    "processing treatment recycling переработка обработка рециклинг утилизация обогащение өңдеу қайта",
    "testing inspection certification испытание сертификация контроль сынау сертификаттау",
    "part component spare запчасть запасной деталь комплектующий узел бөлшек қосалқы",
    "substitute imitation analogue artificial synthetic заменитель имитация искусственный синтетический жасанды",
    "no not without non free не без нет",
    "used spent second-hand отработанный изношенный бывший пайдаланылған",
    "consulting training education research консультация обучение исследование кеңес оқыту зерттеу",
)
"""Groups of words that turn a product into another thing: a text that has one agrees only with a name of the
same group, and the other way round."""

TRADE = "trade wholesale retail sale торговля оптовый розничный продажа реализация сбыт сауда сату көтерме"
"""Words of trade mean nothing beside a word of making: who makes flour also sells it."""

SPELLINGS = {
    "aluminum": "aluminium",
    "tire": "tyre",
    "tires": "tyres",
    "fiber": "fibre",
    "fiberglass": "fibreglass",
    "mold": "mould",
    "molding": "moulding",
    "color": "colour",
    "colored": "coloured",
    "galvanized": "galvanised",
    "galvanizing": "galvanising",
    "gray": "grey",
    "plow": "plough",
    "center": "centre",
    "pulverized": "pulverised",
    "yoghurt": "yogurt",
    "gasolene": "gasoline",
    "fertilizer": "fertiliser",
    "fertilizers": "fertilisers",
    "sulfur": "sulphur",
}
"""American spellings and the British ones of the catalogue; `sulf-` is read as `sulph-` in every word."""
