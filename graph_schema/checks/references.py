"""References: every id that a row names must be a row of the right table.

A reference may point to a row of the dataset or of the reference tables. A row that failed its own checks
still counts as present, so that one mistake is reported once; in lenient mode the rows that refer to a
row set aside are then set aside too, and so on until nothing changes. References into a table that could
not be read are not judged.
"""

from collections.abc import Container, Mapping
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graph_schema.cells.text import Names, did_you_mean
from graph_schema.checks.findings import Findings
from graph_schema.checks.hints import Elsewhere, Hints
from graph_schema.checks.links import COLUMN, TABLE, check_links, products_of
from graph_schema.checks.sheet import Sheet, bad_rows, same
from graph_schema.columns import Column
from graph_schema.dataset import Dataset
from graph_schema.tables import TABLES

_ID_TABLES = tuple(name for name, table in TABLES.items() if table.columns[0].kind == "id")
_NONE = pa.nulls(0, pa.string())


class References:
    """The ids of all tables, and the checks that need them."""

    def __init__(
        self,
        sheets: Mapping[str, Sheet],
        reference: Mapping[str, pa.Table],
        elsewhere: Elsewhere | None = None,
    ) -> None:
        self._sheets = sheets
        self._outside = {name: self._ids(name, reference.get(name)) for name in _ID_TABLES}
        self._hints = Hints(sheets, reference, self.present, elsewhere)

    @staticmethod
    def _ids(name: str, table: pa.Table | None) -> pa.Array:
        if table is None:
            return _NONE
        return pa.concat_arrays([_NONE, *table[TABLES[name].key[0]].cast(pa.string()).chunks])

    def present(self, name: str, *, good: bool = False) -> pa.Array:
        """Return the ids of table `name`; only those of good rows if asked."""
        sheet = self._sheets[name]
        own = sheet.columns[sheet.table.key[0]]
        if good and sheet.bad.any():
            own = own.filter(pa.array(~sheet.bad))
        return pa.concat_arrays([own.drop_null(), self._outside[name]])

    def check(self) -> None:
        """Check the references of every table."""
        for sheet in self._sheets.values():
            for column in sheet.table:
                if column.kind == "ref" and sheet.size:
                    self._column(sheet, column)
        self._links()
        self._shared_ids()

    def _links(self) -> None:
        known = None if self._sheets["products"].partial else set(self.present("products").to_pylist())
        products = Column(COLUMN, "ref", "", refers=("products",))
        check_links(self._sheets[TABLE], known, lambda value: self._hints.of(value, products))

    def _column(self, sheet: Sheet, column: Column) -> None:
        values = sheet.columns[column.name]
        if values.null_count == len(values):
            return
        inside = [pc.is_in(values, value_set=self.present(name)) for name in column.refers]
        known = inside[0]
        for more in inside[1:]:
            known = pc.or_(known, more)
        rows = bad_rows(pc.and_(pc.invert(known), values.is_valid()))
        rows = rows[~sheet.faulted(column.name)[rows]]
        if len(inside) > 1:
            self._two_tables(sheet, column, inside)
        if len(rows) and not any(self._sheets[name].partial for name in column.refers):
            self._missing(sheet, column, rows)

    def _missing(self, sheet: Sheet, column: Column, rows: npt.NDArray[np.int64]) -> None:
        values = sheet.columns[column.name]
        others = [name for name in _ID_TABLES if name not in column.refers]
        elsewhere = pc.is_in(values, value_set=pa.concat_arrays([self.present(name) for name in others]))
        wrong = elsewhere.to_numpy(zero_copy_only=False)[rows]
        tables = " or ".join(column.refers)

        @cache
        def not_found(value: str) -> dict[str, object]:
            return {"tables": tables, "nearest": self._hints.of(value, column)}

        def wrong_table(row: int) -> dict[str, object]:
            value = values[row].as_py()
            found = [name for name in others if value in self.present(name).to_pylist()]
            return {"found": " and ".join(found), "tables": tables}

        sheet.fault("ref.not_found", rows[~wrong], column.name, lambda row: not_found(values[row].as_py()))
        sheet.fault("ref.wrong_table", rows[wrong], column.name, wrong_table)

    def _two_tables(self, sheet: Sheet, column: Column, inside: list[pa.Array]) -> None:
        if column.refers == ("enterprises", "markets"):
            return  # `_shared_ids` reports these where the id is defined
        count = np.sum([mask.to_numpy(zero_copy_only=False) for mask in inside], axis=0)
        rows = np.flatnonzero(count > 1)
        if len(rows):
            sheet.fault("ref.two_tables", rows, column.name, same(tables=" and ".join(column.refers)))

    def _shared_ids(self) -> None:
        markets, enterprises = self._sheets["markets"], self._sheets["enterprises"]
        both = pc.is_in(markets.columns["market_id"], value_set=self.present("enterprises"))
        markets.fault("id.two_tables", bad_rows(both), "market_id", same(other="enterprises"))
        both = pc.is_in(enterprises.columns["enterprise_id"], value_set=self._outside["markets"])
        enterprises.fault("id.two_tables", bad_rows(both), "enterprise_id", same(other="markets"))

    def home(self, dataset: Dataset, findings: Findings) -> None:
        """Check that the home region exists."""
        regions = self.present("regions").to_pylist()
        home = dataset.home_region
        if home and home not in regions and not self._sheets["regions"].partial:
            near = did_you_mean(Names(regions).nearest(home))
            findings.add("dataset.home_region", "dataset.toml", None, "home_region", home, nearest=near)

    def set_aside(self) -> None:
        """Set rows aside that refer to rows set aside, until nothing changes."""
        changed = True
        while changed:
            changed = False
            good = {name: self.present(name, good=True) for name in _ID_TABLES}
            for sheet in self._sheets.values():
                before = int(sheet.bad.sum())
                for column in sheet.table:
                    if column.kind == "ref" and sheet.size:
                        self._follow(sheet, column, good)
                if sheet.table.name == TABLE:
                    self._follow_links(sheet, set(good["products"].to_pylist()))
                changed |= int(sheet.bad.sum()) > before

    @staticmethod
    def _follow_links(sheet: Sheet, good: Container[str]) -> None:
        for row in np.flatnonzero(~sheet.bad):
            products, _ = products_of(sheet.columns[COLUMN][int(row)].as_py())
            lost = [product for product in products if product not in good]
            if lost:
                sheet.fault("ref.set_aside", np.array([row]), COLUMN, same(value=lost[0]))

    @staticmethod
    def _follow(sheet: Sheet, column: Column, good: Mapping[str, pa.Array]) -> None:
        values = sheet.columns[column.name]
        known = pc.is_in(values, value_set=pa.concat_arrays([good[name] for name in column.refers]))
        rows = bad_rows(pc.and_(pc.invert(known), values.is_valid()))
        sheet.fault("ref.set_aside", rows[~sheet.bad[rows]], column.name)
