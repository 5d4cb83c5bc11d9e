"""One sentence on the local links of a region, an enterprise or a product, and the verdict on them."""

from valuechain.answer import figure
from valuechain.integration.local_shares import Shares

VERDICTS = ("practically no links", "linked", "unknown")


def told_of(
    subject: str, name: str, place: str, s: Shares, recorded: bool, min_link: float, inner: str
) -> tuple[str, str]:
    """Return the sentence and the verdict on one subject; `inner` names what moves inside its own works."""
    record, verdict = " on record" if recorded else "", _verdict(s, min_link)
    if subject != "enterprise":
        of = "" if subject == "region" else " of it"
        return f"{_flowing(name, place, s, record, of)}; {_needing(s, record, of)}.", verdict
    parts = [_selling(name, place, s, record), *_leaving(s), *_inside(s, inner), *_buying(s)]
    if not s.traded and recorded:
        parts.append("no sale or purchase is recorded, so its links are not known")
    beyond = " beyond its own owner" if s.links else ""
    end = f": practically no links with the region{beyond}" if verdict == VERDICTS[0] else ""
    return f"{'; '.join(parts)}{end}.", verdict


def _verdict(s: Shares, min_link: float) -> str:
    """Return the verdict on links with other owners' enterprises."""
    forward = s.open / s.supply if s.supply else 0.0
    back = s.bought_open / s.demand if s.demand else 0.0
    if s.open + s.bought_open > 0 and max(forward, back) >= min_link:
        return "linked"
    known = s.supply is not None and not s.blank
    return "practically no links" if known and max(forward, back) < min_link else "unknown"


def _selling(name: str, place: str, s: Shares, record: str) -> str:
    if s.supply is None:
        if s.supply_out:
            return f"{name}: how much it sells to other processors of {place} is not known"
        return f"{name}: it makes nothing{record} that could be processed further"
    some = f"{figure(s.sold - s.open)} {s.unit} of it" if s.open else "all of it"
    own = f", {some} to plants of its own owner" if s.sold > s.open else ""
    sells = f"sells {figure(s.sold)} of {figure(s.supply)} {s.unit} to other processors of {place}"
    return f"{name} {sells}{record}{own}"


def _leaving(s: Shares) -> list[str]:
    if s.left_blank:
        return [f"at least {figure(s.left)} {s.unit} leave" if s.left else "an unknown amount leaves"]
    return [f"{figure(s.left)} {s.unit} leave"] if s.left else []


def _inside(s: Shares, inner: str) -> list[str]:
    if not s.moved:
        return []
    start = "its only link is inside its own works" if s.traded and not s.links else "it also feeds itself"
    return [f"{start} ({figure(s.moved)} {s.unit} of {inner})"]


def _buying(s: Shares) -> list[str]:
    found = []
    if s.bought:
        own = "" if s.bought_open else ", all of it from plants of its own owner"
        of = f"of the {figure(s.demand)} {s.demand_unit} that it needs "
        found.append(f"it buys {figure(s.bought)} {of}from others here{own}")
    if s.blank:
        found.append("some of its links with other owners here are of unknown size")
    return found


def _flowing(name: str, place: str, s: Shares, record: str, of: str) -> str:
    inside = f"; {figure(s.moved)} {s.unit} move inside plants" if s.moved else ""
    if s.supply is None and s.supply_out:
        return f"{name}: how much{of} goes to other processors of {place} is not known{inside}"
    if s.supply is None:
        return f"{name}: no supply{of} in {place} is recorded"
    share = f" ({100 * s.sold / s.supply:.3g} %)" if s.supply else ""
    start = f"{name}: {figure(s.sold)} of {figure(s.supply)} {s.unit}{share} go to other processors"
    start += "" if name == place else f" of {place}"
    owners = f", {figure(s.open)} {s.unit} of it to another owner's" if s.sold else ""
    return "; ".join([f"{start}{record}{owners}{inside}", *_leaving(s)])


def _needing(s: Shares, record: str, of: str) -> str:
    if not s.demand:
        unclear = f"how much{of} processors here need is not known"
        return unclear if s.demand_out else f"no processor here is recorded to need any{of}"
    met = (
        f"{figure(s.bought + s.own)} of the {figure(s.demand)} {s.demand_unit}{of} that processors here need"
    )
    return f"{met} come from here{record} ({100 * (s.bought + s.own) / s.demand:.3g} %)"
