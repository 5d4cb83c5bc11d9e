"""What a match is: a text, what was found for it, how sure that is, and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

State = Literal["certain", "probable", "candidate", "none"]
"""How sure a match is; `loaders.recognition` says what each state means."""

Asked = TypeVar("Asked")

LISTED = 5
"""So many candidates are listed with a match."""

_STEP = 1000


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that the text may mean; `score` is 0 to 100."""

    id: str
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class Match:
    """What was found for one text. `id` is nothing unless the state is `certain` or `probable`."""

    text: str
    state: State
    id: str | None
    name: str
    score: float
    reason: str
    candidates: tuple[Candidate, ...]

    @property
    def used(self) -> bool:
        """Whether the match may be used without asking a person first."""
        return self.state in ("certain", "probable")


def found(text: str, state: State, candidates: tuple[Candidate, ...], reason: str) -> Match:
    """Return a match of `text` with the first of `candidates`."""
    best = candidates[0]
    return Match(text, state, best.id, best.name, best.score, reason, candidates[:LISTED])


def unsure(text: str, candidates: tuple[Candidate, ...], reason: str) -> Match:
    """Return a match of `text` that only lists `candidates`."""
    score = candidates[0].score if candidates else 0.0
    return Match(text, "candidate" if candidates else "none", None, "", score, reason, candidates[:LISTED])


def nothing(text: str, reason: str) -> Match:
    """Return the match of a text for which nothing is near."""
    return Match(text, "none", None, "", 0.0, reason, ())


def each(
    asked: Sequence[Asked], match: Callable[[Asked], Match], progress: Callable[[int], None] | None
) -> list[Match]:
    """Match each of `asked`, equal ones once; `progress` is called with how many are done since last."""
    known: dict[Asked, Match] = {}
    matches = []
    for done, one in enumerate(asked, start=1):
        if one not in known:
            known[one] = match(one)
        matches.append(known[one])
        if progress and (done % _STEP == 0 or done == len(asked)):
            progress((done - 1) % _STEP + 1)
    return matches
