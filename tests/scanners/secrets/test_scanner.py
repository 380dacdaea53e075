"""The secrets scanner with its real detectors: found in every disguise, never repeated."""

import hashlib
import hmac
import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.domain.facts import SecretFacts, SecretKind, SecretShape
from app.domain.scan import Failed, GapClass, GapReason, ScanReport, SecretIdentity, Side, Sighting
from tests.scanners.place import ENGINES, AnsweringBox, RecordingBox, material, shared
from tests.scanners.secrets.tokens import Tokens
from workers.box.job import Box, Exited, Killed
from workers.scanners.secrets.scanner import SecretsScanner

pytestmark = pytest.mark.integration

KEY = b"k" * 32
GATING = {SecretShape.VALID, SecretShape.TYPED}


async def scan(folder: Path, box: Box | None = None, **sides: dict[str, str | bytes]) -> ScanReport:
    root = folder / "material"
    root.mkdir()
    scanner = SecretsScanner(engines=ENGINES, box=box or RecordingBox(), key=KEY)
    return await scanner.scan(material(root, **sides))


def facts(sighting: Sighting) -> SecretFacts:
    assert isinstance(sighting.facts, SecretFacts)
    return sighting.facts


def identity(sighting: Sighting) -> SecretIdentity:
    assert isinstance(sighting.identity, SecretIdentity)
    return sighting.identity


async def test_each_kind_is_found_under_its_name(tmp_path: Path) -> None:
    tokens = Tokens()
    values = {
        "github-token": tokens.github(),
        "aws-access-key-id": tokens.aws_id(),
        "anthropic-key": tokens.anthropic(),
        "azure-client-secret": tokens.azure(),
        "stripe-key": tokens.stripe(),
        "slack-webhook": tokens.slack_webhook(),
        "private-key": tokens.private_key(),
    }
    files: dict[str, str | bytes] = {name: f"x = '{value}'\n" for name, value in values.items()}
    report = await scan(tmp_path, head=files)
    assert {sighting.path: sighting.rule for sighting in report.sightings} == {
        name: f"secret-{name}" for name in values
    }
    assert all(facts(sighting).shape in GATING for sighting in report.sightings)
    assert report.analysed == {(Side.HEAD, name) for name in values}


async def test_no_value_and_no_key_leaves_the_box(tmp_path: Path) -> None:
    tokens = Tokens()
    values = [tokens.github(), tokens.aws_secret(), tokens.private_key(), tokens.text(20)]
    text = f"t = '{values[0]}'\naws_secret_key = '{values[1]}'\n{values[2]}\nu = 'ftp://a:{values[3]}@b.net'"
    box = RecordingBox()
    report = await scan(tmp_path, box, head={"a.py": text})
    assert len(report.sightings) >= 4
    said = repr(report)
    assert not any(value in said or value[:16] in said for value in values)
    for job in box.jobs:
        assert KEY.hex() not in "".join((*job.argv, *job.environment.values()))
        assert KEY.hex().encode() in job.stdin


async def test_the_digest_is_a_keyed_hash_of_the_value(tmp_path: Path) -> None:
    token = Tokens().github()
    (sighting,) = (await scan(tmp_path, head={"a.py": f"t = '{token}'"})).sightings
    assert identity(sighting).digest == hmac.new(KEY, token.encode(), hashlib.sha256).hexdigest()
    assert identity(sighting).context == "t = '§'"
    assert sighting.details["starts with"] == "ghp_…"
    assert "rotate it first" in sighting.fix


async def test_every_encoding_is_searched(tmp_path: Path) -> None:
    line = f"t = '{Tokens().github()}'\n"
    files: dict[str, str | bytes] = {
        "mark.txt": line.encode("utf-16"),
        "no-mark.txt": line.encode("utf-16-le"),
        "invalid.txt": b"\xff\n" + line.encode(),
        "nul.txt": b"\x00" + line.encode(),
        "latin.txt": "é ü\n".encode("latin-1") + line.encode(),
        "cr.txt": line.replace("\n", "\r").encode(),
    }
    report = await scan(tmp_path, head=files)
    assert {sighting.path for sighting in report.sightings} == set(files)
    assert report.gaps == ()


