"""The two verdicts on horizontal development: both in plain words first, then the numbers and thresholds of each."""

from dataclasses import dataclass

from valuechain.answer import figure
from valuechain.integration.cohesion import Cohesion


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What is told of one subject; fields as in `Integration`."""

    papers: str
    textbook: str
    reason: str
    papers_reason: str
    textbook_reason: str
    captive_share: float | None
    arms_length_share: float | None
    recorded_only: bool


@dataclass(frozen=True, slots=True)
class _Shares:
    """Shares of one subject with the range that links of unknown size leave: None where undefined."""

    captive: float | None
    captive_low: float
    captive_high: float
    open_share: float | None
    open_certain: bool


def verdicts(
    f: Cohesion, i: int, kind: str, name: str, limits: tuple[float, float, float], recorded_only: bool
) -> Verdicts:
    """Return both verdicts on subject `i`."""
    vertical, horizontal, captive = limits
    shares = _shares(f, i, recorded_only)
    papers, papers_words = _papers(f, i, kind, shares, vertical, captive, recorded_only)
    textbook, textbook_words = _textbook(f, i, vertical, horizontal)
    numbers = f"Paper: {papers_words}. Textbook: {textbook_words}."
    record = ", on record" if recorded_only else ""
    return Verdicts(
        papers=papers,
        textbook=textbook,
        reason=f"{name}{record}: {_both(papers, textbook)}. {numbers}",
        papers_reason=f"{_PAPERS[papers]}{record}: {papers_words}.",
        textbook_reason=f"{_TEXTBOOK[textbook]}{record}: {textbook_words}.",
        captive_share=shares.captive,
        arms_length_share=shares.open_share,
        recorded_only=recorded_only,
    )


_PAPERS = {
    "yes": "Horizontal in the paper's sense (owned stages, no open chain)",
    "no": "Not horizontal in the paper's sense (owned stages, no open chain)",
    "unknown": "Whether it is horizontal in the paper's sense (owned stages, no open chain) is left open",
}
_TEXTBOOK = {
    "yes": "Horizontal-only in the textbook's sense",
    "no": "Not horizontal-only in the textbook's sense",
    "unknown": "Whether it is horizontal-only in the textbook's sense is left open",
}


def _both(papers: str, textbook: str) -> str:
    if (papers, textbook) == ("yes", "no"):
        return (
            "horizontal in the paper's sense, not horizontal in the textbook's, "
            "which calls this vertical integration by ownership"
        )
    if papers == textbook == "yes":
        return "horizontal in both senses, the paper's and the textbook's"
    if papers == textbook == "no":
        return "horizontal neither in the paper's sense nor in the textbook's"
    if papers == textbook:
        return "whether it is horizontal is left open, in the paper's sense and in the textbook's"
    word = {"yes": "horizontal", "no": "not horizontal", "unknown": "left open"}
    return f"{word[papers]} in the paper's sense, {word[textbook]} in the textbook's"


def _shares(f: Cohesion, i: int, recorded_only: bool) -> _Shares:
    captive, arms = float(f.captive[i]), float(f.arms[i])
    share = captive / (captive + arms) if captive + arms else None
    low = 0.0 if f.arms_open[i] else share or 0.0
    high = 1.0 if f.captive_open[i] or share is None else share
    if f.captive_links[i] and not f.arms_links[i]:
        share = low = high = 1.0
    if f.arms_links[i] and not f.captive_links[i]:
        share = low = high = 0.0
    opened = float(f.sold[i]) / float(f.output[i]) if f.output[i] else None
    if not f.sold_links[i]:
        opened = None if recorded_only and not f.recorded[i] else 0.0
    elif f.sold_open[i] == f.sold_links[i]:
        opened = None
    return _Shares(share, low, high, opened, not f.sold_open[i])


def _papers(
    f: Cohesion, i: int, kind: str, s: _Shares, vertical: float, captive: float, recorded_only: bool
) -> tuple[str, str]:
    count = int(f.captive_links[i] + f.arms_links[i])
    if not count:
        return "unknown", "no vertical link is recorded, so there is no captive share"
    if recorded_only and not f.recorded[i]:
        return "unknown", "no sale or purchase is recorded, only transfers inside plants are implied"
    closed = True if s.captive_low > captive else False if s.captive_high <= captive else None
    little = None if s.open_share is None else s.open_share < vertical
    if little and not s.open_certain:
        little = None
    words = f"{_captive_words(f, i, kind, count, s, captive)}, and {_open_words(f, i, kind, s, vertical)}"
    return _verdict(closed, little), f"{words}{_guess_words(f, i)}"


def _captive_words(f: Cohesion, i: int, kind: str, count: int, s: _Shares, limit: float) -> str:
    noun = {"region": "local vertical link{}", "cluster": "vertical link{} inside it"}.get(
        kind, "vertical link{}"
    )
    inside = (
        "within one owner" if kind != "owner" else "inside the group" if f.enterprises[i] > 1 else "its own"
    )
    links = noun.format("s")
    every = {1: f"the only {noun.format('')} is", 2: f"both {links} are"}
    if s.captive == s.captive_low == s.captive_high == 1.0:
        return f"{every.get(count, f'all {count} {links} are')} {inside} ({_against(1.0, limit)})"
    if s.captive == s.captive_low == s.captive_high == 0.0 and not f.captive_links[i]:
        return f"none of {count} {noun.format('s' * (count > 1))} is {inside} ({_against(0.0, limit)})"
    if s.captive is None:
        return f"{int(f.captive_links[i])} of {count} {links} are {inside}, all of unknown size"
    known, unknown = float(f.captive[i] + f.arms[i]), int(f.captive_open[i] + f.arms_open[i])
    start = f"{figure(float(f.captive[i]))} of {figure(known)} t of {links} are {inside}"
    rest = f", {unknown} of {count} links of unknown size aside" if unknown else ""
    return f"{start} ({_against(s.captive, limit)}){rest}"


def _open_words(f: Cohesion, i: int, kind: str, s: _Shares, limit: float) -> str:
    whom = (
        "other owners' processors in the region" if kind == "owner" else "another owner's processors inside"
    )
    of = (
        f"of {figure(float(f.output[i]))} t of output (final and in-plant products aside) "
        if f.output[i]
        else ""
    )
    if s.open_share is None:
        return f"what goes to {whom} is of unknown size"
    if not f.sold_links[i]:
        start = f"0 {of}go to {whom}" if of else f"no sale to {whom} is recorded"
    else:
        start = f"{figure(float(f.sold[i]))} {of}go to {whom}"
    aside = [_outputs_aside(int(f.output_open[i]))] if of and f.output_open[i] else []
    sales, more = int(f.sold_open[i]), float(f.sold_all[i] - f.sold[i])
    if sales:
        size = f" ({figure(more)} t)" if more > 0 else ""
        aside.append(f"{sales} {'sale' if sales == 1 else 'sales'} of unknown share{size}")
    rest = f", {' and '.join(aside)} aside" if aside else ""
    return f"{start} ({_against(s.open_share, limit)}){rest}"


def _outputs_aside(count: int) -> str:
    return "1 output of unknown size" if count == 1 else f"{count} outputs of unknown size"


def _guess_words(f: Cohesion, i: int) -> str:
    """Return what of the links with other owners rests on an end without an owner on record."""
    count, every = int(f.arms_guess_links[i]), int(f.arms_links[i])
    if not count:
        return ""
    size = f" ({figure(float(f.arms_guess[i]))} t)" if f.arms_guess[i] else ""
    which = "the link" if every == 1 else f"{count} of the {every} links"
    rests = "rests" if count == 1 else "rest"
    return f"; {which} between owners{size} {rests} on an enterprise that has no owner on record"


def _textbook(f: Cohesion, i: int, vertical: float, horizontal: float) -> tuple[str, str]:
    links = int(f.horizontal[i] + f.vertical[i])
    share = int(f.horizontal[i]) / links if links else None
    realised, words = _realised(f, i, vertical)
    low = None if realised is None else realised < vertical
    high = None if share is None else share > horizontal
    return _verdict(low, high), f"{words}; {_side_words(f, i, links, share, horizontal)}"


def _side_words(f: Cohesion, i: int, links: int, share: float | None, limit: float) -> str:
    if share is None:
        return "no two plants of one owner share a stage and no vertical link is recorded"
    side, own = int(f.horizontal[i]), int(f.selves[i])
    itself = f", {own} of them a plant with itself" if own else ""
    if own == links:
        itself = ", each a plant with itself" if links > 1 else ", a plant with itself"
    pairs = "the only pair" if links == 1 else f"the {links} pairs"
    be = "is" if side == 1 else "are"
    found = f"of {pairs} of plants linked at all{itself}, {side} {be} horizontal"
    return f"{found} (same owner, same stage; {_against(share, limit)})"


def _realised(f: Cohesion, i: int, limit: float) -> tuple[float | None, str]:
    """Return the realised share of the chain by tonnes, else by count, and its words."""
    if f.potential[i]:
        share = float(f.realised[i] / f.potential[i])
        sizes = f"{figure(float(f.realised[i]))} of {figure(float(f.potential[i]))} t that a recipe takes"
        left = int(f.left_out[i])
        rest = f", {_outputs_aside(left)} aside" if left else ""
        return share, f"{sizes} go one step further inside ({_against(share, limit)}){rest}"
    if f.steps_feasible[i]:
        share = float(f.steps_realised[i] / f.steps_feasible[i])
        steps = f"{int(f.steps_realised[i])} of {int(f.steps_feasible[i])} feasible steps have a link inside"
        return share, f"counted in steps, for no tonnes are known, {steps} ({_against(share, limit)})"
    return None, "no recipe takes what it makes"


def _against(share: float, limit: float) -> str:
    """Return a share beside its threshold.

    >>> _against(0.25, 0.5)
    '25 %, below 50 %'
    """
    side = "above" if share > limit else "below" if share < limit else "at"
    return f"{100 * share:.3g} %, {side} {100 * limit:.3g} %"


def _verdict(*conditions: bool | None) -> str:
    if False in conditions:
        return "no"
    return "unknown" if None in conditions else "yes"
