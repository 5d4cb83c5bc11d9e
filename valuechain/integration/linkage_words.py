"""One sentence on the local links of a region, an enterprise or a product, and the verdict on them.

Shares are told with what is left out of them: amounts of unknown size, and such of which no record tells where they
go or come from.
"""

from valuechain.answer import figure
from valuechain.integration.local_shares import Shares, Side

VERDICTS = ("practically no links", "linked", "unknown")


def told_of(
    subject: str, name: str, place: str, s: Shares, recorded: bool, min_link: float, inner: str, untold: str
) -> tuple[str, str]:
    """Return the sentence and the verdict on one subject.

    Of an enterprise `inner` names what moves inside its own works, and `untold` what it needs without a record of
    where it comes from.
    """
    record, verdict = " on record" if recorded else "", _verdict(s, min_link)
    if subject != "enterprise":
        flowing, needing = _flowing(subject, name, place, s, record), _needing(subject, s.demand, record)
        return "; ".join([*flowing, *needing]) + ".", verdict
    parts = [_selling(name, place, s.supply, record), *_leaving(s), *_inside(s, inner), *_buying(s, untold)]
    if not s.traded and recorded:
        parts.append("no sale or purchase is recorded, so its links are not known")
    beyond = " beyond its own owner" if s.links else ""
    again = record if s.demand.out else ""
    end = f": practically no links with the region{beyond}{again}" if verdict == VERDICTS[0] else ""
    return f"{'; '.join(parts)}{end}.", verdict


def _verdict(s: Shares, min_link: float) -> str:
    """Return the verdict on links with other owners' enterprises."""
    forward = s.supply.open / s.supply.amount if s.supply.amount else 0.0
    back = s.demand.open / s.demand.amount if s.demand.amount else 0.0
    if s.supply.open + s.demand.open > 0 and max(forward, back) >= min_link:
        return "linked"
    known = s.supply.amount is not None and not s.blank
    return "practically no links" if known and max(forward, back) < min_link else "unknown"


def _selling(name: str, place: str, side: Side, record: str) -> str:
    others = f"to other processors of {place}"
    if side.amount is None:
        if side.untold_amount:
            return f"{name}: how much of its {figure(side.untold_amount)} {side.unit} it sells {others} is not known"
        if side.out:
            return f"{name}: how much it sells {others} is not known"
        return f"{name}: it makes nothing{record} that could be processed further"
    some = f"{figure(side.linked - side.open)} {side.unit} of it" if side.open else "all of it"
    own = f", {some} to plants of its own owner" if side.linked > side.open else ""
    aside = _aside(side, "output of unknown size", "outputs of unknown size")
    aside = f" ({aside} aside)" if aside else ""
    told = f"{name} sells {_part(side.linked, side)}{aside} {others}{record}{own}"
    rest = f"another {figure(side.untold_amount)} {side.unit} are made, {_unrecorded(side)}"
    return f"{told}; {rest}" if side.untold_amount else told


def _part(part: float, side: Side) -> str:
    return f"{figure(part)} of {'at least ' * bool(side.least)}{figure(side.amount)} {side.unit}"


def _unrecorded(side: Side) -> str:
    return "how much of it is sold here is not known" if side.partly else "with no sale on record"


def _aside(side: Side, one: str, many: str) -> str:
    """Return the amounts without a size, and those that are not counted in the unit of the rest."""
    found = [f"{side.unknown} {one if side.unknown == 1 else many}"] if side.unknown else []
    if side.unweighed:
        found.append(f"{side.unweighed} not counted in {side.unit}")
    return " and ".join(found)


def _share(part: float, side: Side, one: str, many: str) -> str:
    """Return the percentage in brackets, with what is aside and whether it is a highest one."""
    if not side.amount:
        return ""
    most, aside = "at most " * bool(side.least), _aside(side, one, many)
    return f" ({most}{100 * part / side.amount:.3g} %{f', {aside} aside' if aside else ''})"


def _leaving(s: Shares) -> list[str]:
    unit = s.supply.unit
    if s.left_blank:
        return [f"at least {figure(s.left)} {unit} leave" if s.left else "an unknown amount leaves"]
    return [f"{figure(s.left)} {unit} leave"] if s.left else []


