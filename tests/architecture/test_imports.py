"""Who may import whom, as pyproject.toml says it, and that a breach of it would be seen."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINTER = Path(sys.prefix) / "bin" / "lint-imports"


def lint(configuration: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINTER, "--no-cache", "--config", configuration],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_import_goes_the_way_it_may() -> None:
    told = lint(ROOT / "pyproject.toml")

    assert told.returncode == 0, told.stdout + told.stderr
    assert ", 0 broken." in told.stdout


@pytest.mark.parametrize(
    ("broken", "breach"),
    [
        ('["cli | demo", "workers", "app"]', '["app", "cli | demo", "workers"]'),
        ('"jobs", "resources"', '"resources", "jobs"'),
        ('["app.github.** -> githubkit"]', "[]"),
        ('forbidden_modules = ["sqlalchemy", "githubkit"', 'forbidden_modules = ["hashlib"'),
    ],
)
def test_a_breach_is_seen(broken: str, breach: str, tmp_path: Path) -> None:
    configuration = tmp_path / "pyproject.toml"
    contracts = (ROOT / "pyproject.toml").read_text()
    assert broken in contracts
    configuration.write_text(contracts.replace(broken, breach))

    told = lint(configuration)

    assert told.returncode == 1
    assert " 1 broken." in told.stdout
