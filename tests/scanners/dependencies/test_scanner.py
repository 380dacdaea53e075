"""The whole dependency scanner, with its reader run for real and the demo's advisories."""

import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.facts import DependencyFacts, Reach
from app.domain.lens import Category
from app.domain.scan import (
    Completed,
    DependencyIdentity,
    Failed,
    Gap,
    GapClass,
    GapReason,
    Material,
    ScanReport,
    Side,
    Sighting,
    Target,
)
from demo.advisories import write_dump
from tests.advisories.records import SHARED
from tests.scanners.dependencies.boxes import (
    ScannerPython,
    ScriptedBox,
    UnboxedReader,
    needs_scanners,
    nothing_found,
    out_of_time,
)
from workers.advisories.index import ensure_index
from workers.box.job import Box, Exited, Outcome
from workers.scanners.dependencies.scanner import DependencyScanner

TODAY = date(2026, 8, 20)
pytestmark = pytest.mark.integration
EVIL = SHARED / "engines" / "make_evil_sdist.py"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("advisories")
    return ensure_index(write_dump(folder / "feeds"), folder / "cache")


class Files:
    """Builds the material of a scan file by file."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.targets: list[Target] = []

    def add(
        self,
        path: str,
        content: str | bytes,
        side: Side = Side.HEAD,
        *,
        changed: bool = True,
        size: int | None = None,
    ) -> "Files":
        data = content.encode() if isinstance(content, str) else content
        name = f"{len(self.targets):04}"
        (self.root / name).write_bytes(data)
        self.targets.append(
            Target(
                side=side, path=path, blob="0" * 40, size=len(data) if size is None else size,
                file=name, changed=changed,
            )
        )  # fmt: skip
        return self

    @property
    def material(self) -> Material:
        return Material(self.root, tuple(self.targets))


@pytest.fixture
def files(tmp_path: Path) -> Files:
    root = tmp_path / "material"
    root.mkdir()
    return Files(root)


async def scan(
    files: Files, index: Path | None, box: Box | None = None, today: date = TODAY
) -> ScanReport:
    scanner = DependencyScanner(
        engines=ScannerPython(), box=box or UnboxedReader(), index=index, today=today
    )
    return await scanner.scan(files.material)


def by_rule(report: ScanReport) -> dict[str, Sighting]:
    return {sighting.rule: sighting for sighting in report.sightings}


def told(report: ScanReport) -> list[tuple[str, GapClass, GapReason]]:
    return [(gap.path, gap.grade, gap.reason) for gap in report.gaps]


@needs_scanners
async def test_a_vulnerable_pin_is_seen_with_all_that_is_known(files: Files, index: Path) -> None:
    files.add("requirements.txt", "# web\nJinja2==2.10  # old\nattrs==25.1.0\n")
    report = await scan(files, index)
    assert report.state == Completed()
    assert report.analysed == {(Side.HEAD, "requirements.txt")}
    assert set(by_rule(report)) == {"CVE-2019-10906", "CVE-2024-22195"}
    seen = by_rule(report)["CVE-2019-10906"]
    assert seen.category is Category.DEPENDENCY
    assert (seen.side, seen.path, seen.line) == (Side.HEAD, "requirements.txt", 2)
    assert seen.identity == DependencyIdentity("PyPI", "jinja2", "CVE-2019-10906")
    assert seen.title == "Jinja2 2.10: sandbox escape through str.format_map (CVE-2019-10906)"
    assert seen.fix == "Update Jinja2 to 3.1.3."
    assert seen.suggestion == "Jinja2==3.1.3  # old"
    assert seen.aliases == ("CVE-2019-10906", "GHSA-462w-v97r-4m45", "PYSEC-2019-217")
    assert seen.facts == DependencyFacts(
        score=Decimal("8.6"),
        vector="CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N",
        word=None,
        epss=Decimal("0.03633"),
        known_exploited=False,
        published=date(2019, 4, 7),
        reach=Reach.UNKNOWN,
    )
    assert seen.details["installed"] == "2.10"
    assert seen.references[0] == "https://osv.dev/vulnerability/PYSEC-2019-217"


@needs_scanners
async def test_both_sides_are_seen_and_the_domain_decides_what_is_new(
    files: Files, index: Path
) -> None:
    files.add("requirements.txt", "pillow==9.5.0\n")
    files.add("requirements.txt", "pillow==9.4.0\n", Side.BASE)
    report = await scan(files, index)
    assert {s.side for s in report.sightings} == {Side.HEAD, Side.BASE}
    assert {(c.side, c.purl) for c in report.components} == {
        (Side.HEAD, "pkg:pypi/pillow@9.5.0"),
        (Side.BASE, "pkg:pypi/pillow@9.4.0"),
    }
    assert all(
        isinstance(s.facts, DependencyFacts) and s.facts.known_exploited for s in report.sightings
    )


@needs_scanners
async def test_an_unchanged_manifest_is_only_for_the_components(files: Files, index: Path) -> None:
    files.add("requirements.txt", "pillow==9.5.0\nflask\n", changed=False)
    report = await scan(files, index)
    assert (report.sightings, report.gaps) == ((), ())
    assert [component.name for component in report.components] == ["pillow"]
    assert report.analysed == {(Side.HEAD, "requirements.txt")}


@needs_scanners
async def test_three_ecosystems_at_once(files: Files, index: Path) -> None:
    lock = {
        "lockfileVersion": 3,
        "packages": {
            "": {"devDependencies": {"mocha": "*"}},
            "node_modules/mocha": {
                "version": "9.0.0",
                "dev": True,
                "dependencies": {"minimist": "*"},
            },
            "node_modules/minimist": {"version": "1.2.5", "dev": True},
            "node_modules/@scope/a": {"version": "1.0.0"},
        },
    }
    files.add("web/package-lock.json", json.dumps(lock, indent=1))
    files.add("go.mod", "module m\n\ngo 1.20\n\nrequire golang.org/x/text v0.3.7 // indirect\n")
    files.add("requirements.txt", "pyyaml==5.3\n")
    report = await scan(files, index)
    assert set(by_rule(report)) == {"CVE-2021-44906", "CVE-2022-32149", "CVE-2020-14343"}
    minimist = by_rule(report)["CVE-2021-44906"]
    assert isinstance(minimist.facts, DependencyFacts)
    assert minimist.facts.reach is Reach.DEVELOPMENT
    assert (minimist.details["via"], minimist.details["direct"]) == ("mocha", "no")
    assert minimist.cwe == ("CWE-1321",)
    assert by_rule(report)["CVE-2022-32149"].fix == "Update golang.org/x/text to v0.3.8."
    assert {component.purl for component in report.components} >= {
        "pkg:npm/%40scope/a@1.0.0",
        "pkg:golang/golang.org/x/text@v0.3.7",
    }


@needs_scanners
async def test_one_flaw_of_two_versions_in_one_lock_is_one_sighting(
    files: Files, index: Path
) -> None:
    packages = {
        "node_modules/minimist": {"version": "1.2.5", "dev": True},
        "node_modules/a/node_modules/minimist": {"version": "0.0.8"},
    }
    files.add(
        "package-lock.json", json.dumps({"lockfileVersion": 3, "packages": packages}, indent=1)
    )
    (seen,) = (await scan(files, index)).sightings
    assert seen.details["installed"] == "1.2.5, 0.0.8"
    assert seen.fix == "Update minimist: 1.2.5 to 1.2.6, 0.0.8 to 0.2.4."
    assert isinstance(seen.facts, DependencyFacts)
    assert seen.facts.reach is Reach.UNKNOWN


@needs_scanners
async def test_an_include_is_followed_among_the_targets_and_a_missing_one_is_a_gap(
    files: Files, index: Path
) -> None:
    files.add(
        "app/requirements.txt", "-r ../deps/base.txt\n-c pins.txt\n-r gone.txt\nurllib3\nflask\n"
    )
    files.add("deps/base.txt", "pyyaml==5.3\n")
    files.add("app/pins.txt", "urllib3==2.0.5\n")
    report = await scan(files, index)
    assert {(s.path, s.rule) for s in report.sightings} == {
        ("deps/base.txt", "CVE-2020-14343"),
        ("app/pins.txt", "CVE-2023-43804"),
    }
    assert [(gap.line, gap.grade, gap.reason) for gap in report.gaps] == [
        (3, GapClass.PARTIAL, GapReason.UNPINNED),
        (5, GapClass.PARTIAL, GapReason.UNPINNED),
    ]


@needs_scanners
async def test_files_that_include_each_other_end(files: Files, index: Path) -> None:
    files.add("requirements.txt", "-r requirements-dev.txt\npyyaml==5.3\n")
    files.add("requirements-dev.txt", "-r requirements.txt\n-r requirements-dev.txt\n")
    assert len((await scan(files, index)).sightings) == 1


@needs_scanners
async def test_an_entry_without_a_version_never_stops_the_rest(files: Files, index: Path) -> None:
    lines = [
        "flask>=1",
        "-e .",
        "pillow==nine",
        "what is this",
        "git+https://x.example/y",
        "pyyaml==5.3",
    ]
    files.add("requirements.txt", "\n".join(lines))
    report = await scan(files, index)
    assert set(by_rule(report)) == {"CVE-2020-14343"}
    assert [gap.line for gap in report.gaps] == [1, 2, 3, 4, 5]
    assert {gap.grade for gap in report.gaps} == {GapClass.PARTIAL}
    assert (Side.HEAD, "requirements.txt") in report.analysed


@needs_scanners
async def test_very_many_entries_without_a_version_are_told_together(
    files: Files, index: Path
) -> None:
    files.add("requirements.txt", "".join(f"package-{n}\n" for n in range(1000)))
    report = await scan(files, index)
    assert len(report.gaps) == 201
    assert (report.gaps[-1].line, report.gaps[-1].end_line) == (201, 1000)
    assert report.gaps[-1].why.startswith("800 further entries")


@needs_scanners
async def test_every_manifest_that_cannot_be_read_is_named(files: Files, index: Path) -> None:
    files.add("package-lock.json", "{")
    files.add("uv.lock", "version = 1\n", size=(16 << 20) + 1)
    files.add("poetry.lock", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n")
    files.add("requirements.txt", b"\xff\xfe\x00")
    files.add("yarn.lock", "# yarn lockfile v1\n")
    files.add("old/yarn.lock", "# yarn lockfile v1\n", changed=False)
    report = await scan(files, index)
    assert sorted(told(report)) == sorted([
        ("package-lock.json", GapClass.UNREADABLE, GapReason.PARSE_FAILURE),
        ("uv.lock", GapClass.UNREADABLE, GapReason.TOO_LARGE),
        ("poetry.lock", GapClass.UNREADABLE, GapReason.LFS_POINTER),
        ("requirements.txt", GapClass.UNREADABLE, GapReason.UNDECODABLE),
        ("yarn.lock", GapClass.UNREADABLE, GapReason.UNSUPPORTED),
        ("old/yarn.lock", GapClass.PARTIAL, GapReason.UNSUPPORTED),
    ])  # fmt: skip
    assert report.analysed == frozenset()


@needs_scanners
async def test_without_advisories_the_scan_failed_and_the_components_are_there(
    files: Files,
) -> None:
    files.add("requirements.txt", "pillow==9.5.0\n")
    report = await scan(files, None)
    assert isinstance(report.state, Failed)
    assert "audit advisories update" in report.state.why
    assert [component.purl for component in report.components] == ["pkg:pypi/pillow@9.5.0"]
    assert report.analysed == frozenset()


async def test_without_advisories_and_without_manifests_there_is_nothing_to_fail(
    files: Files,
) -> None:
    report = await scan(files.add("main.py", "print(1)\n"), None)
    assert (report.state, report.gaps, report.analysed) == (Completed(), (), frozenset())


@needs_scanners
async def test_an_ecosystem_without_advisories_is_never_clean(files: Files, tmp_path: Path) -> None:
    feeds = write_dump(tmp_path / "feeds")
    (feeds / "npm" / "all.zip").unlink()
    lock = {"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0"}}}
    files.add("package-lock.json", json.dumps(lock)).add("requirements.txt", "attrs==25.1.0\n")
    report = await scan(files, ensure_index(feeds, tmp_path / "cache"))
    assert report.gaps == (
        Gap(
            scanner="dependencies", side=Side.HEAD, path="package-lock.json", grade=GapClass.UNREADABLE,
            reason=GapReason.ENGINE, why="no npm advisories are loaded",
        ),
    )  # fmt: skip
    assert report.analysed == {(Side.HEAD, "requirements.txt")}


@needs_scanners
async def test_data_versions_are_told_and_old_data_is_named(files: Files, index: Path) -> None:
    files.add("requirements.txt", "attrs==25.1.0\n")
    versions = (await scan(files, index)).data_versions
    assert (versions["kev"], versions["epss"]) == ("2025-08-25", "2026-08-16")
    assert "kev 2025-08-25" in versions["old data"]
    assert "epss" not in versions["old data"]
    assert (
        "epss 2026-08-16"
        in (await scan(files, index, today=date(2026, 9, 1))).data_versions["old data"]
    )


@needs_scanners
async def test_a_path_that_is_not_text_is_kept_as_it_is(files: Files, index: Path) -> None:
    path = b"caf\xe9/requirements.txt".decode("utf-8", "surrogateescape")
    files.add(path, "pyyaml==5.3\n")
    (seen,) = (await scan(files, index)).sightings
    assert seen.path == path


@needs_scanners
async def test_names_made_to_confuse_are_entries_and_nothing_more(
    files: Files, index: Path
) -> None:
    packages = {
        "node_modules/\ud800": {"version": "1.0.0"},
        "node_modules/a\n::error::b": {"version": "1.0.0"},
        "node_modules/minimist": {"version": "1.2.5"},
    }
    files.add("package-lock.json", json.dumps({"lockfileVersion": 3, "packages": packages}))
    report = await scan(files, index)
    assert [component.name for component in report.components] == ["minimist"]
    assert len(report.sightings) == 1
    assert len(report.gaps) == 2


@needs_scanners
async def test_pylock_is_read_with_pip_audits_reader(files: Files, index: Path) -> None:
    text = 'lock-version = "1.0"\n[[packages]]\nname = "pyyaml"\nversion = "5.3"\n'
    report = await scan(files.add("pylock.toml", text), index)
    assert set(by_rule(report)) == {"CVE-2020-14343"}
    assert report.gaps == ()


@needs_scanners
@pytest.mark.skipif(not EVIL.exists(), reason="the script that makes hostile packages is not here")
async def test_nothing_a_requirements_file_names_is_ever_run(
    files: Files, index: Path, tmp_path: Path
) -> None:
    place = tmp_path / "evil"
    place.mkdir()
    subprocess.run([sys.executable, str(EVIL), str(place)], check=True)
    for path in sorted(place.glob("req_*.txt")):
        files.add(f"{path.stem}/requirements.txt", path.read_bytes())
    report = await scan(files, index)
    assert not (place / "EXECUTED").exists()
    assert {gap.path.split("/")[0] for gap in report.gaps} == {
        "req_sdist", "req_dir", "req_editable", "req_findlinks", "req_include",
    }  # fmt: skip
    assert {component.name for component in report.components} == {"evil", "jinja2"}


async def test_one_manifest_that_takes_too_long_costs_only_itself(
    files: Files, index: Path
) -> None:
    for name in "abcd":
        files.add(f"{name}/go.sum", "")

    def answer(paths: list[str]) -> Outcome:
        return out_of_time() if "c/go.sum" in paths else nothing_found()

    box = ScriptedBox(answer)
    report = await scan(files, index, box)
    assert told(report) == [("c/go.sum", GapClass.UNREADABLE, GapReason.TIMEOUT)]
    assert box.asked[-1] == ["d/go.sum"]


@pytest.mark.parametrize(
    "stdout",
    [
        b"", b"{}", b"[]", b"\xff", b'{"read": 1, "unread": [], "flaws": [], "data": null}',
        b'{"read": [], "unread": [{"file": 7, "reason": "timeout", "why": ""}], "flaws": [], "data": null}',
        b'{"read": [], "unread": [{"file": 0, "reason": "of no kind", "why": ""}], "flaws": [], "data": null}',
    ],
)  # fmt: skip
async def test_an_answer_that_is_none_is_not_believed(
    files: Files, index: Path, stdout: bytes
) -> None:
    files.add("go.sum", "")
    report = await scan(files, index, ScriptedBox(lambda _: Exited(0, stdout, b"", 0.0)))
    assert told(report) == [("go.sum", GapClass.UNREADABLE, GapReason.ENGINE)]
    assert report.analysed == frozenset()


async def test_a_reader_that_fails_is_a_gap(files: Files, index: Path) -> None:
    files.add("go.sum", "")
    report = await scan(files, index, ScriptedBox(lambda _: Exited(1, b"", b"Traceback", 0.0)))
    assert told(report) == [("go.sum", GapClass.UNREADABLE, GapReason.ENGINE)]


async def test_nothing_is_run_when_there_is_no_manifest(files: Files, index: Path) -> None:
    box = ScriptedBox(lambda _: nothing_found())
    await scan(files.add("main.py", ""), index, box)
    assert box.asked == []
