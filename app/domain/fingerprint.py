"""Identity of findings across pushes, line shifts, renames and moves (design section 6).

A fingerprint is a SHA-256 over a scheme version and the parts that make a finding the same finding.
Line numbers are never part of it. The id people type is its first 35 bits in Crockford base 32.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from app.domain.change import Change
from app.domain.diff import Hunk, old_line
from app.domain.risk import is_development
from app.domain.scan import (
    CodeIdentity,
    CoverageIdentity,
    DependencyIdentity,
    SecretIdentity,
    Side,
    Sighting,
    WorkflowIdentity,
)

SCHEME: Final = "1"
"""Changes whenever the parts below do; findings are then re-keyed by running both schemes once."""
CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that a read-out id is not mistyped."""
ID_CHARACTERS: Final = 7
"""7 × 5 = 35 bits: among 10,000 findings of a repository a clash has a chance of about 0.15 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """A head sighting with its identity.

    ``base`` is the base sighting it is the same finding as; ``old_fingerprint`` that one's own
    fingerprint where a rename or move changed it (an alias to record). ``aligned`` is False where
    which twin it is could not be told.
    """

    sighting: Sighting
    fingerprint: str
    base: Sighting | None = None
    old_fingerprint: str | None = None
    aligned: bool = True


@dataclass(frozen=True, slots=True)
class _Placed:
    sighting: Sighting
    ordinal: int


def short_id(fingerprint: str, characters: int = ID_CHARACTERS) -> str:
    """`F-` and the first ``characters`` × 5 bits of a hexadecimal fingerprint in Crockford base 32."""
    bits = int(fingerprint, 16) >> (len(fingerprint) * 4 - characters * 5)
    digits = [CROCKFORD[(bits >> (5 * place)) & 31] for place in reversed(range(characters))]
    return "F-" + "".join(digits)


def fingerprint(sighting: Sighting, path: str, ordinal: int = 0) -> str:
    """The fingerprint of ``sighting`` as if it stood at ``path``, the ``ordinal``-th among equals."""
    parts = [SCHEME, str(sighting.category), *_identity_parts(sighting, path), ordinal]
    document = json.dumps(parts, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(document.encode("ascii")).hexdigest()


def _identity_parts(sighting: Sighting, path: str) -> tuple[str, ...]:
    match sighting.identity:
        case CodeIdentity(text=text, scope=scope):
            return (sighting.rule, path, text, scope)
        case SecretIdentity(kind=kind, context=context):
            return (kind, path, context)
        case DependencyIdentity(ecosystem=ecosystem, package=package, advisory=advisory):
            return (ecosystem, package, path, advisory)
        case WorkflowIdentity(route=route):
            return (sighting.rule, path, route)
        case CoverageIdentity(reason=reason):
            return (path, str(reason))
        case _:
            assert_never(sighting.identity)


def identify(change: Change, sightings: Iterable[Sighting]) -> tuple[Identified, ...]:
    """Give each head and history sighting its identity, aligned with the base's.

    Twins that stood in the base keep their ordinals, added ones get the next; a renamed file's
    findings keep their partner; code that moved to another place is paired last.
    """
    head, base = _split(sightings)
    groups = _grouped(head, {})
    base_groups = _grouped(base, change.renames)
    hunks = {file.path: file.hunks or () for file in change.files}
    identified: list[Identified] = []
    vanished: list[_Placed] = []
    for key, members in groups.items():
        partners = _placed(base_groups.pop(key, ()))
        found, left = _align(members, partners, hunks.get(members[0].path, ()))
        identified += found
        vanished += left
    vanished += [placed for rest in base_groups.values() for placed in _placed(rest)]
    return _pair_moved(tuple(identified), vanished)


def _grouped(
    sightings: Iterable[Sighting], renames: Mapping[str, str]
) -> dict[tuple[str, ...], Sequence[Sighting]]:
    """The sightings by what equals share, base paths taken to their new names."""
    groups: dict[tuple[str, ...], list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        groups[_group_key(sighting, renames.get(sighting.path, sighting.path))].append(sighting)
    return {key: _one_if_no_twins(members) for key, members in groups.items()}


def _split(sightings: Iterable[Sighting]) -> tuple[list[Sighting], list[Sighting]]:
    """Head and base sightings in order of place; history ones that the head repeats drop out."""
    ordered = sorted(sightings, key=lambda sighting: (sighting.path, sighting.line))
    base = [sighting for sighting in ordered if sighting.side is Side.BASE]
    head = [sighting for sighting in ordered if sighting.side is Side.HEAD]
    known = {_history_key(sighting) for sighting in head}
    for sighting in ordered:
        if sighting.side is Side.HISTORY and (key := _history_key(sighting)) not in known:
            known.add(key)
            head.append(sighting)
    return head, base


def _history_key(sighting: Sighting) -> tuple[str, ...]:
    match sighting.identity:
        case SecretIdentity(kind=kind, digest=digest):
            return (kind, sighting.path, digest)
        case _:
            return (*_identity_parts(sighting, sighting.path), str(sighting.line))


def _group_key(sighting: Sighting, path: str) -> tuple[str, ...]:
    return (str(sighting.category), *_identity_parts(sighting, path))


def _placed(partners: Sequence[Sighting]) -> list[_Placed]:
    return [_Placed(sighting, ordinal) for ordinal, sighting in enumerate(partners)]


def _one_if_no_twins(sightings: Sequence[Sighting]) -> Sequence[Sighting]:
    """Only code and secrets have twins; anything else seen twice is one finding, at its worst."""
    match sightings[0].identity:
        case CodeIdentity() | SecretIdentity():
            return sightings
        case _:
            return [
                min(sightings, key=lambda sighting: (is_development(sighting.facts), sighting.line))
            ]


def _align(
    members: Sequence[Sighting], partners: list[_Placed], hunks: tuple[Hunk, ...]
) -> tuple[list[Identified], list[_Placed]]:
    """Pair the equals of one group with the base's; also return the base ones that vanished."""
    left = list(partners)
    pairs = [(member, _take_same(member, left, hunks)) for member in members]
    loose = sum(kept is None for _, kept in pairs)
    aligned = not (loose and left) or (loose == 1 and len(left) == 1)
    next_ordinal = len(partners)
    identified = []
    for member, kept in pairs:
        place = kept or (left.pop(0) if left else _Placed(member, next_ordinal))
        next_ordinal += place.sighting is member
        is_same = kept is not None or _may_adopt(member, place)
        identified.append(_identified(member, place, is_same=is_same, aligned=aligned))
    return identified, left


