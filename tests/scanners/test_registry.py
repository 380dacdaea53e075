"""The scanners of an audit, run together on one material."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from app.domain.scan import Failed, Material, ScanReport
from tests.scanners.place import ENGINES, material, shared
from workers.box.choose import strongest_box
from workers.box.readable import let_boxed_read
from workers.scanners.registry import standard_scanners
from workers.scanners.run import run_scanners

pytestmark = pytest.mark.integration


async def audited(folder: Path, given: Material) -> dict[str, ScanReport]:
    let_boxed_read(given.root)
    scanners = standard_scanners(
        engines=ENGINES,
        box=await strongest_box(),
        cache=folder / "cache",
        advisories=None,
        secret_key=b"k" * 32,
        today=date(2026, 1, 5),
    )
    reports = await run_scanners(scanners, given, lambda report: None)
    return {report.scanner: report for report in reports}


async def test_the_four_of_them_run_in_the_strongest_box(tmp_path: Path) -> None:
    root = tmp_path / "material"
    root.mkdir()
    files: dict[str, str | bytes] = {
        "shop/app.py": "def f(x):\n    return eval(x)\n",
        ".github/workflows/ci.yml": "on: push\njobs: {a: {runs-on: x, steps: [{uses: a/b@v1}]}}\n",
        "requirements.txt": "flask==1.0\n",
    }
    reports = await audited(tmp_path, material(root, head=files))
    assert list(reports) == ["code", "secrets", "dependencies", "workflows"]
    assert [sighting.path for sighting in reports["code"].sightings] == ["shop/app.py"]
    assert reports["secrets"].sightings == ()
    assert "workflow-unpinned-uses" in {each.rule for each in reports["workflows"].sightings}
    assert isinstance(reports["dependencies"].state, Failed)


@pytest.mark.slow
async def test_of_a_hostile_repository_every_file_is_found_or_named(tmp_path: Path) -> None:
    maker = shared("engines/make_hostile_repo.py")
    made = tmp_path / "made"
    said = subprocess.run(
        [sys.executable, maker, made, "--no-git"], check=True, capture_output=True
    )
    expected = {name.replace("\\xff", "\udcff") for name in json.loads(said.stdout)["expect"]}
    root = tmp_path / "material"
    root.mkdir()
    code = (await audited(tmp_path, material(root, head=regular_files(made))))["code"]
    found = {sighting.path for sighting in code.sightings}
    assert expected - found - {gap.path for gap in code.gaps} == set()
    assert len(found) >= 35


def regular_files(folder: Path) -> dict[str, str | bytes]:
    """What a fetch would hand over: neither links nor special files."""
    found: dict[str, str | bytes] = {}
    for inner, _, names in os.walk(os.fsencode(folder)):
        for name in names:
            path = os.path.join(inner, name)
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb") as file:
                    found[os.fsdecode(os.path.relpath(path, os.fsencode(folder)))] = file.read()
    return found
