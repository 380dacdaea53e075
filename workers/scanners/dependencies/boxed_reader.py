"""Reads manifests and looks their packages up; runs boxed, since every byte it reads is an attacker's."""

import posixpath
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from app.domain.scan import GapReason
from workers.advisories.index import Flaw, Index
from workers.advisories.match import Known, NotAVersion, Package, look_up
from workers.advisories.package_name import normalised
from workers.scanners.dependencies.manifests.manifest import (
    MAX_BYTES,
    MAX_DEPENDENCIES,
    MAX_NAME,
    Dependency,
    Include,
    Manifest,
    ManifestError,
    Source,
    Unpinned,
    Unread,
)
from workers.scanners.dependencies.recognise import REQUIREMENTS, Format, recognised
from workers.scanners.dependencies.wire import (
    MAX_UNREAD,
    DataFacts,
    File,
    FlawFacts,
    FoundFlaw,
    FoundPackage,
    ReadFile,
    Reading,
    Request,
    UnreadEntry,
    UnreadFile,
)

LFS_MARK: Final = b"version https://git-lfs.github.com/spec/"
_WORDS: Final = ("critical", "high", "moderate", "medium", "low")
"""Qualitative severities, the gravest first; records that disagree leave the gravest standing."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """One manifest as its reader gave it."""

    number: int
    format: Format
    manifest: Manifest


def read(request: dict[str, Any]) -> dict[str, Any]:
    """Answer one `wire.Request` (as JSON values) with one `wire.Reading` (as JSON values).

    Raises:
        IndexFileError: the index named in the request is none.
        KeyError, TypeError: the request is not of its form.
    """
    asked = _request(request)
    opened, unread = _Folder(asked).read_all()
    with ExitStack() as stack:
        index = None if asked.index is None else stack.enter_context(Index.open(Path(asked.index)))
        reading = _reading(asked, opened, unread, index)
    answer: dict[str, Any] = _plain(asdict(reading))
    return answer


def _request(values: dict[str, Any]) -> Request:
    files = tuple(File(**value) for value in values["files"])
    wanted = tuple(int(number) for number in values["wanted"])
    return Request(**{**values, "files": files, "wanted": wanted})


class _Folder:
    """The files of one request; reads each wanted one, and those that requirements files include."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._numbers = {(f.side, f.path): n for n, f in enumerate(request.files)}
        self._opened: dict[int, _Opened] = {}
        self._unread: dict[int, UnreadFile] = {}

    def read_all(self) -> tuple[list[_Opened], list[UnreadFile]]:
        """Read every wanted file, then what they include, until nothing new is named."""
        wanted = reversed(self._request.wanted)
        todo: list[tuple[int, Format | None]] = [(number, None) for number in wanted]
        while todo:
            number, kind = todo.pop()
            if number not in self._opened and number not in self._unread:
                self._open(number, kind)
                todo.extend((found, REQUIREMENTS) for found in self._included(number))
        return [self._settled(opened) for opened in self._opened.values()], [*self._unread.values()]

    def _open(self, number: int, kind: Format | None) -> None:
        try:
            self._opened[number] = self._parsed(number, kind)
        except ManifestError as error:
            self._unread[number] = UnreadFile(file=number, reason=error.reason, why=str(error))
        except Exception as error:  # an unforeseen failure of one reader costs one manifest
            why = f"its reader failed: {type(error).__name__}"
            self._unread[number] = UnreadFile(file=number, reason=GapReason.ENGINE, why=why)

    def _parsed(self, number: int, kind: Format | None) -> _Opened:
        file = self._request.files[number]
        known = kind or recognised(file.path)
        if known is None or known.place is None:
            name = "this file" if known is None else known.kind
            raise ManifestError(GapReason.UNSUPPORTED, f"there is no reader for {name} yet")
        data = self._bytes(number)
        source = Source(file.path, data, lambda name: self._beside(file, name), file.match)
        manifest = known.reader()(source)
        if len(manifest.dependencies) > MAX_DEPENDENCIES:
            raise ManifestError(GapReason.TOO_LARGE, f"more than {MAX_DEPENDENCIES} dependencies")
        return _Opened(number, known, manifest)

    def _bytes(self, number: int) -> bytes:
        file = self._request.files[number]
        if file.size > MAX_BYTES:
            raise ManifestError(GapReason.TOO_LARGE, f"larger than {MAX_BYTES >> 20} MB")
        with (Path(self._request.root) / file.file).open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise ManifestError(GapReason.TOO_LARGE, f"larger than {MAX_BYTES >> 20} MB")
        if data.startswith(LFS_MARK):
            raise ManifestError(
                GapReason.LFS_POINTER, "a pointer to large file storage, not the file"
            )
        return data

    def _beside(self, file: File, name: str) -> bytes | None:
        number = self._numbers.get((file.side, posixpath.join(posixpath.dirname(file.path), name)))
        return None if number is None else self._bytes(number)

    def _included(self, number: int) -> list[int]:
        opened = self._opened.get(number)
        includes = () if opened is None else opened.manifest.includes
        places = (self._place(number, include) for include in includes)
        return [place for place in places if place is not None]

    def _place(self, number: int, include: Include) -> int | None:
        file = self._request.files[number]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), include.path))
        return self._numbers.get((file.side, path))

    def _settled(self, opened: _Opened) -> _Opened:
        """With every include that is not there, and every entry still without a version, said."""
        unread = [*opened.manifest.unread]
        pinned: set[str] = set()
        for include in opened.manifest.includes:
            place = self._place(opened.number, include)
            if place is None:
                unread.append(_missing(include))
            elif include.constraint and place in self._opened:
                pinned |= _names(self._opened[place].manifest)
        loose = (entry for entry in opened.manifest.unpinned if _name(entry.name) not in pinned)
        unread += [_unpinned(entry) for entry in loose]
        return replace(opened, manifest=replace(opened.manifest, unread=tuple(unread)))


