"""The words of the domain: tables, columns, keys, units and problems. Imports nothing of ours."""

from graph_schema.columns import Column as Column
from graph_schema.columns import Table as Table
from graph_schema.dataset import Dataset as Dataset
from graph_schema.fields import Key as Key
from graph_schema.fields import Quantity as Quantity
from graph_schema.fields import Text as Text
from graph_schema.problems import DatasetError as DatasetError
from graph_schema.problems import NotFoundError as NotFoundError
from graph_schema.problems import ParameterError as ParameterError
from graph_schema.problems import Problem as Problem
from graph_schema.problems import RowCount as RowCount
from graph_schema.problems import StoreError as StoreError
from graph_schema.problems import ValueChainError as ValueChainError
from graph_schema.tables import TABLES as TABLES
