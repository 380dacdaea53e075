"""Reading one manifest text in tests."""

from workers.scanners.dependencies.manifests.manifest import Dependency, Manifest, Source
from workers.scanners.dependencies.recognise import recognised


def read(path: str, text: str | bytes, **beside: str) -> Manifest:
    """What the reader for ``path`` makes of ``text``; ``beside`` are files next to it, ``_`` for a dot.

    pip-audit's confirmation is left to the boxed tests: it is installed for the scanners only.
    """
    found = recognised(path)
    assert found is not None
    data = text.encode() if isinstance(text, str) else text
    neighbours = {name.replace("_", "."): content.encode() for name, content in beside.items()}
    return found.reader()(Source(path, data, neighbours.get, confirm=False))


def pins(manifest: Manifest) -> list[tuple[str, str, int]]:
    """Name, version and line of each dependency."""
    return [(entry.name, entry.version, entry.line) for entry in manifest.dependencies]


def named(manifest: Manifest, name: str) -> Dependency:
    """The one dependency called ``name``."""
    (found,) = [entry for entry in manifest.dependencies if entry.name == name]
    return found


def gaps(manifest: Manifest) -> list[tuple[int, str]]:
    """Line and reason of each entry that has no version to look up."""
    unread = [(entry.line, entry.why) for entry in manifest.unread]
    return unread + [(entry.line, entry.why) for entry in manifest.unpinned]
