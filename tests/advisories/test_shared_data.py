"""The real data, as far as it is here."""

from pathlib import Path

import pytest

from demo.advisories import write_dump
from tests.advisories.records import SHARED, needs_shared_data
from workers.advisories.index import Index, ensure_index
from workers.advisories.match import Known, Package, look_up


@pytest.fixture(scope="module")
def real_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ensure_index(SHARED / "data", tmp_path_factory.mktemp("cache"))


@needs_shared_data
@pytest.mark.slow
@pytest.mark.integration
def test_all_of_it_is_read(real_index: Path) -> None:
    with Index.open(real_index) as index:
        counts = {s.name: (s.records, s.unreadable) for s in index.metadata.sources}
    assert counts == {
        "PyPI": (7080, 0), "Go": (4291, 0), "npm": (906, 0), "kev": (1404, 0), "epss": (360142, 0),
    }  # fmt: skip


@needs_shared_data
@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.parametrize(
    ("ecosystem", "name", "version", "flaw"),
    [
        ("PyPI", "Jinja2", "2.10", "CVE-2019-10906"),
        ("PyPI", "PyYAML", "5.3.1", "CVE-2020-14343"),
        ("PyPI", "urllib3", "2.0.5", "CVE-2023-43804"),
        ("PyPI", "Pillow", "10.0.0", "CVE-2023-4863"),
        ("Go", "golang.org/x/text", "v0.3.7", "CVE-2022-32149"),
        ("npm", "lodash", "4.17.11", "CVE-2019-10744"),
    ],
)
def test_well_known_flaws_are_found_once(
    real_index: Path, ecosystem: str, name: str, version: str, flaw: str
) -> None:
    package = Package(ecosystem, name, version)
    with Index.open(real_index) as index:
        known = look_up(index, [package])[package]
    assert isinstance(known, Known)
    assert [match.flaw.canonical for match in known.matches].count(flaw) == 1


@needs_shared_data
@pytest.mark.slow
@pytest.mark.integration
def test_the_demo_says_of_its_flaws_what_the_real_data_says(
    real_index: Path, tmp_path: Path
) -> None:
    demo = ensure_index(write_dump(tmp_path / "feeds"), tmp_path / "cache")
    packages = [
        Package(ecosystem, name, version)
        for ecosystem, name, versions in (
            ("PyPI", "jinja2", ("2.10", "2.10.1", "3.1.2", "3.1.3")),
            ("PyPI", "pyyaml", ("5.3", "5.4")),
            ("PyPI", "requests", ("2.19.1", "2.20.0")),
            ("PyPI", "urllib3", ("1.26.16", "1.26.17", "2.0.5", "2.0.6")),
            ("PyPI", "pillow", ("10.0.0", "10.0.1")),
            ("Go", "golang.org/x/text", ("v0.3.7", "v0.3.8")),
            ("npm", "lodash", ("4.17.11", "4.17.12")),
        )
        for version in versions
    ]
    with Index.open(demo) as mine, Index.open(real_index) as theirs:
        small, large = look_up(mine, packages), look_up(theirs, packages)
        carried = _flaws(small)
    assert carried
    for package in packages:
        assert _names(small[package]) == _names(large[package]) & carried


def test_the_demo_has_one_known_exploited_flaw(tmp_path: Path) -> None:
    path = ensure_index(write_dump(tmp_path / "feeds"), tmp_path / "cache")
    package = Package("PyPI", "Pillow", "9.5.0")
    with Index.open(path) as index:
        known = look_up(index, [package])[package]
    assert isinstance(known, Known)
    assert [(m.flaw.canonical, m.flaw.known_exploited) for m in known.matches] == [
        ("CVE-2023-4863", True)
    ]
    assert known.fixed == "10.0.1"


def test_the_demos_records_are_the_same_bytes_each_time(tmp_path: Path) -> None:
    archives = [write_dump(tmp_path / name) / "PyPI" / "all.zip" for name in ("one", "two")]
    assert archives[0].read_bytes() == archives[1].read_bytes()


def _flaws(found: dict[Package, object]) -> set[str]:
    return {name for known in found.values() for name in _names(known)}


def _names(known: object) -> set[str]:
    assert isinstance(known, Known)
    return {match.flaw.canonical for match in known.matches}
