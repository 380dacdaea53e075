"""The rule pack is a product: every rule has samples that hold, and metadata that the risk can use.

Engine facts behind the checks: `semgrep test` pairs a rule with the sample of the same name beside it,
and semgrep-core answers 0 even where a rule could not be read, so its `errors` list must be empty.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field, HttpUrl

REPOSITORY = Path(__file__).resolve().parents[3]
RULES = REPOSITORY / "workers/scanners/code/rules"
SCANNERS = REPOSITORY / ".venv-scanners"
SEMGREP = SCANNERS / "bin/semgrep"

LANGUAGES = {
    "python": ["python"],
    "javascript": ["javascript", "typescript"],
    "go": ["go"],
    "java": ["java"],
    "ruby": ["ruby"],
    "php": ["php"],
    "dockerfile": ["dockerfile"],
}
ID_PREFIXES = {"javascript": "js", "dockerfile": "docker"}
FAMILIES_ASKED = {
    "command-injection",
    "code-injection",
    "sql-injection",
    "ssrf",
    "path-traversal",
    "deserialisation",
    "weak-hash",
    "weak-cipher",
    "weak-randomness",
    "tls-off",
    "xxe",
    "hardcoded-credential",
    "open-redirect",
    "xss",
    "template-injection",
}

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not SEMGREP.exists(), reason="scanners are not installed: make install"),
]

Kebab = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
Level = Literal["high", "medium", "low"]


class Metadata(BaseModel):
    """What every rule says about itself; anything else is refused."""

    model_config = ConfigDict(extra="forbid", strict=False)

    lens: Literal["security", "performance", "scalability"]
    family: str = Kebab
    cwe: list[str] = []
    owasp: list[str] = []
    stride: list[Literal["S", "T", "R", "I", "D", "E"]] = []
    severity: float = Field(gt=0, le=10)
    impact: Level
    likelihood: Level
    confidence: Level
    title: str = Field(min_length=10, max_length=60)
    fix: str = Field(min_length=20, max_length=240)
    soft: bool = False
    technology: list[str] = Field(min_length=1)
    references: list[HttpUrl] = Field(min_length=1)


class Rule(BaseModel):
    """One rule file's one rule; the engine checks the patterns, this the rest."""

    model_config = ConfigDict(extra="allow")

    id: str = Kebab
    languages: list[str]
    message: str
    severity: Literal["ERROR", "WARNING", "INFO"]
    metadata: Metadata


def rule_files() -> list[Path]:
    return sorted(RULES.rglob("*.yaml"))


def raw_rule(path: Path) -> dict[str, Any]:
    """The file's one rule; read by the parser in C, the pack is long."""
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    (rule,) = document["rules"]
    read: dict[str, Any] = rule
    return read


def read_rule(path: Path) -> Rule:
    return Rule.model_validate(raw_rule(path))


def samples_of(path: Path) -> list[Path]:
    return [one for one in path.parent.glob(f"{path.stem}.*") if one.suffix != ".yaml"]