def _take_same(member: Sighting, left: list[_Placed], hunks: tuple[Hunk, ...]) -> _Placed | None:
    """Take the base twin that surely is ``member``: the same line, or the same secret value."""
    for placed in left:
        if _is_same_place(member, placed.sighting, hunks):
            left.remove(placed)
            return placed
    return None


def _is_same_place(member: Sighting, base: Sighting, hunks: tuple[Hunk, ...]) -> bool:
    match member.identity, base.identity:
        case SecretIdentity(digest=mine), SecretIdentity(digest=other):
            return mine == other
        case CodeIdentity(), CodeIdentity():
            return old_line(member.line, hunks) == base.line
        case _:
            return True


def _may_adopt(member: Sighting, place: _Placed) -> bool:
    """An equal without a sure twin still is the base's finding, unless it is another secret."""
    return place.sighting is not member and not isinstance(member.identity, SecretIdentity)


def _identified(member: Sighting, place: _Placed, *, is_same: bool, aligned: bool) -> Identified:
    own = fingerprint(member, member.path, place.ordinal)
    if not is_same:
        return Identified(sighting=member, fingerprint=own, aligned=aligned)
    old = fingerprint(place.sighting, place.sighting.path, place.ordinal)
    return Identified(
        sighting=member,
        fingerprint=own,
        base=place.sighting,
        old_fingerprint=old if old != own else None,
        aligned=aligned or isinstance(member.identity, SecretIdentity),
    )


def _pair_moved(
    identified: tuple[Identified, ...], vanished: Sequence[_Placed]
) -> tuple[Identified, ...]:
    """Pair what is new with what vanished where rule and enclosing definition's text are equal.

    Only where each side has exactly one candidate: otherwise it stays new.
    """
    gone: dict[tuple[str, str], list[_Placed]] = defaultdict(list)
    come: dict[tuple[str, str], list[Identified]] = defaultdict(list)
    for placed in vanished:
        if (key := _definition_key(placed.sighting)) is not None:
            gone[key].append(placed)
    for item in identified:
        if item.base is None and (key := _definition_key(item.sighting)) is not None:
            come[key].append(item)
    moved = {
        items[0].fingerprint: gone[key][0]
        for key, items in come.items()
        if len(items) == 1 and len(gone[key]) == 1
    }
    return tuple(_with_partner(item, moved.get(item.fingerprint)) for item in identified)


def _definition_key(sighting: Sighting) -> tuple[str, str] | None:
    match sighting.identity:
        case CodeIdentity(definition=str(definition)):
            return (sighting.rule, definition)
        case _:
            return None


def _with_partner(item: Identified, partner: _Placed | None) -> Identified:
    if partner is None:
        return item
    return Identified(
        sighting=item.sighting,
        fingerprint=item.fingerprint,
        base=partner.sighting,
        old_fingerprint=fingerprint(partner.sighting, partner.sighting.path, partner.ordinal),
        aligned=item.aligned,
    )
