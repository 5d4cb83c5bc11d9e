"""What a field of an answer means: a quantity with its unit, or a key that names a row somewhere.

Row classes and parameters of analyses carry these as `typing.Annotated`; the command line, the JSON,
the pages and the documentation are read off them.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure: its unit (or the name of the column that holds it) and what it says."""

    unit: str
    description: str

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> dict[str, Any]:
        return {**handler(core), "description": self.description, "x-unit": self.unit}


@dataclass(frozen=True, slots=True)
class Key:
    """A field that names a row of `table`."""

    table: str
    description: str

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> dict[str, Any]:
        return {**handler(core), "description": self.description, "x-key": self.table}


@dataclass(frozen=True, slots=True)
class Text:
    """A field of words. `choices` lists the words that may stand there, if they are few."""

    description: str
    choices: tuple[str, ...] = ()

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> dict[str, Any]:
        schema = {**handler(core), "description": self.description}
        if not self.choices:
            return schema
        words = {"enum": list(self.choices)}
        return {**schema, "items": {**schema["items"], **words}} if "items" in schema else {**schema, **words}
