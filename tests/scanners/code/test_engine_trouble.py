"""When the engine crashes, changes its interface or is not there."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.domain.scan import Completed, Failed, GapReason, ScanReport
from tests.scanners.code.pack import a_pack
from tests.scanners.place import ENGINES, RecordingBox, material
from workers.scanners.code.cache import NoCache
from workers.scanners.code.scanner import CodeScanner
from workers.scanners.engines import Engines

pytestmark = pytest.mark.integration

BODY = "def f(x):\n    return eval(x)\n"
CRASHING = """#!{python}
import json, os, signal, sys
targets = json.load(open(sys.argv[sys.argv.index("-targets") + 1]))[1]
if any("POISON" in open(target[1]["path"]["fpath"]).read() for target in targets):
    os.kill(os.getpid(), signal.SIGSEGV)
os.execv("{core}", ["{core}", *sys.argv[1:]])
"""
NEW_INTERFACE = """#!{python}
import os, sys
if sys.argv[1:2] == ["scan"]:
    os.execv("{core}", ["osemgrep", *sys.argv[1:]])
print('{{"a": "new form"}}')
"""
PASSING_OVER = """#!{python}
print('{{"version": "1", "results": [], "errors": [], "paths": {{"scanned": []}}}}')
"""


@dataclass(frozen=True)
class OtherCore(Engines):
    """The scanners' environment with another program as its engine."""

    core: Path = Path()

    @property
    def semgrep_core(self) -> Path:
        return self.core


async def scan(folder: Path, program: str, files: dict[str, str | bytes]) -> ScanReport:
    core = folder / "core"
    core.write_text(program.format(python=sys.executable, core=ENGINES.semgrep_core))
    core.chmod(0o755)
    root = folder / "material"
    root.mkdir()
    scanner = CodeScanner(
        engines=OtherCore(ENGINES.venv, core),
        box=RecordingBox(),
        pack=a_pack(folder),
        cache=NoCache(),
    )
    return await scanner.scan(material(root, head=files))


async def test_a_file_that_crashes_the_engine_costs_only_itself(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"{n}.py": f"# {n}\n{BODY}" for n in range(10)}
    report = await scan(tmp_path, CRASHING, {**files, "bad.py": BODY + "# POISON\n"})
    assert isinstance(report.state, Completed)
    assert {sighting.path for sighting in report.sightings} == set(files)
    assert [(gap.path, gap.reason) for gap in report.gaps] == [("bad.py", GapReason.ENGINE)]
    assert "crashed" in report.gaps[0].why


async def test_a_new_interface_is_answered_by_the_front_end(tmp_path: Path) -> None:
    report = await scan(
        tmp_path, NEW_INTERFACE, {"a.py": BODY, "run": "#!/usr/bin/python3\n" + BODY}
    )
    assert isinstance(report.state, Completed)
    assert {sighting.path for sighting in report.sightings} == {"a.py", "run"}
    assert report.gaps == ()


async def test_a_file_the_engine_passes_over_is_not_taken_for_read(tmp_path: Path) -> None:
    report = await scan(tmp_path, PASSING_OVER, {"a.py": BODY})
    assert [(gap.path, gap.reason) for gap in report.gaps] == [("a.py", GapReason.ENGINE)]
    assert report.analysed == frozenset()


async def test_an_engine_that_answers_in_no_known_form_is_a_failure(tmp_path: Path) -> None:
    report = await scan(tmp_path, "#!{python}\nprint('hello')\n", {"a.py": BODY})
    assert isinstance(report.state, Failed)
    assert "not of the known form" in report.state.why