def _inside(s: Shares, inner: str) -> list[str]:
    if not s.moved:
        return []
    start = "its only link is inside its own works" if s.traded and not s.links else "it also feeds itself"
    return [f"{start} ({figure(s.moved)} {s.supply.unit} of {inner})"]


def _buying(s: Shares, untold: str) -> list[str]:
    found, side = [], s.demand
    if side.linked:
        own = "" if side.open else ", all of it from plants of its own owner"
        aside = _aside(side, "need of unknown size", "needs of unknown size")
        of = f"of the {'at least ' * bool(side.least)}{figure(side.amount)} {side.unit} that it needs "
        found.append(
            f"it buys {figure(side.linked)} {of}from others here{own}{f' ({aside} aside)' if aside else ''}"
        )
    if side.untold_amount:
        found.append(f"{figure(side.untold_amount)} {side.unit} of {untold} are needed; {_whence(side)}")
    if s.blank:
        found.append("some of its links with other owners here are of unknown size")
    if guess := s.supply.guess + side.guess:
        found.append(f"{_guess(guess, s.supply.unit)} of its links with other owners")
    return found


def _guess(amount: float, unit: str) -> str:
    return f"an end has no owner on record in {figure(amount)} {unit}"


def _whence(side: Side) -> str:
    return "how much comes from here is not known" if side.partly else "from where is not recorded"


def _flowing(subject: str, name: str, place: str, s: Shares, record: str) -> list[str]:
    """Return where the supply of a region or of a product goes."""
    side, of = s.supply, "" if subject == "region" else " of it"
    words = (
        ("output of unknown size", "outputs of unknown size")
        if subject == "region"
        else ("maker of unknown output", "makers of unknown output")
    )
    where = "" if name == place else f" of {place}"
    inside = [f"{figure(s.moved)} {side.unit} move inside plants"] if s.moved else []
    if side.amount is None:
        if not side.out:
            return [f"{name}: no supply{of} in {place} is recorded"]
        much = f" of the {figure(side.untold_amount)} {side.unit} made here" if side.untold_amount else of
        aside = _aside(side, *words) if side.untold_amount else ""
        aside = f", {aside} aside" if aside else ""
        return [f"{name}: how much{much} goes to other processors of {place} is not known{aside}", *inside]
    share = _share(side.linked, side, *words)
    start = f"{name}: {_part(side.linked, side)}{share} go to other processors{where}{record}"
    owners = f", {figure(side.open)} {side.unit} of it to another owner's" if side.linked else ""
    return [f"{start}{owners}", *_rest(side), *inside, *_leaving(s)]


def _rest(side: Side) -> list[str]:
    """Return what is known of supplies that are left out of the share, and what rests on a guessed owner."""
    found = []
    if side.untold_amount:
        found.append(f"another {figure(side.untold_amount)} {side.unit} are made, {_unrecorded(side)}")
    if (more := side.all_linked - side.linked) > 0:
        owners = figure(side.all_open - side.open)
        found.append(f"{figure(more)} {side.unit} of what is aside go there too, {owners} to another owner's")
    if side.guess:
        found.append(f"{_guess(side.guess, side.unit)} of what goes to another owner's")
    return found


def _needing(subject: str, side: Side, record: str) -> list[str]:
    of = "" if subject == "region" else " of it"
    words = (
        ("need of unknown size", "needs of unknown size")
        if subject == "region"
        else ("processor of unknown need", "processors of unknown need")
    )
    unit, rest, missing = side.unit, figure(side.untold_amount), _aside(side, *words)
    if not side.amount:
        if side.untold_amount:
            aside = f" ({missing} aside)" if missing else ""
            return [f"{rest} {unit}{of} are needed here{aside}; {_whence(side)}"]
        unclear = f"how much{of} processors here need is not known"
        return [unclear if side.out else f"no processor here is recorded to need any{of}"]
    met = side.linked + side.within
    told = ", and of which a delivery is recorded," if side.untold_amount and not side.partly else ""
    least = "at least " * bool(side.least)
    whole = f"the {least}{figure(side.amount)} {unit}{of} that processors here need{told}"
    found = [f"{figure(met)} of {whole} come from here{record}{_share(met, side, *words)}"]
    if side.untold_amount:
        found.append(f"another {rest} {unit} are needed; {_whence(side)}")
    return found
