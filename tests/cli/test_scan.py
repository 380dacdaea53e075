"""`audit scan` with real git and the real scanners: what it exits with and what it writes."""

import json
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from jsonschema import Draft4Validator, Draft202012Validator

from app.report.document import json_schema
from tests.cli.shop import Ran, Shop
from tests.scanners.dependencies.boxes import needs_scanners

SARIF = Path(__file__).parents[1] / "samples" / "sarif" / "sarif-schema-2.1.0.json"
pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("command line"), needs_scanners]


def shell_finding(ran: Ran, path: str = "app.py") -> dict[str, Any]:
    found: list[dict[str, Any]] = ran.json["findings"]
    return next(one for one in found if one["path"] == path and one["blocking"])


def test_a_change_that_blocks_exits_1_with_one_valid_document(blocked: Ran) -> None:
    assert blocked.code == 1
    Draft202012Validator(json_schema()).validate(blocked.json)
    assert "auditing 4 changed files" in blocked.err


def test_a_vulnerable_package_has_its_flaw_in_the_title(blocked: Ran) -> None:
    titles = [one["title"] for one in blocked.json["findings"] if one["path"] == "requirements.txt"]
    assert any(title.endswith("(CVE-2019-10906)") for title in titles)


def test_one_finding_alone_is_judged_and_the_log_is_valid_sarif(shop: Shop, blocked: Ran) -> None:
    name = shell_finding(blocked)["id"]
    ran = shop.scan(
        *(shop.repository, "--base", "main", "--only", name.lower(), "--format", "sarif")
    )
    assert ran.code == 1
    standard = Draft4Validator(json.loads(SARIF.read_text("utf-8")))
    assert [error.message for error in standard.iter_errors(ran.json)] == []
    assert len(ran.json["runs"][0]["results"]) == 1


def test_what_is_staged_is_judged_without_the_working_tree(shop: Shop) -> None:
    ran = shop.scan(shop.repository, "--base", "main", "--staged", "--format", "markdown")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "# Clear: no blocking risk")
    assert "Read: 1 of 1 files" in ran.out


def test_a_plain_folder_is_judged_whole_and_its_packages_are_listed(shop: Shop) -> None:
    ran = shop.scan(shop.folder, "--all", "--format", "cyclonedx")
    assert ran.code == 1
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(ran.out) is None
    assert [one["name"] for one in ran.json["components"]] == ["jinja2"]


def test_without_advisories_packages_are_not_called_clear(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_bytes(b"Jinja2==2.10\n")
    written = tmp_path / "report.txt"
    ran = shop.audit("scan", tmp_path, "--all", "--output", written)
    assert (ran.code, ran.out) == (2, "")
    assert written.read_text("utf-8").startswith(" Could not judge  the dependency scan did not")


def test_hostile_names_cannot_speak_to_the_terminal(shop: Shop, blocked: Ran) -> None:
    ran = shop.scan(shop.repository, "--base", "main")
    assert ran.code == 1
    assert not {"\x1b", "\udcff"} & set(ran.out + ran.err)
    assert "a\\x1b[31m\\n|<b>`--only`\\xff.py" in ran.out
    assert "\x1b" not in blocked.out


@pytest.mark.parametrize("wrong", ["--format=yaml", "--only", "--no-such-option"])
def test_wrong_use_is_told_apart_from_could_not_judge(shop: Shop, wrong: str) -> None:
    ran = shop.audit("scan", shop.folder, wrong)
    assert (ran.code, ran.out) == (3, "")
    assert wrong.partition("=")[0] in ran.err
    assert "Traceback" not in ran.err


def test_a_folder_without_git_is_one_clear_line(shop: Shop) -> None:
    ran = shop.scan(shop.folder)
    assert ran.code == 3
    assert [line[:7] for line in ran.err.splitlines()] == ["audit: "]


def test_a_base_that_is_an_option_or_nothing_is_one_clear_line(shop: Shop) -> None:
    for base in ("no-such-branch", "--upload-pack=touch x"):
        ran = shop.scan(shop.repository, f"--base={base}")
        assert (ran.code, ran.out) == (3, "")
        assert len(ran.err.splitlines()) == 1
