"""What the documents promise is there: files they lead to, settings, make targets, sub-commands."""

import re
from pathlib import Path

import pytest

from app.settings import FROM_FILES, PREFIX, Settings
from cli.main import COMMANDS

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted((*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")))
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
SETTING_ROW = re.compile(r"^\| `AUDIT_(\w+)`( †)? \| (.*?) \|", re.MULTILINE)
TARGET = re.compile(r"\bmake ([a-z-]+)\b")
SUB_COMMAND = re.compile(r"(?:^|[`/ ])audit ([a-z]+)\b")
OWN_FILE = re.compile(r"`((?:app|workers|cli|demo|tests|requirements|docs)/[\w./-]+)`")


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def code_of(document: str) -> str:
    """What stands in code blocks and between backticks."""
    blocks = re.findall(r"```.*?```", document, re.DOTALL)
    return "\n".join([*blocks, *re.findall(r"`[^`\n]+`", document)])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files_that_are_there(document: Path) -> None:
    links = [link for link in LINK.findall(document.read_text("utf-8")) if "://" not in link]

    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_that_are_named_are_there(document: Path) -> None:
    named = OWN_FILE.findall(document.read_text("utf-8"))

    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_readme_has_a_row_for_each_setting_and_no_other() -> None:
    rows = {name.lower(): bool(mark) for name, mark, _ in SETTING_ROW.findall(text("README.md"))}

    assert rows == {name: name in FROM_FILES for name in Settings.model_fields}


def test_the_readme_says_which_settings_are_needed() -> None:
    needed = {n for n, _, default in SETTING_ROW.findall(text("README.md")) if default == "needed"}

    fields = Settings.model_fields.items()
    assert needed == {name.upper() for name, field in fields if field.is_required()}


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/deploy.md"])
def test_commands_that_are_shown_exist(name: str) -> None:
    shown = code_of(text(name).partition("## Not there yet")[0])
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))

    assert set(TARGET.findall(shown)) - targets == set()
    assert set(SUB_COMMAND.findall(shown)) - COMMANDS.keys() == set()


@pytest.mark.parametrize("name", ["README.md", "docs/deploy.md"])
def test_settings_that_are_named_exist(name: str) -> None:
    fields = {f"{PREFIX}{field}".upper() for field in Settings.model_fields}
    files = {f"{PREFIX}{field}_FILE".upper() for field in FROM_FILES}

    assert set(re.findall(r"AUDIT_[A-Z_]*[A-Z]", text(name))) - fields - files == set()
