"""The rule pack is checked when it is loaded, and its version follows from its text."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.facts import Level
from app.domain.lens import Lens
from tests.scanners.code.pack import EVAL, JS_EVAL, TRACED, a_pack, rule
from workers.scanners.code.languages import Language
from workers.scanners.code.rules import RulePackError, load_pack


def test_a_rule_says_what_the_risk_rests_on(tmp_path: Path) -> None:
    known = a_pack(tmp_path, EVAL, TRACED).rules["eval-use"]
    assert (known.lens, known.severity) == (Lens.SECURITY, Decimal("9.8"))
    assert (known.likelihood, known.confidence) == (Level.MEDIUM, Level.HIGH)
    assert known.cwe == ("CWE-95",)
    assert known.family == "code-injection"
    assert not known.follows_flow


def test_each_language_has_a_file_of_its_own_rules(tmp_path: Path) -> None:
    pack = a_pack(tmp_path, EVAL, JS_EVAL)
    assert pack.languages == {Language.PYTHON, Language.JAVASCRIPT, Language.TYPESCRIPT}
    ids = {
        language: [
            each["id"] for each in json.loads((pack.folder / f"{language}.json").read_text())
        ]
        for language in pack.languages
    }
    assert ids == {"python": ["eval-use"], "js": ["js-eval"], "ts": ["js-eval"]}


def test_the_version_changes_with_the_text_and_only_then(tmp_path: Path) -> None:
    first = a_pack(tmp_path / "a", EVAL).version
    assert a_pack(tmp_path / "b", EVAL).version == first
    assert a_pack(tmp_path / "c", EVAL, TRACED).version != first


def test_a_pack_that_was_made_before_is_taken_from_the_cache(tmp_path: Path) -> None:
    pack = a_pack(tmp_path, EVAL)
    made = (pack.folder / "all.json").stat().st_mtime_ns
    assert a_pack(tmp_path, EVAL).folder == pack.folder
    assert (pack.folder / "all.json").stat().st_mtime_ns == made


def test_samples_beside_rules_are_no_rules(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "some.test.yaml").write_text("services: {}")
    assert set(a_pack(tmp_path, EVAL).rules) == {"eval-use"}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("rules: [", "not YAML"),
        ("[]", "no list `rules`"),
        ("rules: [{id: a.b}]", "id without dots"),
        ("rules:" + rule("one", "pattern: x", languages="cobol"), "one: KeyError 'cobol'"),
        ("rules:" + rule("one", "pattern: x", severity="11"), "severity 11"),
        ("rules:" + rule("one", "paths: {include: [a]}\n    pattern: x"), "neutral names"),
        ("rules:" + rule("one", "pattern: x") * 2, "two rules are called one"),
    ],
)
def test_a_bad_rule_file_is_refused_by_name(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "bad.yaml").write_text(text)
    with pytest.raises(RulePackError, match=what.replace("[", r"\[")):
        load_pack(tmp_path / "cache", tmp_path / "rules")


def test_the_shipped_pack_loads(tmp_path: Path) -> None:
    pack = load_pack(tmp_path)
    assert len(pack.rules) >= 40
    assert pack.languages >= {Language.PYTHON, Language.JAVASCRIPT, Language.DOCKERFILE}
