"""The tables of a dataset: what each holds, column by column.

One table is one CSV file, one sheet, one Parquet file, or one node or relationship kind in a graph
database. These declarations are the only place where a column is described; loaders, checks,
templates, documentation and stores read them.

What is counted: quantities are amounts per year in the product's own unit. A blank cell is an
unknown, never a zero. `source_id` belongs to the key of a fact, so two sources may disagree.
"""

from graph_schema.columns import Column, Table

GRADES = ("observed", "reported", "expert", "inferred")
"""Grades of a figure, best first: measured, stated by somebody, estimated, computed by a formula."""

BASES = ("recorded", "balanced", "derived")
"""How a figure came about: written down, the remainder of a balance, or derived by a formula."""


_SOURCE = Column("source_id", "ref", "where the row comes from", refers=("sources",))
_FACT = (
    _SOURCE,
    Column("grade", "choice", "how good the figure is; wins over the source's grade", choices=GRADES),
    Column("basis", "choice", "how the figure came about (blank: recorded)", choices=BASES),
    Column("note", "text", "anything a reader should know: page, formula, doubt"),
)
_NAMES = (
    Column("name_kk", "text", "name in Kazakh"),
    Column("name_ru", "text", "name in Russian"),
    Column("aliases", "list", "other spellings, separated by ;"),
)
_YEAR = Column("year", "year", "year of the figure (blank: the dataset's base year)", low=1800, high=2200)
_LATITUDE = Column("latitude", "number", "degrees north", low=-90, high=90)
_LONGITUDE = Column("longitude", "number", "degrees east", low=-180, high=180)


def _ref(name: str, table: str, description: str, *, required: bool = True) -> Column:
    return Column(name, "ref", description, required=required, refers=(table,))


def _amount(name: str, description: str) -> Column:
    return Column(name, "number", description, low=0)


_PRODUCT = _ref("product_id", "products", "product")
_UNIT = Column("unit", "unit", "unit of the row's amounts (blank: the product's unit)", example="kt")
_PROCESS = _ref("process_id", "processes", "process, where it is known", required=False)
_CURRENCY = Column("currency", "currency", "three-letter code (blank: the dataset's currency)", example="USD")

