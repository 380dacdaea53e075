"""Looking packages up: the flaws each version has, and the version that closes them all.

Records of one flaw are united: a match by any of them counts, and those that say otherwise are named.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cmp_to_key

from workers.advisories.evaluate import Answer, Criteria, Subject, answer, criteria, subject
from workers.advisories.index import Entry, Flaw, Index
from workers.advisories.package_name import normalised
from workers.advisories.record import EventKind


@dataclass(frozen=True, slots=True)
class Package:
    """One version of one package, named as its manifest does."""

    ecosystem: str
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Match:
    """One flaw a package has.

    ``by`` are the records that say so; ``against`` those of the same flaw and package that do not.
    """

    flaw: Flaw
    by: tuple[str, ...]
    against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What the index says of a package: its flaws by canonical id, and what closes them.

    ``fixed`` is the smallest fixed version that no known flaw of the package affects; where there is
    none, the smallest that none of ``matches`` affects; else None. ``undecided`` are records with a
    bound that has no place in the order of versions.
    """

    matches: tuple[Match, ...] = ()
    fixed: str | None = None
    undecided: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotAVersion:
    """The package's version has no place in its ecosystem's order: nothing is known of it."""


@dataclass(frozen=True, slots=True)
class _Block:
    """One record on one package, as read and ready to be asked."""

    entry: Entry
    criteria: Criteria


@dataclass(frozen=True, slots=True)
class _Judged:
    subject: Subject
    answers: tuple[tuple[_Block, Answer], ...]

    def by(self, wanted: Answer) -> tuple[Entry, ...]:
        return tuple(block.entry for block, given in self.answers if given is wanted)


def look_up(index: Index, packages: Iterable[Package]) -> dict[Package, Known | NotAVersion]:
    """What ``index`` says of each of ``packages``; a few queries whatever their number."""
    asked = list(dict.fromkeys(packages))
    blocks = _blocks(index, asked)
    judged = {package: _judge(package, blocks.get(_key(package), ())) for package in asked}
    flaws = index.flaws(
        entry.canonical for found in judged.values() for entry in found.by(Answer.AFFECTED)
    )
    return {package: _known(found, flaws) for package, found in judged.items()}


def _key(package: Package) -> tuple[str, str]:
    return package.ecosystem, normalised(package.ecosystem, package.name)


def _blocks(index: Index, packages: list[Package]) -> dict[tuple[str, str], tuple[_Block, ...]]:
    names: dict[str, list[str]] = {}
    for package in packages:
        names.setdefault(package.ecosystem, []).append(package.name)
    return {
        (ecosystem, name): tuple(_Block(entry, criteria(entry.affected)) for entry in entries)
        for ecosystem, wanted in names.items()
        for name, entries in index.entries(ecosystem, wanted).items()
    }


def _judge(package: Package, blocks: tuple[_Block, ...]) -> _Judged:
    asked = subject(package.ecosystem, package.version)
    return _Judged(asked, tuple((block, answer(block.criteria, asked)) for block in blocks))


def _known(judged: _Judged, flaws: dict[str, Flaw]) -> Known | NotAVersion:
    """A version without a place in the order can still be listed word by word."""
    affected = judged.by(Answer.AFFECTED)
    if judged.subject.place is None and not affected:
        return NotAVersion()
    matches = _matches(judged, affected, flaws)
    undecided = {entry.advisory for entry in judged.by(Answer.UNDECIDED)}
    return Known(matches, _fixed(judged) if matches else None, tuple(sorted(undecided)))


def _matches(
    judged: _Judged, affected: tuple[Entry, ...], flaws: dict[str, Flaw]
) -> tuple[Match, ...]:
    by = _advisories(affected)
    against = _advisories(judged.by(Answer.UNAFFECTED))
    return tuple(
        Match(flaws[name], tuple(sorted(own)), tuple(sorted(against.get(name, set()) - own)))
        for name, own in sorted(by.items())
    )


def _advisories(entries: Iterable[Entry]) -> dict[str, set[str]]:
    """The records among ``entries`` by the flaw they are about."""
    grouped: dict[str, set[str]] = {}
    for entry in entries:
        grouped.setdefault(entry.canonical, set()).add(entry.advisory)
    return grouped


def _fixed(judged: _Judged) -> str | None:
    open_flaws = {entry.canonical for entry in judged.by(Answer.AFFECTED)}
    every = [block for block, _ in judged.answers]
    those_open = [block for block in every if block.entry.canonical in open_flaws]
    candidates = _later_fixes(judged.subject, those_open)
    return _first_free(candidates, every) or _first_free(candidates, those_open)


def _later_fixes(installed: Subject, blocks: list[_Block]) -> list[Subject]:
    """The fixed versions after the installed one, in order, each once."""
    if installed.place is None:
        return []
    texts = dict.fromkeys(text for block in blocks for text in _fixes(block.entry))
    fixes = (subject(installed.ecosystem, text) for text in texts)
    later = [fix for fix in fixes if fix.place is not None and installed.place < fix.place]
    return sorted(later, key=cmp_to_key(_compare))


def _compare(left: Subject, right: Subject) -> int:
    if left.place is None or right.place is None:
        return (left.place is not None) - (right.place is not None)
    return (right.place < left.place) - (left.place < right.place)


def _fixes(entry: Entry) -> Iterable[str]:
    for events in entry.affected.ranges:
        yield from (event.version for event in events if event.kind is EventKind.FIXED)


def _first_free(candidates: list[Subject], blocks: list[_Block]) -> str | None:
    """The first candidate that none of ``blocks`` affects."""
    return next(
        (
            candidate.text
            for candidate in candidates
            if all(answer(block.criteria, candidate) is not Answer.AFFECTED for block in blocks)
        ),
        None,
    )
