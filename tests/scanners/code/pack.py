"""A small rule pack for tests of the scanner, so that they do not lean on the shipped rules."""

from pathlib import Path

from workers.scanners.code.rules import RulePack, load_pack

RULE = """
  - id: {id}
    languages: [{languages}]
    severity: ERROR
    message: "{id} was seen."
    metadata:
      lens: security
      family: {family}
      cwe: ["CWE-95: Eval injection"]
      owasp: ["A03:2021"]
      stride: [T, E]
      severity: {severity}
      likelihood: medium
      confidence: high
      title: "{id}"
      fix: "Do not."
    {pattern}
"""
TAINT = (
    "mode: taint\n    pattern-sources: [{pattern: request.args.get(...)}]\n"
    "    pattern-sinks: [{pattern: eval(...)}]"
)


def rule(
    name: str,
    pattern: str,
    *,
    languages: str = "python",
    family: str = "",
    severity: str = "9.8",
) -> str:
    """One rule in YAML."""
    return RULE.format(
        id=name,
        languages=languages,
        pattern=pattern,
        family=family or name,
        severity=severity,
    )


EVAL = rule("eval-use", "pattern: eval(...)", family="code-injection")
TRACED = rule("eval-traced", TAINT, family="code-injection")
YAML_LOAD = rule("yaml-load", "pattern: yaml.load($X)\n    fix: yaml.safe_load($X)", severity="9")
JS_EVAL = rule("js-eval", "pattern: eval(...)", languages="javascript, typescript")
ROOT = rule("root-user", "pattern: USER root", languages="dockerfile", severity="4")


def a_pack(folder: Path, *rules: str) -> RulePack:
    """A pack of the given rules (all of the above when none is given)."""
    source = folder / "rules"
    source.mkdir(parents=True, exist_ok=True)
    some = rules or (EVAL, TRACED, YAML_LOAD, JS_EVAL, ROOT)
    (source / "some.yaml").write_text("rules:" + "".join(some))
    return load_pack(folder / "cache", source)
