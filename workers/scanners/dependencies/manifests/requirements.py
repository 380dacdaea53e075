"""Requirements files: read as pip reads them, with pip's own parser as a library, and line-exact.

Nothing is resolved, included or fetched: options, includes, paths and addresses are only named.
"""

import re
import tempfile
from pathlib import Path
from typing import Any, Final

from app.domain.scan import GapReason
from workers.scanners.dependencies.manifests.document import decoded
from workers.scanners.dependencies.manifests.manifest import (
    Dependency,
    Include,
    Manifest,
    ManifestError,
    Source,
    Unpinned,
    Unread,
)
from workers.scanners.dependencies.manifests.pins import exact_version
from workers.scanners.dependencies.manifests.pip_audit_source import confirmed_requirements

_SIMPLE: Final = re.compile(
    r"\s*[A-Za-z0-9][\w.-]*\s*(?:\[[\w\s.,-]*\])?\s*==\s*(?P<version>[^\s;#,*]+)\s*(?:[;#].*)?"
)
"""A line on which the version is all there is to change: no hash, no continuation."""
_INDEX_OPTIONS: Final = frozenset(
    {"index_url", "extra_index_urls", "find_links", "no_index", "trusted_hosts"}
)


def read(source: Source) -> Manifest:
    """Read one requirements (or constraints) file."""
    text = decoded(source.data)
    lines = _Lines(text)
    parsed = _parse(lines.text)
    entries = [_entry(requirement, lines) for requirement in parsed.requirements]
    dependencies = tuple(entry for entry in entries if isinstance(entry, Dependency))
    unread = [entry for entry in entries if isinstance(entry, Unread)]
    unread += [_invalid(line, lines) for line in parsed.invalid_lines]
    unread += [note for option in parsed.options for note in _index_notes(option, lines)]
    unread += confirmed_requirements(dependencies) if source.confirm else []
    return Manifest(
        dependencies=dependencies,
        unread=tuple(sorted(unread, key=lambda entry: entry.line)),
        unpinned=tuple(entry for entry in entries if isinstance(entry, Unpinned)),
        includes=tuple(
            include for option in parsed.options for include in _includes(option, lines)
        ),
    )


class _Lines:
    """The lines as pip counts them (`str.splitlines`), and as everyone else does (line feeds).

    A line separator such as U+2028 begins a new line for pip alone: what hides behind one in a
    comment is installed.
    """

    def __init__(self, text: str) -> None:
        self._theirs = text.splitlines()
        self._ours = []
        line = 1
        for piece in text.splitlines(keepends=True):
            self._ours.append(line)
            line += piece.count("\n") or (piece.endswith("\r") and 1) or 0
        self.text = "\n".join(self._theirs) + "\n"

    def place(self, number: int) -> int:
        """Our number of pip's line ``number``."""
        return self._ours[number - 1] if 0 < number <= len(self._ours) else 0

    def end(self, number: int) -> int:
        """Our number of the last line that pip joins to its line ``number``."""
        last = number
        while last < len(self._theirs) and self._theirs[last - 1].endswith("\\"):
            last += 1
        return self.place(last)

    def alone(self, number: int) -> str | None:
        """The text of pip's line ``number`` when it stands alone on ours and on one line."""
        mine = self.place(number)
        if self.end(number) != mine or self._ours.count(mine) != 1:
            return None
        return self._theirs[number - 1]


def _parse(text: str) -> Any:
    """The file as pip's parser sees it, which reads from files only."""
    from pip_requirements_parser import RequirementsFile

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "requirements.txt"
        copy.write_bytes(b"\xef\xbb\xbf" + text.encode())
        try:
            return RequirementsFile.from_file(str(copy))
        except Exception as error:  # its parser raises plain Exception, and whatever optparse does
            why = f"pip's parser refuses it: {str(error)[:120]}"
            raise ManifestError(GapReason.PARSE_FAILURE, why) from error


def _entry(requirement: Any, lines: _Lines) -> Dependency | Unpinned | Unread:
    number = requirement.requirement_line.line_number
    line, end = lines.place(number), lines.end(number)
    if requirement.is_editable or requirement.req is None or requirement.is_url:
        return Unread(
            line, end, GapReason.UNPINNED, f"{_nature(requirement)}: it has no version to look up"
        )
    version = exact_version(str(requirement.specifier))
    if version is None:
        return Unpinned(name=requirement.name, line=line, why=_why_unpinned(requirement))
    return Dependency(
        name=requirement.name,
        version=version,
        line=line,
        end_line=end,
        hashed=bool(requirement.hash_options),
        pin=_pin(lines.alone(number), version),
    )


def _nature(requirement: Any) -> str:
    if requirement.is_editable:
        return "an editable entry"
    if requirement.is_vcs_url:
        return "an entry from version control"
    return "an entry by address or path"


def _why_unpinned(requirement: Any) -> str:
    wanted = str(requirement.specifier)[:100] or "any version"
    return f"{requirement.name[:100]} is not pinned to one version ({wanted})"


def _pin(text: str | None, version: str) -> str | None:
    if text is None or len(text) > 500:
        return None
    found = _SIMPLE.fullmatch(text)
    return text if found is not None and found["version"] == version else None


def _invalid(line: Any, lines: _Lines) -> Unread:
    number = line.requirement_line.line_number
    why = "not a requirement pip would read"
    return Unread(lines.place(number), lines.end(number), GapReason.PARTIAL_PARSE, why)


def _index_notes(option: Any, lines: _Lines) -> list[Unread]:
    number = option.requirement_line.line_number
    names = sorted(_INDEX_OPTIONS & set(option.options))
    why = "packages may come from elsewhere than the public index ({})"
    return [
        Unread(lines.place(number), lines.end(number), GapReason.UNPINNED, why.format(name))
        for name in names
    ]


def _includes(option: Any, lines: _Lines) -> list[Include]:
    line = lines.place(option.requirement_line.line_number)
    return [
        Include(line, str(path), constraint)
        for key, constraint in (("requirements", False), ("constraints", True))
        for path in option.options.get(key, ())
    ]