_ALL = (
    Table(
        "regions",
        "Places, each inside another: country, region, district, city.",
        ("region_id",),
        (
            Column("region_id", "id", "your own short code", required=True, example="pavlodar"),
            Column("name", "text", "name", required=True),
            _ref("parent_id", "regions", "the place around it", required=False),
            Column("level", "choice", "kind of place", choices=("country", "region", "district", "city")),
            _LATITUDE,
            _LONGITUDE,
            *_NAMES,
            _SOURCE,
        ),
    ),
    Table(
        "coverage",
        "Where the data claims to be complete. Only there does a missing row mean absence.",
        ("region_id", "what", "product_id", "source_id"),
        (
            _ref("region_id", "regions", "place"),
            Column(
                "what",
                "choice",
                "what is complete",
                required=True,
                choices=("enterprises", "production", "flows", "ownership"),
            ),
            _ref("product_id", "products", "product (blank: all)", required=False),
            Column("complete", "choice", "is it complete?", required=True, choices=("yes", "no")),
            *_FACT,
        ),
    ),
    Table(
        "indicators",
        "Figures that are no flow: shares of output, wear, tariffs.",
        ("subject_id", "metric", "year", "source_id"),
        (
            Column(
                "subject_id",
                "ref",
                "whom or what the figure is about",
                required=True,
                refers=("regions", "enterprises", "products", "clusters", "processes"),
            ),
            Column("metric", "text", "what is measured", required=True),
            _YEAR,
            Column("value", "number", "the figure (blank: stated in words only, see note)"),
            Column("unit", "text", "unit of the figure"),
            *_FACT,
        ),
    ),
    Table(
        "enterprises",
        "Plants, companies, holdings and service providers.",
        ("enterprise_id",),
        (
            Column("enterprise_id", "id", "your own short code", required=True, example="ksp-steel"),
            Column("name", "text", "name", required=True),
            Column(
                "kind",
                "choice",
                "what it is (blank: plant)",
                choices=("plant", "company", "holding", "service"),
            ),
            _ref("region_id", "regions", "where it stands", required=False),
            Column("management_level", "text", "level of management: national holding, region, ..."),
            Column("employees", "number", "people employed", low=0),
            _LATITUDE,
            _LONGITUDE,
            *_NAMES,
            *_FACT,
        ),
        needed=True,
    ),
    Table(
        "ownership",
        "Who owns whom.",
        ("owner_id", "owned_id", "source_id"),
        (
            _ref("owner_id", "enterprises", "owner"),
            _ref("owned_id", "enterprises", "what is owned"),
            Column(
                "share",
                "number",
                "part owned, 0 to 1 (blank: control is stated, the share is not)",
                low=0,
                low_open=True,
                high=1,
            ),
            *_FACT,
        ),
    ),
    Table(
        "products",
        "Raw materials, intermediate products, final products, services and by-products.",
        ("product_id",),
        (
            Column("product_id", "id", "your own short code", required=True, example="alumina"),
            Column("name", "text", "name", required=True),
            Column(
                "stage",
                "number",
                "0 raw, 1 primary, 2 semi-finished, 3 component, 4 final",
                low=0,
                high=4,
            ),
            Column(
                "kind",
                "choice",
                "kind (blank: good); in-plant: never traded, so whoever needs it makes it, as liquid steel",
                choices=("good", "service", "by-product", "in-plant"),
            ),
            Column("unit", "unit", "unit in which the product is counted (blank: t)", example="t"),
            Column("hs_code", "text", "HS 2022 code or codes"),
            *_NAMES,
            *_FACT,
        ),
        needed=True,
    ),
    Table(
        "processes",
        "Ways to make a product.",
        ("process_id",),
        (
            Column("process_id", "id", "your own short code", required=True, example="AL08"),
            Column("name", "text", "name", required=True),
            Column("sector", "text", "sector"),
            _ref("main_product_id", "products", "the product that measures its activity"),
            *_NAMES,
            *_FACT,
        ),
    ),
    Table(
        "process_flows",
        "Recipes: what goes in and out per unit of the process's main product. Only `feedstock` makes "
        "a vertical step; energy, reagents and services do not.",
        ("process_id", "product_id", "role", "source_id"),
        (
            _ref("process_id", "processes", "process"),
            _PRODUCT,
            Column(
                "role",
                "choice",
                "part that the product plays",
                required=True,
                choices=("feedstock", "input", "output", "by_product", "enabler"),
            ),
            _amount("quantity", "amount per unit of main output"),
            _UNIT,
            *_FACT,
        ),
        amounts={"quantity": "coefficient"},
    ),
    Table(
        "production",
        "What each enterprise makes in a year, and what it could make.",
        ("enterprise_id", "product_id", "process_id", "year", "source_id"),
        (
            _ref("enterprise_id", "enterprises", "maker"),
            _PRODUCT,
            _PROCESS,
            _YEAR,
            _amount("output", "amount made (blank: unknown)"),
            _amount("capacity", "amount that could be made (blank: unknown)"),
            _UNIT,
            *_FACT,
        ),
        needed=True,
        amounts={"output": "amount", "capacity": "amount"},
    ),
    Table(
        "flows",
        "Who delivers what to whom. Each end is an enterprise or a market, so local supply, export and "
        "import are one table.",
        ("from_id", "to_id", "product_id", "process_id", "year", "flow_id", "source_id"),
        (
            Column("from_id", "ref", "seller", required=True, refers=("enterprises", "markets")),
            Column("to_id", "ref", "buyer", required=True, refers=("enterprises", "markets")),
            _PRODUCT,
            _ref("process_id", "processes", "what the buyer uses it for, where known", required=False),
            _YEAR,
            Column("flow_id", "text", "tells deliveries apart that agree in all else"),
            _amount("quantity", "amount delivered (blank: unknown, or given by share)"),
            Column(
                "share",
                "number",
                "part of the seller's output, 0 to 1, where that is what is known; the amount is then "
                "derived as share x output",
                low=0,
                high=1,
            ),
            _UNIT,
            _amount("value", "money paid"),
            _CURRENCY,
            *_FACT,
        ),
        amounts={"quantity": "amount"},
    ),
    Table(
        "markets",
        "Buyers and sellers that are no enterprise of the data: a country abroad, the rest of the "
        "country, local households.",
        ("market_id",),
        (
            Column("market_id", "id", "your own short code", required=True, example="china"),
            Column("name", "text", "name", required=True),
            Column(
                "kind",
                "choice",
                "kind",
                required=True,
                choices=("abroad", "rest_of_country", "local_final"),
            ),
            Column("country_code", "text", "ISO 3166 code"),
            *_NAMES,
            _SOURCE,
        ),
    ),
    Table(
        "prices",
        "Prices of products on markets.",
        ("product_id", "market_id", "year", "basis_of_price", "source_id"),
        (
            _PRODUCT,
            _ref("market_id", "markets", "market"),
            _YEAR,
            Column("price", "number", "money per unit", required=True, low=0),
            _CURRENCY,
            Column("unit", "unit", "the price is per this unit (blank: the product's unit)"),
            Column("basis_of_price", "text", "delivery terms and form, for example FOB, annual average"),
            *_FACT,
        ),
        amounts={"price": "price"},
    ),
    Table(
        "exchange_rates",
        "Money of one currency and year in another. Money is converted by these rows only.",
        ("currency", "to_currency", "year", "source_id"),
        (
            Column("currency", "currency", "from", required=True),
            Column("to_currency", "currency", "to", required=True),
            _YEAR,
            Column("rate", "number", "units of `to_currency` per unit", required=True, low=0, low_open=True),
            *_FACT,
        ),
    ),
    Table(
        "clusters",
        "Clusters of a regional policy.",
        ("cluster_id",),
        (
            Column("cluster_id", "id", "your own short code", required=True),
            Column("name", "text", "name", required=True),
            Column("tier", "choice", "rank", choices=("priority", "adjacent", "potential")),
            Column("horizon", "text", "until when"),
            *_NAMES,
            *_FACT,
        ),
    ),
    Table(
        "cluster_members",
        "Which enterprises, products and other clusters belong to a cluster.",
        ("cluster_id", "member_id", "source_id"),
        (
            _ref("cluster_id", "clusters", "cluster"),
            Column(
                "member_id",
                "ref",
                "member",
                required=True,
                refers=("enterprises", "products", "processes", "clusters"),
            ),
            *_FACT,
        ),
    ),
    Table(
        "assessments",
        "Statements of a SWOT analysis, each bound to a subject and, where possible, a metric.",
        ("assessment_id",),
        (
            Column("assessment_id", "id", "your own short code", required=True),
            Column(
                "subject_id",
                "ref",
                "about what",
                required=True,
                refers=("clusters", "enterprises", "regions", "products"),
            ),
            Column(
                "quadrant",
                "choice",
                "part of the SWOT table",
                required=True,
                choices=("strength", "weakness", "opportunity", "threat"),
            ),
            Column("statement", "text", "what is said", required=True),
            Column("metric", "text", "the indicator that would support or refute it"),
            Column("scope", "text", "to which part it applies"),
            Column("date", "date", "when it was said"),
            *_FACT,
        ),
    ),
    Table(
        "initiatives",
        "Strategic directions and projects.",
        ("initiative_id",),
        (
            Column("initiative_id", "id", "your own short code", required=True),
            _ref("cluster_id", "clusters", "cluster", required=False),
            Column("direction", "text", "strategic direction"),
            Column("name", "text", "name", required=True),
            Column("status", "text", "state of the project"),
            Column("start", "date", "first day"),
            Column("end", "date", "last day"),
            Column("target_links", "list", "links it wants to make, as product>product, separated by ;"),
            Column("targets", "text", "targets with figures"),
            *_FACT,
        ),
    ),
    Table(
        "sources",
        "Where rows come from.",
        ("source_id",),
        (
            Column("source_id", "id", "your own short code", required=True),
            Column("title", "text", "title, with page or row", required=True),
            Column("publisher", "text", "publisher"),
            Column("year", "year", "year of publication", low=1500, high=2200),
            Column("licence", "text", "licence"),
            Column("grade", "choice", "how good its figures are", choices=GRADES),
            Column("note", "text", "anything else"),
        ),
    ),
)

TABLES: dict[str, Table] = {table.name: table for table in _ALL}
"""Every table by name, in the order in which a reader meets them."""

FACTS = tuple(table.name for table in _ALL if "source_id" in table.key)
"""Tables in which two sources may state the same fact."""
