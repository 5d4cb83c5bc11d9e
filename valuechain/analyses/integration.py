"""Integration: who owns successive stages, what moves between them, and what is open to others.

Subjects are ultimate owners with several enterprises or several products, clusters with enterprises as
members (what a listed owner owns is not drawn in; members that are products or processes are left aside),
and regions. A link is one enterprise that feeds another, or itself, one step of a recipe up; it is inside
a subject when both ends belong to it, for an owner wherever they stand. Owning stages and supplying them
are measured apart: no flow is inferred from ownership. Tonnes are those of products counted by weight;
what is unknown is left out and counted. Transfers inside a plant are implied by its figures and count.

* steps owned: steps p -> q where the subject supplies p (made, sold or a by-product) and its maker of q
  certainly needs p. Steps that it needs only on some of its possible routes are counted apart.
* captive share CAP = tonnes between plants of one owner / tonnes of all local links of the subject. For an
  owner the others are its sales to, and purchases from, enterprises of other owners in the region asked for.
* chain realised: by count VLC = steps with a link inside / steps that some recipe takes from products of the
  subject; by tonnes = tonnes that go one step further inside, at most the output / output, over products
  that a recipe takes and that are not final, in-plant ones among them. Makers of unknown
  output, or with a link inside of unknown size,
  are left out of both sides and counted, product by product.
* arm's-length tonnes = what is sold to processors of other owners (inside; for an owner in the region asked for)
  of products that are not final: for a region the same as the open sales of `linkage`. Arm's-length share = the
  part of it by makers of known output / output of these makers, whether a recipe takes the product or not, but not
  of products that are never traded (of kind in-plant); an
  output of which no sale is on record counts here, where `linkage` sets it aside.
* recipe index VI = 1/N x sum over i and j of a_ji, over the N products made, where a_ji is the share of j in
  the feedstock of i, by weight where all of it is weighed: physical coefficients of different units cannot be
  added. Source: Alfaro, Conconi, Fadinger and Newman (2016), Review of Economic Studies 83(3). It needs no
  flows. Its flow twin = deliveries inside / feedstock that downstream stages inside need, in tonnes.
* stage concentration: Herfindahl index of the makers of one product inside the subject by output, averaged
  over the products of a stage by tonnes, by owner and by plant; the difference is hidden concentration.
* horizontal share HS = H / (H + V): H pairs of enterprises of one ultimate owner with a stage in common, V
  pairs of seller and buyer with a link inside, a plant with itself among them. These count pairs of plants,
  the captive share counts links: seller, buyer and product moved.

An enterprise that no row of ownership names counts as an owner of its own; what rests on such a seller or
buyer is told.

Two verdicts on "develops only horizontally". Textbook: the chain realises less than min_vertical of its
tonnes (of its steps, where no tonnes are known) and HS is above min_horizontal. The paper's: CAP is above
min_captive and the arm's-length share is below min_vertical: owned stages, no open chain. Links of unknown
size leave a verdict open unless it holds whatever their size; so does a subject of which no sale and no
purchase is recorded, where the paper's verdict is meant. A verdict rests on what is on record, unless
the coverage table declares the flows of all products of the subject complete. Source of the verdicts: own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from graph_schema import Key, ParameterError, Quantity, Text
from valuechain.evidence import Evidence
from valuechain.integration.cohesion import Cohesion, Concentration, Sets
from valuechain.integration.subjects import (
    Subjects,
    by_cluster,
    by_owner,
    by_region,
    cited,
    flows_complete,
    owner_caveat,
)
from valuechain.integration.verdicts import Verdicts, verdicts
from valuechain.model import Codes, ValueChain
from valuechain.parameters import Year
from valuechain.places import LEVELS, region_codes
from valuechain.registry import analysis
from valuechain.scope import stages
from valuechain.zones import WHOLE

STAGES = ("raw", "primary", "semi-finished", "component", "final")
_VERDICT = ("yes", "no", "unknown")
_MOST_EVIDENCE = 10


@dataclass(frozen=True, slots=True)
class StageConcentration:
    """How concentrated the making of one stage's products is inside a subject."""

    stage: Annotated[str, Text("stage", STAGES)]
    products: Annotated[int, Quantity("products", "products of this stage made in the subject")]
    hhi_owners: Annotated[float | None, Quantity("index", "Herfindahl index by ultimate owner")]
    hhi_plants: Annotated[float | None, Quantity("index", "Herfindahl index by enterprise")]
    hidden: Annotated[float | None, Quantity("index", "by owner less by enterprise")]
    makers: Annotated[int, Quantity("makers", "makers, counted once for each product")]
    unknown: Annotated[int, Quantity("products", "products left out: an output is unknown or not by weight")]

    def __str__(self) -> str:
        index = "unknown" if self.hhi_owners is None else f"{self.hhi_owners:.3g}"
        plants = "unknown" if self.hhi_plants is None else f"{self.hhi_plants:.3g}"
        products = "1 product" if self.products == 1 else f"{self.products} products"
        return f"{self.stage}: {index} by owner, {plants} by plant ({products})"


