"""The one boxed entry: named readers only, and no file's text in what it says of its faults."""

import json
from pathlib import Path

import pytest

from tests.scanners.place import ENGINES, RecordingBox
from workers.box.job import Exited, Limits
from workers.scanners.boxed import READERS, RequestError, answer, reader
from workers.scanners.engines import EngineMissingError, Engines


def test_every_reader_of_the_table_is_there() -> None:
    assert set(READERS) == {"code", "secrets", "dependencies", "workflows"}


@pytest.mark.parametrize("name", ["", "os", "workers.scanners.code.boxed_reader"])
def test_nothing_else_can_be_started(name: str) -> None:
    with pytest.raises(RequestError, match="no reader is called"):
        reader(name)


def test_a_request_is_an_object() -> None:
    with pytest.raises(RequestError, match="JSON object"):
        answer("code", b"[]")


@pytest.mark.integration
async def test_a_fault_is_told_by_its_kind_and_place_alone() -> None:
    job = ENGINES.reader_job(
        "code", {"units": "a secret text"}, seen=(), limits=Limits(wall_s=20, cpu_s=20)
    )
    outcome = await RecordingBox().run(job)
    assert isinstance(outcome, Exited)
    assert outcome.code == 1
    assert outcome.stdout == b""
    assert b"the reader failed: TypeError in workers.scanners" in outcome.stderr
    assert b"secret text" not in outcome.stderr


def test_a_reader_gets_its_request_on_stdin_and_a_bare_environment() -> None:
    job = ENGINES.reader_job(
        "secrets", {"key": "ab"}, seen=(Path("/material"),), limits=Limits(wall_s=1, cpu_s=1)
    )
    assert json.loads(job.stdin) == {"key": "ab"}
    assert set(job.environment) == {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}
    assert Path("/material") in job.read_only
    assert not job.network


def test_a_missing_environment_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EngineMissingError, match="make install"):
        Engines(tmp_path).version("semgrep")


def test_installed_versions_are_read_without_starting_anything() -> None:
    assert ENGINES.version("semgrep") == "1.185.0"
    with pytest.raises(EngineMissingError, match="no-such-thing is not installed"):
        ENGINES.version("no-such-thing")
