"""Which files are manifests."""

import pytest

from workers.scanners.dependencies.recognise import recognised


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("requirements.txt", "requirements file"),
        ("a/b/requirements-dev.txt", "requirements file"),
        ("dev-requirements.txt", "requirements file"),
        ("requirements/prod.txt", "requirements file"),
        ("constraints.txt", "requirements file"),
        ("Requirements.TXT", "requirements file"),
        ("pylock.toml", "pylock.toml"),
        ("pylock.dev.toml", "pylock.toml"),
        ("web/package-lock.json", "package-lock.json"),
        ("go.sum", "go.sum"),
        ("poetry.lock", "poetry.lock"),
        ("yarn.lock", "yarn.lock"),
    ],
)
def test_manifests_are_known_by_their_name(path: str, kind: str) -> None:
    found = recognised(path)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize(
    "path",
    [
        "README.txt",
        "requirements.md",
        "myrequirementsX.txt",
        "package.json",
        "go.mod.bak",
        "requirements/a.py",
        "",
    ],
)
def test_other_files_are_not(path: str) -> None:
    assert recognised(path) is None