@dataclass(frozen=True, slots=True)
class Integration:
    """How one owner, cluster or region is integrated, by ownership and by flows."""

    subject: Annotated[str, Text("what the row is about", ("owner", "cluster", "region"))]
    owner_id: Annotated[str | None, Key("enterprises", "the ultimate owner")]
    cluster_id: Annotated[str | None, Key("clusters", "the cluster")]
    region_id: Annotated[str | None, Key("regions", "the region")]
    name: Annotated[str, Text("its name")]
    papers: Annotated[str, Text("horizontal in the paper's sense: owned stages, no open chain", _VERDICT)]
    textbook: Annotated[str, Text("horizontal-only in the textbook's sense", _VERDICT)]
    reason: Annotated[str, Text("both verdicts, then the numbers of each")]
    papers_reason: Annotated[str, Text("the paper's verdict with numbers and thresholds")]
    textbook_reason: Annotated[str, Text("the textbook verdict with numbers and thresholds")]
    recorded_only: Annotated[bool, Text("the verdicts rest on what is on record; more may flow")]
    captive_share: Annotated[float | None, Quantity("share", "tonnes within one owner / all local links")]
    captive_links: Annotated[int, Quantity("links", "links within one owner: local, an owner's own wherever")]
    local_links: Annotated[int, Quantity("links", "all local links")]
    links_unknown: Annotated[int, Quantity("links", "local links of which some tonnes are unknown")]
    arms_length_share: Annotated[float | None, Quantity("share", "sold to other owners' processors / output")]
    arms_length_tonnes: Annotated[float | None, Quantity("t", "sold to processors of other owners")]
    arms_length_measured: Annotated[float | None, Quantity("t", "of these by makers of known output")]
    arms_length_guessed: Annotated[
        float | None,
        Quantity("t", "links with other owners that rest on an enterprise without an owner on record"),
    ]
    output_left_out: Annotated[int, Quantity("outputs", "outputs left out of output: unknown or not weighed")]
    output_tonnes: Annotated[
        float | None, Quantity("t", "known output of products that are neither final nor in-plant")
    ]
    vlc_tonnes: Annotated[float | None, Quantity("share", "tonnes realised / potential")]
    realised_tonnes: Annotated[float | None, Quantity("t", "tonnes that go one step further inside")]
    potential_tonnes: Annotated[float | None, Quantity("t", "tonnes that could")]
    left_out: Annotated[
        int, Quantity("outputs", "outputs left out of these tonnes: it or a link unknown, or not weighed")
    ]
    horizontal_share: Annotated[float | None, Quantity("share", "horizontal / all pairs")]
    horizontal_links: Annotated[int, Quantity("pairs", "pairs of one owner's plants at the same stage")]
    vertical_links: Annotated[int, Quantity("pairs", "pairs of seller and buyer, one step of a recipe up")]
    vlc_count: Annotated[float | None, Quantity("share", "steps realised / feasible")]
    steps_realised: Annotated[int, Quantity("steps", "feasible steps with a link inside")]
    steps_feasible: Annotated[int, Quantity("steps", "steps that recipes take from its products")]
    steps_owned: Annotated[int, Quantity("steps", "steps of which it supplies the feedstock and needs it")]
    steps_possible: Annotated[int, Quantity("steps", "further ones, if a plant runs one of several routes")]
    steps_with_flow: Annotated[int, Quantity("steps", "owned steps with a link inside")]
    vi_recipe: Annotated[float | None, Quantity("index", "vertical integration by recipes, needs no flows")]
    vi_flow: Annotated[float | None, Quantity("share", "delivered inside / needed downstream, known part")]
    stages_owned: Annotated[tuple[str, ...], Text("stages of these products", STAGES)]
    hhi_owner_max: Annotated[float | None, Quantity("index", "highest stage concentration by owner")]
    concentration: Annotated[tuple[StageConcentration, ...], Text("concentration stage by stage")]
    enterprises: Annotated[int, Quantity("enterprises", "enterprises that belong to it")]
    products: Annotated[int, Quantity("products", "products that they make")]
    flows_recorded: Annotated[
        int, Quantity("relations", "recorded sales and purchases: seller, buyer or kind of market, product")
    ]
    evidence: Annotated[tuple[Evidence, ...], Text("some of the figures it rests on")]