async def test_comments_that_ask_to_look_away_are_reported_with_the_secret(tmp_path: Path) -> None:
    line = f"t = '{Tokens().github()}'  # gitleaks:allow, pragma: allowlist secret"
    (sighting,) = (await scan(tmp_path, head={"a.py": line})).sightings
    assert sighting.suppressed


async def test_a_secret_of_a_commit_between_names_that_commit(tmp_path: Path) -> None:
    (sighting,) = (await scan(tmp_path, history={"a.py": f"t = '{Tokens().github()}'"})).sightings
    assert (sighting.side, sighting.commit) == (Side.HISTORY, "c" * 40)


async def test_binary_and_oversize_files_are_named(tmp_path: Path) -> None:
    noise = Tokens().text(4000, "".join(map(chr, range(256)))).encode("latin-1")
    files: dict[str, str | bytes] = {"logo.png": noise, "dump.sql": b"a\n" * (6 << 20)}
    report = await scan(tmp_path, head=files)
    assert {gap.path: (gap.grade, gap.reason) for gap in report.gaps} == {
        "logo.png": (GapClass.NOT_IN_SCOPE, GapReason.BINARY),
        "dump.sql": (GapClass.UNREADABLE, GapReason.TOO_LARGE),
    }
    assert report.analysed == frozenset()


async def test_integrity_hashes_of_lock_files_are_quiet(tmp_path: Path) -> None:
    tokens = Tokens()
    lock = {
        "packages": {
            f"node_modules/p{n}": {"integrity": f"sha512-{tokens.text(86)}==", "resolved": "x"}
            for n in range(20)
        }
    }
    hashes = "".join(
        f"    --hash=sha256:{tokens.text(64, '0123456789abcdef')}\n" for _ in range(20)
    )
    files: dict[str, str | bytes] = {
        "package-lock.json": json.dumps(lock, indent=1),
        "requirements.txt": "lib==1.0 \\\n" + hashes,
        "go.sum": f"example.org/m v1.0.0 h1:{tokens.text(43)}=\n",
    }
    assert (await scan(tmp_path, head=files)).sightings == ()


async def test_too_many_secrets_in_one_file_are_said_to_be_cut(tmp_path: Path) -> None:
    tokens = Tokens()
    text = "".join(f"t = '{tokens.github()}'\n" for _ in range(600))
    report = await scan(tmp_path, head={"a.txt": text})
    assert len(report.sightings) == 500
    assert [gap.reason for gap in report.gaps] == [GapReason.TOO_LARGE]
    assert report.analysed == frozenset()


async def test_one_very_long_line_is_searched_to_its_end(tmp_path: Path) -> None:
    text = "x" * 700_000 + f" t = '{Tokens().github()}' " + "y" * 700_000
    (sighting,) = (await scan(tmp_path, head={"a.js": text})).sightings
    assert len(identity(sighting).context) < 400


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (Killed("ran longer than 20 s", 20.0), GapReason.TIMEOUT),
        (Exited(1, b"", b"the reader failed", 0.1), GapReason.ENGINE),
        (Exited(0, b"{}", b"", 0.1), GapReason.ENGINE),
    ],
)
async def test_a_reader_that_does_not_answer_fails_the_scanner(
    tmp_path: Path, outcome: Exited | Killed, reason: GapReason
) -> None:
    report = await scan(tmp_path, AnsweringBox([outcome]), head={"a": "x", "b": "y"})
    assert isinstance(report.state, Failed)
    assert {(gap.path, gap.reason) for gap in report.gaps} == {("a", reason), ("b", reason)}


async def test_made_up_tokens_are_found_and_look_alikes_are_quiet(tmp_path: Path) -> None:
    maker = shared("engines/synthetic_tokens.py")
    subprocess.run([sys.executable, maker, tmp_path / "made"], check=True, capture_output=True)
    files: dict[str, str | bytes] = {
        path.name: path.read_bytes() for path in sorted((tmp_path / "made").iterdir())
    }
    report = await scan(tmp_path, head=files)
    found = {sighting.path for sighting in report.sightings}
    tokens = {name for name in files if not name.startswith("benign")}
    assert len(found & tokens) >= 35
    gating = {each.path for each in report.sightings if facts(each).shape in GATING}
    assert {name for name in gating if name.startswith("benign")} == set()
    assert facts(next(s for s in report.sightings if "private_key_rsa" in s.path)).kind is (
        SecretKind.PRIVATE_KEY
    )
