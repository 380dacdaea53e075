"""Looking packages up: united records, and the version that closes everything."""

from pathlib import Path

import pytest

from tests.advisories.records import Json, affected, index_of, record
from workers.advisories.match import Known, NotAVersion, Package, look_up


def found(tmp_path: Path, version: str, *records: Json, name: str = "left-pad") -> Known:
    package = Package("PyPI", name, version)
    with index_of(tmp_path, *records) as index:
        known = look_up(index, [package])[package]
    assert isinstance(known, Known)
    return known


def below(fixed: str, introduced: str = "0") -> Json:
    return affected(ranges=[[f"introduced={introduced}", f"fixed={fixed}"]])


def test_a_package_nobody_wrote_about_has_no_flaw(tmp_path: Path) -> None:
    assert found(tmp_path, "1.0", record(), name="right-pad") == Known()


def test_a_match_by_any_record_of_a_flaw_counts_and_the_others_are_named(tmp_path: Path) -> None:
    known = found(
        tmp_path,
        "1.5",
        record("PYSEC-1", below("1.2"), aliases=["CVE-1"]),
        record("PYSEC-2", below("2.0"), aliases=["CVE-1"]),
    )
    assert [(m.flaw.canonical, m.by, m.against) for m in known.matches] == [
        ("CVE-1", ("PYSEC-2",), ("PYSEC-1",))
    ]
    assert known.fixed == "2.0"


def test_the_fix_closes_every_open_flaw(tmp_path: Path) -> None:
    known = found(
        tmp_path,
        "1.0",
        record("PYSEC-1", below("1.2"), aliases=["CVE-1"]),
        record("PYSEC-2", below("1.10"), aliases=["CVE-2"]),
        record("PYSEC-3", below("3.0", introduced="2.0"), aliases=["CVE-3"]),
    )
    assert [match.flaw.canonical for match in known.matches] == ["CVE-1", "CVE-2"]
    assert known.fixed == "1.10"


def test_the_fix_is_not_a_version_with_another_flaw(tmp_path: Path) -> None:
    known = found(
        tmp_path,
        "1.0",
        record(
            "PYSEC-1",
            affected(ranges=[["introduced=0", "fixed=1.2"], ["introduced=2.0", "fixed=2.5"]]),
        ),
        record("PYSEC-2", below("1.4", introduced="1.2")),
    )
    assert known.fixed == "2.5"


def test_without_a_fixed_version_there_is_no_fix(tmp_path: Path) -> None:
    known = found(
        tmp_path,
        "1.0",
        record("PYSEC-1", below("1.2")),
        record("PYSEC-2", affected(ranges=[["introduced=0", "last_affected=9.9"]])),
    )
    assert len(known.matches) == 2
    assert known.fixed is None


def test_what_is_no_version_is_not_known_to_be_clean(tmp_path: Path) -> None:
    package = Package("PyPI", "left-pad", "one point two")
    with index_of(tmp_path, record()) as index:
        assert look_up(index, [package])[package] == NotAVersion()


def test_a_record_with_a_bound_that_is_no_version_is_said(tmp_path: Path) -> None:
    known = found(tmp_path, "1.0", record("PYSEC-1", below("two")))
    assert (known.matches, known.undecided) == ((), ("PYSEC-1",))


@pytest.mark.parametrize("name", ["Left_Pad", "left.pad", "LEFT-PAD"])
def test_however_the_name_is_written(tmp_path: Path, name: str) -> None:
    assert len(found(tmp_path, "1.0", record(), name=name).matches) == 1