def _caveats(chain: ValueChain, rows: tuple[Integration, ...], **asked: Any) -> Iterator[str]:
    if not rows:
        yield f"No owner, cluster or region asked for has enterprises that make or trade anything in {asked['year']}."
        return
    if not any(r.products for r in rows):
        yield f"Nothing is recorded as made in {asked['year']}."
    if any(r.recorded_only for r in rows):
        yield (
            "Verdicts rest on recorded flows, which are not declared complete: a link that nobody recorded is "
            "not seen, so a chain may be more open than it looks."
        )
    if any(r.subject == "cluster" for r in rows):
        yield "A cluster counts the enterprises listed as its members, not its products and not what they own."
    yield from owner_caveat(chain)
    unknown = sum("unknown" in (r.papers, r.textbook) for r in rows)
    if unknown:
        yield f"{unknown} of {len(rows)} rows have a verdict that the figures leave open; each says why."


@analysis(
    title="Integration and horizontal development",
    reads=("production", "flows", "process_flows"),
    key=("subject", "owner_id", "cluster_id", "region_id"),
    place=4,
    table=(
        "name",
        "subject",
        "papers",
        "textbook",
        "captive_share",
        "vlc_tonnes",
        "horizontal_share",
        "arms_length_share",
        "stages_owned",
    ),
    caveats=_caveats,
)
def integration(
    chain: ValueChain,
    *,
    region: Annotated[
        str | None, Key("regions", "this region, and what local means (default: the home region)")
    ] = None,
    level: Annotated[str | None, Text("every region of this level instead", LEVELS)] = None,
    owner: Annotated[str | None, Key("enterprises", "this ultimate owner")] = None,
    cluster: Annotated[str | None, Key("clusters", "this cluster")] = None,
    min_vertical: Annotated[
        float, Quantity("share", "an open or realised chain begins here: for both verdicts")
    ] = 0.2,
    min_horizontal: Annotated[
        float, Quantity("share", "textbook: horizontal above this share of links")
    ] = 0.5,
    min_captive: Annotated[float, Quantity("share", "paper: captive above this share of tonnes")] = 0.5,
    year: Year = None,
) -> Iterator[Integration]:
    """Does an owner, cluster or region develop only horizontally, and in whose sense of the word?

    Without a subject named, every owner of several enterprises or products, every cluster and the home region
    are told; naming an owner, a cluster, a region or a level tells these only. Holdings come first.

    The paper on Pavlodar calls horizontal that the base enterprise owns successive stages and nothing is open
    to the region; by the textbook that is vertical:

    >>> from loaders import load
    >>> from valuechain import questions
    >>> (erg,) = questions()["integration"](load("pavlodar"), owner="erg")
    >>> erg.papers, erg.textbook, erg.captive_share, erg.horizontal_share
    ('yes', 'no', 1.0, 0.25)
    >>> erg.realised_tonnes, erg.potential_tonnes, round(erg.vlc_tonnes, 4)
    (482500.0, 1750000.0, 0.2757)
    """
    assert year is not None  # noqa: S101 - the registry resolves it
    thresholds = {"min_vertical": min_vertical, "min_horizontal": min_horizontal, "min_captive": min_captive}
    for name, value in thresholds.items():
        if not 0 <= value <= 1:
            raise ParameterError(name, f"{value:g} is no share: it must lie between 0 and 1")
    everything = not (owner or cluster or region or level)
    zone = by_region(chain, region, level)
    found = [by_owner(chain, owner)] if everything or owner else []
    found += by_cluster(chain, cluster) if everything or cluster else []
    found += [zone] if everything or region or level else []
    limits = (min_vertical, min_horizontal, min_captive)
    for subjects in found:
        sets = Sets(chain, year, subjects, zone.of)
        yield from _rows(chain, year, sets, limits, several=owner is None)


def _rows(
    chain: ValueChain, year: int, sets: Sets, limits: tuple[float, float, float], several: bool
) -> Iterator[Integration]:
    figures, subjects = sets.figures(), sets.subjects
    many = figures.enterprises > 1
    keep = figures.enterprises > 0
    if subjects.kind == "owner":
        keep &= many | (figures.products > 1) | (not several)
    order = np.lexsort((np.arange(len(keep)), -figures.products, -figures.enterprises))
    members = np.argsort(subjects.of, kind="stable")
    start = np.searchsorted(subjects.of[members], np.arange(len(keep) + 1))
    for i in order[keep[order]]:
        yield _row(chain, year, sets, figures, int(i), members[start[i] : start[i + 1]], limits)


