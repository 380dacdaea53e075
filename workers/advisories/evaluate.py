"""Whether one record affects a version, exactly as the OSV schema evaluates it.

Source: OSV schema, section "Evaluation". A version is affected when it is listed in ``versions`` or lies
in any range; a range is walked along its events in order of version.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cmp_to_key
from itertools import repeat
from typing import Final

from workers.advisories.record import Affected, Event, EventKind
from workers.advisories.version_order import (
    Place,
    has_label,
    place_of,
    public_part,
    spelling,
)

FIRST: Final = "0"
"""As a version of an ``introduced`` event: before every version."""
UNBOUNDED: Final = "*"
"""As a version of a ``limit`` event: after every version."""


class Answer(StrEnum):
    """What one record says of one version."""

    AFFECTED = "affected"
    UNAFFECTED = "unaffected"
    UNDECIDED = "a bound of the record is not a version"


@dataclass(frozen=True, slots=True)
class Subject:
    """A version to be judged.

    ``public`` is its place without a local label, which bounds and listed versions without one are
    compared with (PEP 440, "Version specifiers": ``1.0+cu118`` is a build of 1.0 and has its flaws).
    """

    ecosystem: str
    text: str
    place: Place | None
    public: Place | None


@dataclass(frozen=True, slots=True)
class _Bound:
    """An event in its place; None is before every version."""

    kind: EventKind
    place: Place | None
    labelled: bool


@dataclass(frozen=True, slots=True)
class Criteria:
    """One record's block on one package, its bounds parsed and in order.

    ``undecided`` says that a range was left out because one of its bounds is not a version.
    """

    ecosystem: str
    listed: frozenset[str]
    ranges: tuple[tuple[_Bound, ...], ...]
    undecided: bool


def subject(ecosystem: str, version: str) -> Subject:
    """``version`` made ready for `answer`."""
    public = place_of(ecosystem, public_part(ecosystem, version))
    return Subject(ecosystem, version, place_of(ecosystem, version), public)


def criteria(affected: Affected) -> Criteria:
    """``affected`` made ready for `answer`: parse once, ask often."""
    ecosystem = affected.ecosystem
    ranges = [_ordered(events, ecosystem) for events in affected.ranges]
    return Criteria(
        ecosystem,
        frozenset(map(spelling, repeat(ecosystem), affected.versions)),
        tuple(bounds for bounds in ranges if bounds is not None),
        any(bounds is None for bounds in ranges),
    )


def answer(block: Criteria, version: Subject) -> Answer:
    """What ``block`` says of ``version``. One without a place can only be listed, word by word."""
    if _listed(block, version):
        return Answer.AFFECTED
    if version.place is None or version.public is None:
        return Answer.UNDECIDED
    if any(_inside(bounds, version.place, version.public) for bounds in block.ranges):
        return Answer.AFFECTED
    return Answer.UNDECIDED if block.undecided else Answer.UNAFFECTED


def _listed(block: Criteria, version: Subject) -> bool:
    if not block.listed:
        return False
    public = public_part(version.ecosystem, version.text)
    return (
        spelling(version.ecosystem, version.text) in block.listed
        or spelling(version.ecosystem, public) in block.listed
    )


def _inside(bounds: tuple[_Bound, ...], full: Place, public: Place) -> bool:
    inside = False
    limited = unlimited = False
    for bound in bounds:
        place = full if bound.labelled else public
        match bound.kind:
            case EventKind.INTRODUCED:
                inside = inside or bound.place is None or not place < bound.place
            case EventKind.FIXED:
                inside = inside and bound.place is not None and place < bound.place
            case EventKind.LAST_AFFECTED:
                inside = inside and bound.place is not None and not bound.place < place
            case EventKind.LIMIT:
                limited = True
                unlimited = unlimited or (bound.place is not None and place < bound.place)
    return inside and (unlimited or not limited)


def _ordered(events: tuple[Event, ...], ecosystem: str) -> tuple[_Bound, ...] | None:
    """The events of one range in order; those of one version stay as the record has them.

    None when one of them is not a version. A limit that bounds nothing is left out.
    """
    bounds = []
    for event in _limiting(events):
        first = event.kind is EventKind.INTRODUCED and event.version == FIRST
        place = None if first else place_of(ecosystem, event.version)
        if place is None and not first:
            return None
        bounds.append(_Bound(event.kind, place, has_label(ecosystem, event.version)))
    return tuple(sorted(bounds, key=cmp_to_key(_compare)))


def _limiting(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """``events`` without their limits when one of those is "after every version"."""
    limits = [event.version for event in events if event.kind is EventKind.LIMIT]
    if UNBOUNDED not in limits:
        return events
    return tuple(event for event in events if event.kind is not EventKind.LIMIT)


def _compare(left: _Bound, right: _Bound) -> int:
    if left.place is None or right.place is None:
        return (left.place is not None) - (right.place is not None)
    return (right.place < left.place) - (left.place < right.place)
