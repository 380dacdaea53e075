"""Everything that is installed is named, with its licence, in THIRD_PARTY_NOTICES.md."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOTICES = (ROOT / "THIRD_PARTY_NOTICES.md").read_text()
LISTS = sorted((ROOT / "requirements").glob("*.in"))
PACKAGE = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)", re.MULTILINE)


def names(requirements: Path) -> set[str]:
    """The packages of a requirements file, their names as PEP 503 normalises them."""
    return {
        re.sub(r"[-_.]+", "-", name).lower() for name in PACKAGE.findall(requirements.read_text())
    }


def section(lock: str) -> str:
    """What the notices say below the heading that names ``lock``."""
    _, _, rest = NOTICES.partition(f"(`requirements/{lock}`)")
    return rest.partition("\n## ")[0]


@pytest.mark.parametrize("listed", LISTS, ids=lambda path: path.name)
def test_what_we_ask_for_has_a_row_with_its_licence(listed: Path) -> None:
    rows = dict(
        re.findall(
            r"^\| (\S+) \| (\S.*?) \| https://", section(listed.name.replace(".in", ".lock")), re.M
        )
    )

    assert names(listed)
    assert names(listed) - rows.keys() == set()


@pytest.mark.parametrize("listed", LISTS, ids=lambda path: path.name)
def test_what_comes_with_it_is_named_too(listed: Path) -> None:
    locked = names(listed.with_suffix(".lock"))
    named = set(re.findall(r"[a-z0-9][a-z0-9-]*", NOTICES))

    assert locked - named == set()


def test_data_and_schemas_of_others_are_named() -> None:
    for folder in ("demo/schema", "demo/advisories", "tests/samples/sarif"):
        assert (ROOT / folder).is_dir()
        assert folder in NOTICES


def test_our_own_licence_is_the_whole_apache_licence() -> None:
    licence = (ROOT / "LICENSE").read_text()

    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
