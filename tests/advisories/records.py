"""OSV records and feed folders for tests."""

import json
import os
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from workers.advisories.index import Index, ensure_index

Json = dict[str, Any]
SHARED = Path(os.environ.get("AUDIT_SHARED", Path(__file__).parents[3] / "shared"))
needs_shared_data = pytest.mark.skipif(
    not (SHARED / "data" / "PyPI" / "all.zip").exists(),
    reason="the shared advisory data is not here (AUDIT_SHARED)",
)


def events(*pairs: str) -> list[Json]:
    """``introduced=0``, ``fixed=1.2`` … as the events of a range."""
    return [dict([pair.split("=", 1)]) for pair in pairs]


def affected(
    package: str = "left-pad",
    ecosystem: str = "PyPI",
    *,
    ranges: Iterable[Iterable[str]] = (),
    versions: Iterable[str] = (),
    kind: str = "ECOSYSTEM",
) -> Json:
    """One entry of ``affected``; each range is a list of ``introduced=0``-like texts."""
    return {
        "package": {"ecosystem": ecosystem, "name": package},
        "ranges": [{"type": kind, "events": events(*pairs)} for pairs in ranges],
        "versions": list(versions),
    }


def record(identifier: str = "PYSEC-2020-1", *blocks: Json, **more: Any) -> Json:
    """One OSV record; left-pad before 1.2 when no block is given."""
    return {
        "schema_version": "1.4.0",
        "id": identifier,
        "modified": "2026-01-02T00:00:00Z",
        "published": "2020-02-03T00:00:00Z",
        "aliases": [],
        "affected": list(blocks) or [affected(ranges=[["introduced=0", "fixed=1.2"]])],
        **more,
    }


def write_dump(folder: Path, ecosystem: str, records: Iterable[Json]) -> Path:
    """``records`` as ``<Ecosystem>/all.zip`` below ``folder``."""
    place = folder / ecosystem / "all.zip"
    place.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as dump:
        for entry in records:
            dump.writestr(f"{entry['id']}.json", json.dumps(entry))
    return place


def write_feeds(
    folder: Path,
    *records: Json,
    ecosystem: str = "PyPI",
    kev: Iterable[str] = (),
    epss: Mapping[str, float] | None = None,
) -> Path:
    """A whole folder of feeds; gives ``folder``."""
    write_dump(folder, ecosystem, records)
    (folder / "kev").mkdir(exist_ok=True)
    flaws = [{"cveID": cve, "dateAdded": "2024-05-06"} for cve in kev]
    catalog = {"dateReleased": "2026-01-03T10:00:00.000Z", "vulnerabilities": flaws}
    (folder / "kev" / "known.json").write_text(json.dumps(catalog))
    (folder / "epss").mkdir(exist_ok=True)
    lines = [f"{cve},{score},0.5" for cve, score in (epss or {}).items()]
    head = ["#model_version:v1,score_date:2026-01-04T00:00:00Z", "cve,epss,percentile"]
    (folder / "epss" / "scores.csv").write_text("\n".join([*head, *lines]) + "\n")
    return folder


def index_of(tmp_path: Path, *records: Json, **more: Any) -> Index:
    """An open index of ``records``; see `write_feeds`."""
    return Index.open(
        ensure_index(write_feeds(tmp_path / "feeds", *records, **more), tmp_path / "cache")
    )
