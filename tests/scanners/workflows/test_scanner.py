"""The workflows scanner with the real zizmor."""

from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.facts import WorkflowFacts
from app.domain.scan import (
    Completed,
    Failed,
    GapClass,
    GapReason,
    ScanReport,
    Side,
    Sighting,
    WorkflowIdentity,
)
from tests.scanners.place import ENGINES, AnsweringBox, RecordingBox, material
from workers.box.job import Box, Exited, Killed
from workers.scanners.workflows.scanner import WorkflowsScanner, kind_of
from workers.scanners.workflows.wire import FileKind

pytestmark = pytest.mark.integration

RISKY = """name: risky
on: pull_request_target
permissions: {}
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          ref: ${{ github.event.pull_request.head.sha }}
      - run: echo ${{ github.event.pull_request.title }} # zizmor: ignore[template-injection]
"""
CI = ".github/workflows/ci.yml"


async def scan(folder: Path, box: Box | None = None, **sides: dict[str, str | bytes]) -> ScanReport:
    root = folder / "material"
    root.mkdir()
    scanner = WorkflowsScanner(engines=ENGINES, box=box or RecordingBox())
    return await scanner.scan(material(root, **sides))


def by_rule(report: ScanReport) -> dict[str, Sighting]:
    return {sighting.rule.removeprefix("workflow-"): sighting for sighting in report.sightings}


def severity(sighting: Sighting) -> Decimal:
    assert isinstance(sighting.facts, WorkflowFacts)
    return sighting.facts.severity


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (CI, FileKind.WORKFLOW),
        (".github/workflows/CI.YAML", FileKind.WORKFLOW),
        ("action.yml", FileKind.ACTION),
        ("tools/setup/action.yaml", FileKind.ACTION),
        (".github/dependabot.yml", FileKind.DEPENDABOT),
        (".github/workflows/deep/ci.yml", None),
        ("docs/.github/workflows/ci.yml", None),
        ("reaction.yml", None),
    ],
)
def test_files_are_known_by_the_path_that_github_reads(path: str, kind: FileKind | None) -> None:
    assert kind_of(path) is kind


async def test_an_injection_is_found_although_a_comment_asks_to_ignore_it(tmp_path: Path) -> None:
    found = by_rule(await scan(tmp_path, head={CI: RISKY}))
    injection = found["template-injection"]
    assert (injection.line, injection.suppressed) == (11, True)
    assert severity(injection) == 9
    assert injection.identity == WorkflowIdentity("jobs.build.steps[1].run")
    assert not found["unpinned-uses"].suppressed


async def test_a_dangerous_trigger_weighs_more_with_a_checkout_of_the_head(tmp_path: Path) -> None:
    harmless = RISKY.replace("head.sha", "base.sha")
    report = await scan(tmp_path, head={CI: RISKY, ".github/workflows/label.yml": harmless})
    trigger = {each.path: severity(each) for each in report.sightings if "dangerous" in each.rule}
    assert trigger == {CI: Decimal("8.5"), ".github/workflows/label.yml": Decimal("5.5")}


async def test_composite_actions_and_dependabot_are_read(tmp_path: Path) -> None:
    action = (
        "name: a\ndescription: b\nruns:\n  using: composite\n  steps:\n"
        "    - uses: actions/setup-node@v4\n"
    )
    dependabot = (
        "version: 2\nupdates:\n  - package-ecosystem: pip\n    directory: /\n"
        "    schedule: {interval: daily}\n    insecure-external-code-execution: allow\n"
    )
    files: dict[str, str | bytes] = {"a/action.yml": action, ".github/dependabot.yml": dependabot}
    report = await scan(tmp_path, head=files)
    assert {"unpinned-uses", "dependabot-execution"} <= set(by_rule(report))
    assert report.analysed == {(Side.HEAD, path) for path in files}


async def test_a_broken_workflow_is_named_and_hides_no_other(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        CI: RISKY,
        ".github/workflows/broken.yml": "on: [",
        ".github/workflows/odd.yml": "just text",
        ".github/workflows/wide.yml": RISKY.encode("utf-16"),
    }
    report = await scan(tmp_path, head=files)
    assert isinstance(report.state, Completed)
    assert {gap.path: (gap.grade, gap.reason) for gap in report.gaps} == {
        ".github/workflows/broken.yml": (GapClass.UNREADABLE, GapReason.PARSE_FAILURE),
        ".github/workflows/odd.yml": (GapClass.UNREADABLE, GapReason.PARSE_FAILURE),
    }
    injected = {each.path for each in report.sightings if "injection" in each.rule}
    assert injected == {CI, ".github/workflows/wide.yml"}


async def test_nothing_to_read_starts_nothing(tmp_path: Path) -> None:
    box = RecordingBox()
    report = await scan(tmp_path, box, head={"a.py": "x"}, history={CI: RISKY})
    assert isinstance(report.state, Completed)
    assert box.jobs == []


@pytest.mark.parametrize(
    "outcome", [Killed("ran too long", 30.0), Exited(1, b"", b"", 0.1), Exited(0, b"[]", b"", 0.1)]
)
async def test_a_reader_that_does_not_answer_fails_the_scanner(
    tmp_path: Path, outcome: Exited | Killed
) -> None:
    report = await scan(tmp_path, AnsweringBox([outcome]), head={CI: RISKY})
    assert isinstance(report.state, Failed)
    assert [gap.path for gap in report.gaps] == [CI]