def engine_environment(home: Path) -> dict[str, str]:
    """Off the network and away from the user's own settings."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "SEMGREP_ENABLE_VERSION_CHECK": "0",
        "SEMGREP_SEND_METRICS": "off",
    }


@pytest.fixture(scope="module")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One `semgrep test` over the whole pack."""
    done = subprocess.run(
        [SEMGREP, "test", ".", "--json"],
        cwd=RULES,
        env=engine_environment(tmp_path_factory.mktemp("home")),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.stdout.startswith("{"), done.stderr[-2000:]
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def failed_checks(run: dict[str, Any]) -> Iterator[str]:
    for file, result in run["results"].items():
        for rule, check in result["checks"].items():
            if not check["passed"] or check["errors"] or not check["matches"]:
                yield f"{file} {rule}: {json.dumps(check)}"


def test_every_rule_finds_what_its_sample_marks_and_nothing_else(
    sample_run: dict[str, Any],
) -> None:
    assert list(failed_checks(sample_run)) == []
    assert sample_run["config_missing_tests"] == []
    assert sample_run["config_with_errors"] == []
    checked = {rule for result in sample_run["results"].values() for rule in result["checks"]}
    assert checked == {path.stem for path in rule_files()}


@pytest.mark.parametrize("path", rule_files(), ids=lambda path: path.stem)
def test_a_rule_is_whole(path: Path) -> None:
    rule = read_rule(path)
    folder = path.relative_to(RULES).parts[0]
    assert rule.id == path.stem
    assert rule.id.startswith(ID_PREFIXES.get(folder, folder) + "-")
    assert rule.languages == LANGUAGES[folder]
    assert len(rule.message.split()) <= 25
    # A metavariable in a message would carry the author's text into our words.
    assert "$" not in rule.message.replace("$ne", "").replace("$where", "")
    assert "!" not in rule.message + rule.metadata.title + rule.metadata.fix


@pytest.mark.parametrize("path", rule_files(), ids=lambda path: path.stem)
def test_a_rule_is_graded_as_its_lens_asks(path: Path) -> None:
    metadata = read_rule(path).metadata
    if metadata.lens == "security":
        assert metadata.soft is False
        assert metadata.cwe
        assert all(re.fullmatch(r"CWE-\d+", one) for one in metadata.cwe)
        assert metadata.owasp
        assert all(re.fullmatch(r"A\d\d:2021", one) for one in metadata.owasp)
        assert metadata.stride
    else:
        assert metadata.soft is True
        assert 3 <= metadata.severity <= 6


@pytest.mark.parametrize("path", rule_files(), ids=lambda path: path.stem)
def test_a_rule_has_bad_and_good_samples(path: Path) -> None:
    samples = samples_of(path)
    assert samples, "no sample beside the rule"
    text = "\n".join(one.read_text(encoding="utf-8") for one in samples)
    assert f"ruleid: {path.stem}" in text
    assert f"ok: {path.stem}" in text
    assert "todoruleid" not in text
    assert "todook" not in text


def test_the_rules_of_a_language_trust_and_distrust_the_same_requests() -> None:
    """Rules cannot include one another, so the shared source lists are copies: held equal here."""
    by_language: dict[tuple[str, ...], dict[str, str]] = {}
    for path in rule_files():
        rule = read_rule(path)
        sources = (rule.model_extra or {}).get("pattern-sources")
        if sources is not None and rule.metadata.likelihood == "high":
            by_language.setdefault(tuple(rule.languages), {})[rule.id] = json.dumps(sources)
    own_sources = {"js-xss-dom", "js-nosql-injection"}
    for rules in by_language.values():
        shared = {text for rule, text in rules.items() if rule not in own_sources}
        assert len(shared) == 1, sorted(rules)


def test_the_pack_covers_the_promised_breadth() -> None:
    rules = [read_rule(path) for path in rule_files()]
    security = [rule for rule in rules if rule.metadata.lens == "security"]
    soft = [rule for rule in rules if rule.metadata.soft]
    assert len({rule.id for rule in rules}) == len(rules)
    assert len(security) >= 40
    assert len(soft) >= 15
    assert {rule.metadata.family for rule in security} >= FAMILIES_ASKED
    assert {tuple(rule.languages) for rule in security} == {tuple(v) for v in LANGUAGES.values()}


def run_core(folder: Path, targets: list[Any]) -> dict[str, Any]:
    """The engine itself with the whole pack over the given targets."""
    (core,) = SCANNERS.glob("lib/python*/site-packages/semgrep/bin/semgrep-core")
    rules = [raw_rule(path) for path in rule_files()]
    (folder / "rules.json").write_text(json.dumps({"rules": rules}), encoding="utf-8")
    (folder / "targets.json").write_text(json.dumps(["Targets", targets]), encoding="utf-8")
    command = [core, "-json_nodots", "-rules", folder / "rules.json"]
    command += ["-targets", folder / "targets.json", "-timeout", "5", "-timeout_threshold", "0"]
    done = subprocess.run(
        [*command, "-fast", "-j", "1"],
        env=engine_environment(folder),
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def code_target(path: Path, analyzer: str) -> list[Any]:
    place = {"fpath": str(path), "ppath": f"/{path.name}"}
    return ["CodeTarget", {"path": place, "analyzer": analyzer, "products": ["sast"]}]


def test_the_pack_loads_in_the_engine_without_an_error(tmp_path: Path) -> None:
    source = tmp_path / "0001.py"
    source.write_text(
        "def f(x):\n    return eval(x)\n\n\ng = lambda x: eval(x)\n", encoding="utf-8"
    )
    found = run_core(tmp_path, [code_target(source, "python")])
    assert found["errors"] == []
    places = [(one["check_id"], one["start"]["line"]) for one in found["results"]]
    assert places == [("python-eval", 2), ("python-eval", 5)]


def test_a_traced_flow_carries_its_trace(tmp_path: Path) -> None:
    source = tmp_path / "0001.ts"
    source.write_text(
        "app.get('/x', (req: Request, res: Response) => {\n"
        "  const code: string = req.query.code as string;\n"
        "  eval(code);\n"
        "});\n",
        encoding="utf-8",
    )
    found = run_core(tmp_path, [code_target(source, "ts")])
    traces = {one["check_id"]: one["extra"].get("dataflow_trace") for one in found["results"]}
    assert set(traces) == {"js-code-injection", "js-eval"}
    assert traces["js-code-injection"]["taint_source"]
    assert traces["js-eval"] is None


def test_no_pattern_matches_every_expression_of_a_file() -> None:
    """A bare metavariable is quadratic on a hostile file: measured 30 s where 2 s are enough."""
    bare = re.compile(r"^\s*- pattern(-inside)?: ['\"]?\$[A-Z_]+['\"]?\s*$", re.MULTILINE)
    texts = {path.stem: path.read_text(encoding="utf-8") for path in rule_files()}
    assert [rule for rule, text in texts.items() if bare.search(text.replace("$_", "$ _"))] == []


HOSTILE_SHAPES = {
    "statements": "    a = b\n" * 1500,
    "statements on one line": "    " + "a=1;" * 8000 + "\n",
    "nested brackets": "    z = " + "[" * 8000 + "]" * 8000 + "\n",
    "a long sum": "    z = " + "+".join(["x"] * 8000) + "\n",
}


@pytest.mark.parametrize("shape", HOSTILE_SHAPES)
def test_a_hostile_shape_does_not_run_a_rule_into_its_time_limit(
    shape: str, tmp_path: Path
) -> None:
    """The engine's own limit a rule is 5 s, and a rule that ran into it has judged nothing."""
    source = tmp_path / "0001.py"
    text = f"def f(request):\n{HOSTILE_SHAPES[shape]}    return eval(request)\n"
    source.write_text(text, encoding="utf-8")
    found = run_core(tmp_path, [code_target(source, "python")])
    assert found["errors"] == []
    assert [one["check_id"] for one in found["results"]] == ["python-eval"]
