"""From what the boxed reader found to sightings: words, facts and identity of each flaw of a package."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.facts import DependencyFacts, Reach
from app.domain.lens import Category, Lens
from app.domain.scan import DependencyIdentity, Sighting, Target
from workers.scanners.dependencies.weakness import weakness_words
from workers.scanners.dependencies.wire import FlawFacts, FoundFlaw, FoundPackage, ReadFile

MAX_TITLE: Final = 100
MIN_SUMMARY: Final = 24
"""Characters of a summary that are left beside a long package, version and id."""
MAX_IDS: Final = 20
"""Ids named in a message; all of them are in the aliases."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One flaw of one package in one manifest, at every version of the package that stands there."""

    flaw: FlawFacts
    places: tuple[tuple[FoundPackage, FoundFlaw], ...]

    @property
    def packages(self) -> tuple[FoundPackage, ...]:
        return tuple(package for package, _ in self.places)

    @property
    def first(self) -> FoundPackage:
        return self.places[0][0]


def sightings(target: Target, file: ReadFile, flaws: dict[str, FlawFacts]) -> tuple[Sighting, ...]:
    """One sighting per package and flaw of the manifest ``file`` that ``target`` is."""
    return tuple(_sighting(target, file, case) for case in _cases(file, flaws))


def _cases(file: ReadFile, flaws: dict[str, FlawFacts]) -> Iterable[_Case]:
    grouped: dict[tuple[str, str], list[tuple[FoundPackage, FoundFlaw]]] = {}
    for package in file.packages:
        for flaw in package.flaws:
            grouped.setdefault((package.normalised, flaw.canonical), []).append((package, flaw))
    for (_, canonical), places in grouped.items():
        places.sort(key=lambda place: place[0].line)
        yield _Case(flaws[canonical], tuple(places))


def _sighting(target: Target, file: ReadFile, case: _Case) -> Sighting:
    package, flaw = case.first, case.flaw
    return Sighting(
        side=target.side,
        path=target.path,
        category=Category.DEPENDENCY,
        lens=Lens.SECURITY,
        rule=flaw.canonical,
        title=_title(case),
        message=_message(case),
        fix=_fix(file, case),
        facts=_facts(case),
        identity=DependencyIdentity(file.ecosystem, package.normalised, flaw.canonical),
        line=package.line,
        end_line=package.end_line,
        cwe=flaw.cwe,
        references=_references(case),
        suggestion=_suggestion(case),
        details=_details(file, case),
        aliases=flaw.ids,
    )


def _facts(case: _Case) -> DependencyFacts:
    flaw = case.flaw
    development = all(package.development for package in case.packages)
    return DependencyFacts(
        score=flaw.score,
        vector=flaw.vector,
        word=flaw.word,
        epss=flaw.epss,
        known_exploited=flaw.known_exploited,
        published=_day(flaw.published),
        reach=Reach.DEVELOPMENT if development else Reach.UNKNOWN,
        reach_evidence="its lock file has it for development only" if development else "",
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _versions(case: _Case) -> str:
    return ", ".join(dict.fromkeys(package.version for package in case.packages))


def _title(case: _Case) -> str:
    """``jinja2 2.10: sandbox escape through str.format_map (CVE-2019-10906)``, the id never cut."""
    package = f"{_cut(case.first.name, 30)} {_cut(_versions(case), 20)}: "
    name = f" ({case.flaw.canonical})"
    room = max(MIN_SUMMARY, MAX_TITLE - len(package) - len(name))
    summary = case.flaw.summary.rstrip(".")
    return f"{package}{_cut_at_word(summary, room) or weakness_words(case.flaw.cwe)}{name}"


def _message(case: _Case) -> str:
    names = ", ".join(case.flaw.ids[:MAX_IDS])
    what = (
        case.flaw.summary or f"Kind: {weakness_words(case.flaw.cwe)}; its records have no summary"
    )
    exploited = " It is known to be exploited (CISA KEV)." if case.flaw.known_exploited else ""
    return (
        f"{_cut(case.first.name, 100)} {_cut(_versions(case), 100)} has the known flaw {names}."
        f" {what.rstrip('.')}.{exploited}"
    )


def _fix(file: ReadFile, case: _Case) -> str:
    name = _cut(case.first.name, 100)
    fixed = {package.version: _fixed(file, package) for package in case.packages}
    if None in fixed.values():
        return f"No release of {name} without this flaw is known: replace it, or guard against the flaw."
    if len(set(fixed.values())) == 1:
        return f"Update {name} to {next(iter(fixed.values()))}."
    steps = ", ".join(f"{version} to {to}" for version, to in fixed.items())
    return f"Update {name}: {_cut(steps, 300)}."


def _fixed(file: ReadFile, package: FoundPackage) -> str | None:
    """As the manifest would spell it: Go's versions begin with a v, which OSV's do not."""
    if package.fixed is None or file.ecosystem != "Go" or package.fixed.startswith("v"):
        return package.fixed
    return f"v{package.fixed}"


def _suggestion(case: _Case) -> str | None:
    """The pin's own line with the fixed version in it, when that is all there is to change."""
    package = case.first
    if package.pin is None or package.fixed is None or len(case.places) > 1:
        return None
    old = re.compile(r"(==\s*)" + re.escape(package.version))
    changed, count = old.subn(lambda found: found[1] + (package.fixed or ""), package.pin, count=1)
    return changed if count else None


def _references(case: _Case) -> tuple[str, ...]:
    own = (f"https://osv.dev/vulnerability/{name}" for name in case.places[0][1].by[:1])
    return tuple(dict.fromkeys((*own, *case.flaw.urls)))


def _details(file: ReadFile, case: _Case) -> dict[str, str]:
    package = case.first
    fixed = dict.fromkeys(_fixed(file, one) or "none known" for one in case.packages)
    details = {
        "package": package.name,
        "installed": _versions(case),
        "fixed": ", ".join(fixed),
        "manifest": file.kind,
        "direct": _word(package.direct),
        "advisories": ", ".join(dict.fromkeys(name for _, flaw in case.places for name in flaw.by)),
        "hash": "in the manifest" if package.hashed else "none in the manifest",
    }
    if package.via:
        details["via"] = ", ".join(package.via)
    against = ", ".join(dict.fromkeys(name for _, flaw in case.places for name in flaw.against))
    if against:
        details["records that disagree"] = against
    return details


def _word(direct: bool | None) -> str:
    return "not told by the manifest" if direct is None else "yes" if direct else "no"


def _cut_at_word(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    whole, space, _ = text[:limit].rpartition(" ")
    return f"{whole.rstrip(' ,;:.')}…" if space else _cut(text, limit)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