def _row(
    chain: ValueChain,
    year: int,
    sets: Sets,
    f: Cohesion,
    i: int,
    members: Codes,
    limits: tuple[float, float, float],
) -> Integration:
    subjects, products = sets.subjects, sets.products_of(i)
    concentration = _concentration(chain, sets.concentrations(i))
    said = verdicts(
        f, i, subjects.kind, subjects.name(chain, i), limits, not _complete(chain, members, products)
    )
    return Integration(
        subject=subjects.kind,
        owner_id=_id(subjects, i, "owner"),
        cluster_id=_id(subjects, i, "cluster"),
        region_id=_id(subjects, i, "region"),
        name=subjects.name(chain, i),
        **_told(said),
        flows_recorded=int(f.recorded[i]),
        enterprises=int(f.enterprises[i]),
        products=int(f.products[i]),
        stages_owned=_stages(chain, products),
        steps_owned=int(f.steps_owned[i]),
        steps_possible=int(f.steps_possible[i]),
        steps_with_flow=int(f.steps_with_flow[i]),
        captive_links=int(f.captive_links[i]),
        local_links=int(f.captive_links[i] + f.arms_links[i]),
        links_unknown=int(f.captive_open[i] + f.arms_open[i]),
        vlc_count=_ratio(f.steps_realised[i], f.steps_feasible[i]),
        steps_realised=int(f.steps_realised[i]),
        steps_feasible=int(f.steps_feasible[i]),
        vlc_tonnes=_ratio(f.realised[i], f.potential[i]),
        realised_tonnes=float(f.realised[i]) if f.potential[i] else None,
        potential_tonnes=float(f.potential[i]) or None,
        left_out=int(f.left_out[i]),
        vi_recipe=_known(sets.integration_index(i)),
        vi_flow=_ratio(f.delivered[i], f.required[i]),
        hhi_owner_max=max((c.hhi_owners for c in concentration if c.hhi_owners is not None), default=None),
        concentration=concentration,
        horizontal_links=int(f.horizontal[i]),
        vertical_links=int(f.vertical[i]),
        horizontal_share=_ratio(f.horizontal[i], f.horizontal[i] + f.vertical[i]),
        arms_length_tonnes=float(f.sold_all[i])
        if f.sold_all[i] or said.arms_length_share is not None
        else None,
        arms_length_measured=None if said.arms_length_share is None or not f.output[i] else float(f.sold[i]),
        arms_length_guessed=float(f.arms_guess[i]) if f.arms[i] else None,
        output_left_out=int(f.output_open[i]),
        output_tonnes=float(f.output[i]) or None,
        evidence=(
            *cited(chain, year, members, products, "flows", _MOST_EVIDENCE),
            *cited(chain, year, members, products, "production", _MOST_EVIDENCE),
        ),
    )


def _told(said: Verdicts) -> dict[str, Any]:
    return {name: getattr(said, name) for name in said.__slots__}


def _id(subjects: Subjects, i: int, kind: str) -> str | None:
    whole = subjects.kind == "region" and subjects.ids[i] == WHOLE
    return str(subjects.ids[i]) if subjects.kind == kind and not whole else None


def _complete(chain: ValueChain, members: Codes, products: Codes) -> bool:
    """Return whether the data claims all flows of these products where these enterprises stand."""
    places = np.unique(region_codes(chain)[members])
    regions = tuple(str(chain.ids("regions")[p]) if p >= 0 else None for p in places)
    return flows_complete(chain, regions, products)


def _stages(chain: ValueChain, products: Codes) -> tuple[str, ...]:
    found = stages(chain)[products]
    return tuple(STAGES[int(s)] for s in np.unique(np.floor(found[~np.isnan(found)])))


def _concentration(chain: ValueChain, found: list[Concentration]) -> tuple[StageConcentration, ...]:
    """Return the mean of the products of each stage; products of unknown stage are left out."""
    by_stage: dict[int, list[Concentration]] = {}
    for one in found:
        stage = stages(chain)[one.product]
        if not np.isnan(stage):
            by_stage.setdefault(int(stage), []).append(one)
    return tuple(_stage(STAGES[stage], by_stage[stage]) for stage in sorted(by_stage))


def _stage(name: str, found: list[Concentration]) -> StageConcentration:
    owners, plants = _mean(found, "owners"), _mean(found, "plants")
    unknown = sum(np.isnan(c.weight) or np.isnan(c.owners) for c in found)
    return StageConcentration(
        stage=name,
        products=len(found),
        hhi_owners=owners,
        hhi_plants=plants,
        hidden=owners - plants if owners is not None and plants is not None else None,
        makers=sum(c.makers for c in found),
        unknown=int(unknown),
    )


def _mean(found: list[Concentration], name: str) -> float | None:
    """Return the mean by output; 1 where each product has one maker, whatever its output."""
    index = np.array([getattr(c, name) for c in found])
    weight = np.array([c.weight for c in found])
    if (index == 1.0).all():
        return 1.0
    known = ~np.isnan(index) & ~np.isnan(weight)
    total = weight[known].sum()
    return float((index[known] * weight[known]).sum() / total) if total > 0 else None


def _ratio(part: Any, whole: Any) -> float | None:
    return float(part) / float(whole) if whole else None


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
