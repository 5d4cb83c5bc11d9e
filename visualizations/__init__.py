"""Pictures of a chain: as data, as SVG, PDF and PNG, as a page to walk through, as graph files.

A `Diagram` is boxes and arrows; `chain_diagram` makes one from a `ValueChain` and an answer. `svg` draws it,
`pdf` and `png` print the drawing, `network_page` is one HTML file that needs no internet. All of them put
the same boxes in the same places. Importing this package is instant; pyvis, NetworkX and the renderers are
imported by the functions that need them.
"""

from visualizations.chain_picture import chain_diagram as chain_diagram
from visualizations.diagram import ON_A_PAGE as ON_A_PAGE
from visualizations.diagram import Arrow as Arrow
from visualizations.diagram import Box as Box
from visualizations.diagram import Diagram as Diagram
from visualizations.diagram import TooManyBoxesError as TooManyBoxesError
from visualizations.diagram import aggregated as aggregated
from visualizations.graph_files import gexf as gexf
from visualizations.graph_files import graphml as graphml
from visualizations.network import network_data as network_data
from visualizations.network import network_page as network_page
from visualizations.raster import MissingPackageError as MissingPackageError
from visualizations.raster import pdf as pdf
from visualizations.raster import png as png
from visualizations.svg_picture import svg as svg