def _missing(include: Include) -> Unread:
    why = f"it takes in {include.path[:100]}, which is not among the files read"
    return Unread(include.line, include.line, GapReason.UNPINNED, why)


def _unpinned(entry: Unpinned) -> Unread:
    return Unread(entry.line, entry.line, GapReason.UNPINNED, entry.why)


def _name(name: str) -> str:
    return normalised("PyPI", name)


def _names(manifest: Manifest) -> set[str]:
    return {_name(dependency.name) for dependency in manifest.dependencies}


def _reading(
    request: Request, opened: list[_Opened], unread: list[UnreadFile], index: Index | None
) -> Reading:
    known = {} if index is None else look_up(index, _asked(request, opened, index))
    flaws = {
        match.flaw.canonical: match.flaw
        for found in known.values()
        if isinstance(found, Known)
        for match in found.matches
    }
    return Reading(
        read=tuple(_read_file(one, known) for one in opened),
        unread=tuple(unread),
        flaws=tuple(_flaw_facts(flaw) for flaw in flaws.values()),
        data=None if index is None else _data(index, request),
    )


def _asked(request: Request, opened: list[_Opened], index: Index) -> Iterator[Package]:
    for one in opened:
        loaded = one.format.ecosystem in index.metadata.ecosystems
        if loaded and request.files[one.number].match:
            sound = filter(_sound, one.manifest.dependencies)
            yield from (_package(one.format, dependency) for dependency in sound)


def _package(kind: Format, dependency: Dependency) -> Package:
    return Package(kind.ecosystem, dependency.name, dependency.version)


def _read_file(one: _Opened, known: dict[Package, Known | NotAVersion]) -> ReadFile:
    packages: list[FoundPackage] = []
    unread = [*one.manifest.unread]
    for dependency in one.manifest.dependencies:
        if not _sound(dependency):
            unread.append(_at(dependency, "a name or version no registry would have"))
            continue
        found = known.get(_package(one.format, dependency), Known())
        packages.append(_found(one.format, dependency, found))
        unread += [_at(dependency, why) for why in _doubts(dependency, found)]
    return ReadFile(
        file=one.number,
        kind=one.format.kind,
        ecosystem=one.format.ecosystem,
        packages=tuple(packages),
        unread=tuple(_bounded(unread)),
    )


