"""A handful of advisories for the demo, and their packing into the layout of the public dumps."""

import shutil
import zipfile
from pathlib import Path
from typing import Final

RECORDS: Final = Path(__file__).parent
ECOSYSTEMS: Final = ("Go", "PyPI", "npm")
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip archive can hold: the same records give the same bytes."""


def write_dump(folder: Path) -> Path:
    """Write the records below ``folder`` as ``<Ecosystem>/all.zip``, ``kev/`` and ``epss/``; give ``folder``."""
    for ecosystem in ECOSYSTEMS:
        _pack(RECORDS / ecosystem, folder / ecosystem)
    for name in ("kev", "epss"):
        shutil.copytree(RECORDS / name, folder / name, dirs_exist_ok=True)
    return folder


def _pack(source: Path, place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(place / "all.zip", "w", zipfile.ZIP_DEFLATED) as dump:
        for record in sorted(source.glob("*.json")):
            dump.writestr(zipfile.ZipInfo(record.name, _EPOCH), record.read_bytes())
