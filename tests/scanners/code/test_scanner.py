"""The code scanner on real files with the real engine: nothing is hidden, nothing is lost."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.facts import CodeFacts
from app.domain.scan import (
    CodeIdentity,
    Completed,
    Failed,
    GapClass,
    GapReason,
    ScanReport,
    Side,
    Sighting,
)
from tests.scanners.code.pack import EVAL, TRACED, a_pack
from tests.scanners.place import ENGINES, AnsweringBox, RecordingBox, material
from workers.box.job import Box, Exited, Killed
from workers.scanners.code.cache import NoCache, ReadingCache, SqliteCache
from workers.scanners.code.scanner import CodeScanner

pytestmark = pytest.mark.integration

BODY = "def f(x):\n    return eval(x)\n"


def a_scanner(
    folder: Path, box: Box | None = None, cache: ReadingCache | None = None
) -> CodeScanner:
    return CodeScanner(
        engines=ENGINES, box=box or RecordingBox(), pack=a_pack(folder), cache=cache or NoCache()
    )


async def scan(folder: Path, box: Box | None = None, **sides: dict[str, str | bytes]) -> ScanReport:
    root = folder / "material"
    root.mkdir()
    return await a_scanner(folder, box).scan(material(root, **sides))


def identity(sighting: Sighting) -> CodeIdentity:
    assert isinstance(sighting.identity, CodeIdentity)
    return sighting.identity


async def test_every_trick_of_encoding_and_naming_is_seen_through(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "plain.py": BODY,
        "SHOUT.PY": BODY,
        "noext": "#!/usr/bin/env python3\n" + BODY,
        "wide.py": BODY.encode("utf-16"),
        "fold.py": "def f(x):\n    return ｅval(x)\n",
        "nul.py": b"\x00\n" + BODY.encode(),
        "cr.py": BODY.replace("\n", "\r"),
        "node_modules/dep.py": BODY,
        "half.py": BODY + "def g(:\n",
        "escape.js": r"function f(x) { return \u0065val(x) }",
        "Dockerfile": "FROM scratch\nUSER root\n",
        "bad\udcff.py": BODY,
    }
    report = await scan(tmp_path, head=files)
    assert isinstance(report.state, Completed)
    assert {sighting.path for sighting in report.sightings} == set(files)
    assert report.analysed == {(Side.HEAD, path) for path in files}
    assert report.version == "1.185.0"


async def test_a_suppression_by_the_author_is_reported_with_what_it_hides(tmp_path: Path) -> None:
    hidden = BODY.replace("eval(x)", "eval(x)  # nosemgrep: eval-use")
    (sighting,) = (await scan(tmp_path, head={"a.py": hidden})).sightings
    assert sighting.suppressed


async def test_what_is_said_comes_from_the_pack_and_never_from_the_repository(
    tmp_path: Path,
) -> None:
    (sighting,) = (await scan(tmp_path, head={"a.py": BODY})).sightings
    assert (sighting.title, sighting.message, sighting.fix) == (
        "eval-use",
        "eval-use was seen.",
        "Do not.",
    )
    assert sighting.cwe == ("CWE-95",)
    assert sighting.line == 2


async def test_a_flow_is_traced_and_outweighs_the_untraced_rule_of_its_family(
    tmp_path: Path,
) -> None:
    code = "def f(request):\n    x = request.args.get('q')\n    return eval(x)\n"
    (sighting,) = (await scan(tmp_path, head={"a.py": code})).sightings
    assert sighting.rule == "eval-traced"
    assert isinstance(sighting.facts, CodeFacts)
    assert sighting.facts.traced
    assert sighting.details == {"also seen by": "eval-use"}
    assert [step.line for step in sighting.trace] == [2, 2, 3]
    assert sighting.trace[0].text == "request.args.get('q')"


async def test_identity_survives_comments_whitespace_and_a_new_name(tmp_path: Path) -> None:
    before = "class A:\n    def old(self, x):\n        return eval(x)\n"
    after = (
        "\n\nclass A:\n    def new(self,   x):  # why\n\n        # note\n        return eval(x)\n"
    )
    report = await scan(tmp_path, head={"a.py": after}, base={"a.py": before})
    head, base = (
        next(identity(each) for each in report.sightings if each.side is side)
        for side in (Side.HEAD, Side.BASE)
    )
    assert (head.scope, base.scope) == ("A.new", "A.old")
    assert head.text == base.text == "eval(x)"
    assert head.definition == base.definition == "def (self, x): return eval(x)"


async def test_a_safe_fix_is_suggested_as_the_whole_line(tmp_path: Path) -> None:
    code = "import yaml\ndef f(t):\n    return yaml.load(t)  # read\n"
    (sighting,) = (await scan(tmp_path, head={"a.py": code})).sightings
    assert sighting.suggestion == "    return yaml.safe_load(t)  # read"


async def test_no_fix_is_suggested_for_text_that_is_not_the_files_own(tmp_path: Path) -> None:
    code = "import yaml\ndef f(t):\n    return yaml.load(t)\n".encode("utf-16")
    (sighting,) = (await scan(tmp_path, head={"a.py": code})).sightings
    assert sighting.suggestion is None


async def test_what_could_not_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64
    files: dict[str, str | bytes] = {
        "big.py": BODY + "# pad\n" * 50_000,
        "utf7.py": b"# coding: utf-7\neval+ACg-x+ACk-\n",
        "lfs.py": pointer,
        "data.py": b"\x00\x01" * 500,
        "LICENSE": "Apache License",
        "notes.md": "eval(x)",
    }
    report = await scan(tmp_path, head=files)
    reasons = {gap.path: (gap.grade, gap.reason) for gap in report.gaps}
    assert reasons == {
        "big.py": (GapClass.UNREADABLE, GapReason.TOO_LARGE),
        "utf7.py": (GapClass.UNREADABLE, GapReason.UNDECODABLE),
        "lfs.py": (GapClass.UNREADABLE, GapReason.LFS_POINTER),
        "data.py": (GapClass.UNREADABLE, GapReason.UNDECODABLE),
        "LICENSE": (GapClass.NOT_IN_SCOPE, GapReason.UNSUPPORTED),
    }
    assert report.analysed == frozenset()


async def test_a_part_that_does_not_parse_is_named_by_its_lines(tmp_path: Path) -> None:
    report = await scan(tmp_path, head={"a.py": BODY + "x = 1\nprint 'a b' 'c'\n" + BODY})
    assert {sighting.line for sighting in report.sightings} == {2, 6}
    assert [(gap.grade, gap.line) for gap in report.gaps] in (
        [],
        [(GapClass.PARTIAL, 4)],
    )


async def test_one_slow_file_does_not_hide_the_others(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"pad.py": BODY + "# pad\n" * 40_000, "a.py": BODY}
    report = await scan(tmp_path, head=files)
    told = {sighting.path for sighting in report.sightings} | {gap.path for gap in report.gaps}
    assert "a.py" in {sighting.path for sighting in report.sightings}
    assert told == set(files)


async def test_one_blob_is_read_once_and_seen_everywhere(tmp_path: Path) -> None:
    box = RecordingBox()
    report = await scan(tmp_path, box, head={"a.py": BODY, "b.py": BODY}, base={"a.py": BODY})
    assert len(json.loads(box.jobs[0].stdin)["units"]) == 1
    assert [(each.side, each.path) for each in report.sightings] == [
        (Side.HEAD, "a.py"),
        (Side.HEAD, "b.py"),
        (Side.BASE, "a.py"),
    ]


async def test_a_remembered_blob_costs_no_run_and_says_the_same(tmp_path: Path) -> None:
    root = tmp_path / "material"
    root.mkdir()
    given = material(root, head={"a.py": BODY, "utf7.py": "# coding: utf-7\n"})
    box = RecordingBox()
    cache = SqliteCache(tmp_path / "readings.sqlite")
    scanner = a_scanner(tmp_path, box, cache)
    first = await scanner.scan(given)
    second = await scanner.scan(given)
    assert len(box.jobs) == 1
    assert replace(second, seconds=0) == replace(first, seconds=0)


async def test_new_rules_make_remembered_readings_void(tmp_path: Path) -> None:
    root = tmp_path / "material"
    root.mkdir()
    given = material(root, head={"a.py": BODY})
    box, cache = RecordingBox(), SqliteCache(tmp_path / "readings.sqlite")
    await a_scanner(tmp_path, box, cache).scan(given)
    pack = a_pack(tmp_path / "other", EVAL, TRACED)
    await CodeScanner(engines=ENGINES, box=box, pack=pack, cache=cache).scan(given)
    assert len(box.jobs) == 2


async def test_a_missing_engine_is_a_failure_and_not_a_clean_result(tmp_path: Path) -> None:
    pack = a_pack(tmp_path)
    (pack.folder / "python.json").write_text('[{"id": "broken"}]')
    root = tmp_path / "material"
    root.mkdir()
    scanner = CodeScanner(engines=ENGINES, box=RecordingBox(), pack=pack, cache=NoCache())
    report = await scanner.scan(material(root, head={"a.py": BODY}))
    assert isinstance(report.state, Failed)
    assert [gap.reason for gap in report.gaps] == [GapReason.ENGINE]


@pytest.mark.parametrize(
    "outcome",
    [
        Killed("ran longer than 75 s", 75.0),
        Exited(1, b"", b"the reader failed", 0.1),
        Exited(0, b"not json", b"", 0.1),
        Exited(0, b'{"engine": "", "blobs": [], "failure": null}', b"", 0.1),
    ],
)
async def test_a_reader_that_does_not_answer_leaves_every_file_named(
    tmp_path: Path, outcome: Exited | Killed
) -> None:
    box = AnsweringBox([outcome])
    report = await scan(tmp_path, box, head={"a.py": BODY, "b.py": BODY + BODY})
    assert {gap.path for gap in report.gaps} == {"a.py", "b.py"}
    assert all(gap.grade is GapClass.UNREADABLE for gap in report.gaps)
    assert report.analysed == frozenset()
    if isinstance(outcome, Killed) or outcome.stdout[:1] != b"{":
        assert isinstance(report.state, Failed)


async def test_an_answer_about_other_rules_is_not_believed(tmp_path: Path) -> None:
    match = {
        "rule": "made-up", "line": 1, "end_line": 1, "text": "", "scope": "", "definition": None,
        "trace": [], "replacement": None, "ignored": False,
    }  # fmt: skip
    blob = {
        "unit": 0, "language": "python", "scanned": True, "lasting": True, "matches": [match],
        "unread": [],
    }  # fmt: skip
    answer = json.dumps({"engine": "1", "blobs": [blob], "failure": None}).encode()
    report = await scan(tmp_path, AnsweringBox([Exited(0, answer, b"", 0.1)]), head={"a.py": BODY})
    assert report.sightings == ()
    assert [gap.reason for gap in report.gaps] == [GapReason.ENGINE]