def _sound(dependency: Dependency) -> bool:
    texts = (dependency.name, dependency.version)
    return all(0 < len(text) <= MAX_NAME and text.isprintable() for text in texts)


def _at(dependency: Dependency, why: str) -> Unread:
    return Unread(dependency.line, dependency.end_line, GapReason.UNPINNED, why)


def _doubts(dependency: Dependency, found: Known | NotAVersion) -> list[str]:
    match found:
        case NotAVersion():
            return [f"{dependency.name} {dependency.version[:100]}: not a version to look up"]
        case Known(undecided=undecided) if undecided:
            names = ", ".join(undecided[:5])
            return [f"{dependency.name}: advisories with a bound that is no version ({names})"]
        case _:
            return []


def _found(kind: Format, dependency: Dependency, found: Known | NotAVersion) -> FoundPackage:
    known = found if isinstance(found, Known) else Known()
    return FoundPackage(
        name=dependency.name,
        normalised=normalised(kind.ecosystem, dependency.name),
        version=dependency.version,
        line=dependency.line,
        end_line=dependency.end_line,
        direct=dependency.direct,
        development=dependency.development,
        via=dependency.via,
        hashed=dependency.hashed,
        pin=dependency.pin,
        fixed=known.fixed,
        flaws=tuple(
            FoundFlaw(canonical=match.flaw.canonical, by=match.by, against=match.against)
            for match in known.matches
        ),
    )


def _bounded(unread: list[Unread]) -> Iterator[UnreadEntry]:
    """Each entry, in order of line; those past the limit as one, with their count and lines."""
    ordered = sorted(unread, key=lambda entry: entry.line)
    shown, rest = ordered[:MAX_UNREAD], ordered[MAX_UNREAD:]
    for entry in shown:
        yield UnreadEntry(
            line=entry.line, end_line=entry.end_line, reason=entry.reason, why=entry.why
        )
    if rest:
        yield UnreadEntry(
            line=rest[0].line,
            end_line=max(entry.end_line for entry in rest),
            reason=rest[0].reason,
            why=f"{len(rest)} further entries of this file cannot be looked up",
        )


def _flaw_facts(flaw: Flaw) -> FlawFacts:
    from workers.advisories.score import best_score

    score = best_score(flaw.vectors)
    return FlawFacts(
        canonical=flaw.canonical,
        ids=flaw.ids,
        summary=flaw.summary,
        published=flaw.published,
        score=None if score is None else score.value,
        vector=None if score is None else score.vector,
        word=next((word for word in _WORDS if word in flaw.words), None),
        cwe=flaw.cwe,
        urls=flaw.urls,
        known_exploited=flaw.known_exploited,
        epss=None if flaw.epss is None else Decimal(str(flaw.epss)),
    )


def _data(index: Index, request: Request) -> DataFacts:
    from workers.advisories.status import source_status

    today, limit = date.fromisoformat(request.today), timedelta(days=request.max_age_days)
    metadata = index.metadata
    ages = (source_status(source, today, limit) for source in metadata.sources)
    return DataFacts(
        version=metadata.version,
        kev=metadata.kev,
        epss=metadata.epss,
        ecosystems=tuple(sorted(metadata.ecosystems)),
        stale=tuple(f"{age.source.name} {age.newest or 'of no date'}" for age in ages if age.stale),
    )


def _plain(value: Any) -> Any:
    """``value`` as JSON values of valid text; what is no text in it becomes a question mark."""
    match value:
        case str():
            return str(value).encode("utf-8", "replace").decode()
        case Decimal():
            return str(value)
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list() | tuple():
            return _plain_list(value)
        case _:
            return value


def _plain_list(values: Iterable[Any]) -> list[Any]:
    return [_plain(value) for value in values]
