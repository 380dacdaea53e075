"""Our rule pack: YAML files below `rules/`, checked once and kept as JSON for the engine.

A rule says, beside what the engine needs, under ``metadata``: ``title``, ``fix``, ``lens``,
``severity`` (0.0–10.0), ``likelihood`` and ``confidence`` (high, medium, low), ``cwe``, ``owasp``,
``stride`` and ``references`` (lists), ``family`` (rules that mean the same flaw) and ``soft``.
"""

import hashlib
import json
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

import yaml

from app.domain.facts import Level
from app.domain.lens import Lens
from workers.scanners.code.languages import RULE_NAMES, Language

RULES: Final = Path(__file__).parent / "rules"
"""Where the pack that this program ships is."""

FORM: Final = "1"
"""Part of the version: raised when the pack's JSON changes its form."""

VERSION_DIGITS: Final = 12
MARKS: Final = (".test.yaml", ".test.yml", ".fixed.yaml", ".fixed.yml")
"""Ends of names of YAML samples that stand beside the rules they are for."""


class RulePackError(ValueError):
    """A rule file is not of its form; the message names file, rule and key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What we say of a rule's matches; the engine's output says nothing of it."""

    id: str
    title: str
    message: str
    fix: str
    lens: Lens
    severity: Decimal
    likelihood: Level
    confidence: Level
    family: str
    cwe: tuple[str, ...] = ()
    owasp: tuple[str, ...] = ()
    stride: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    soft: bool = False
    follows_flow: bool = False


@dataclass(frozen=True, slots=True)
class RulePack:
    """The rules by id, the languages they are for, and the folder of JSON the engine reads."""

    version: str
    rules: Mapping[str, Rule]
    languages: frozenset[Language]
    folder: Path


def load_pack(cache: Path, source: Path = RULES) -> RulePack:
    """The pack of ``source``, made below ``cache`` unless it is there already.

    Its version is a prefix of the SHA-256 of all rule files. Raises `RulePackError`.
    """
    texts = {path.relative_to(source).as_posix(): path.read_bytes() for path in rule_files(source)}
    version = version_of(texts)
    folder = cache / f"rules-{version}"
    if not (folder / "all.json").exists():
        write_pack(folder, [rule for name, text in texts.items() for rule in parsed(name, text)])
    documents = json.loads((folder / "all.json").read_bytes())
    return RulePack(version, *described(documents), folder)


def rule_files(source: Path) -> list[Path]:
    """The rule files below ``source`` in a fixed order; samples beside them are left out."""
    found = [*source.rglob("*.yaml"), *source.rglob("*.yml")]
    return sorted(path for path in found if not path.name.endswith(MARKS))


def version_of(texts: Mapping[str, bytes]) -> str:
    """A short hash over names and contents."""
    digest = hashlib.sha256(FORM.encode())
    for name, text in texts.items():
        digest.update(f"\0{name}\0{len(text)}\0".encode() + text)
    return digest.hexdigest()[:VERSION_DIGITS]


def parsed(name: str, text: bytes) -> list[dict[str, Any]]:
    """The rules of one file as the engine takes them."""
    try:
        # The C loader is ten times as fast; it makes plain values only, as the safe loader does.
        document = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except yaml.YAMLError as error:
        raise RulePackError(f"{name}: not YAML: {error}") from error
    rules = document.get("rules") if isinstance(document, dict) else None
    if not isinstance(rules, list):
        raise RulePackError(f"{name}: no list `rules`")
    for rule in rules:
        checked(name, rule)
    return rules


def checked(name: str, rule: Any) -> None:
    """Raise `RulePackError` unless ``rule`` is one that this scanner can use."""
    if not isinstance(rule, dict) or not isinstance(rule.get("id"), str) or "." in rule["id"]:
        raise RulePackError(f"{name}: a rule needs an id without dots")
    if "paths" in rule:
        raise RulePackError(f"{name}: {rule['id']}: `paths`: the engine sees neutral names only")
    try:
        description(rule)
        languages_of(rule)
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise RulePackError(f"{name}: {rule['id']}: {type(error).__name__} {error}") from error


def languages_of(rule: Mapping[str, Any]) -> frozenset[Language]:
    """The languages of a rule. Raises `KeyError` for one that is not known."""
    return frozenset(RULE_NAMES[name] for name in rule["languages"])


def description(rule: Mapping[str, Any]) -> Rule:
    """What a rule's file says for people and for the risk."""
    about = rule["metadata"]
    return Rule(
        id=rule["id"],
        title=text_of(about["title"]),
        message=text_of(rule["message"]),
        fix=text_of(about["fix"]),
        lens=Lens(about["lens"]),
        severity=severity_of(about["severity"]),
        likelihood=Level(about["likelihood"].lower()),
        confidence=Level(about["confidence"].lower()),
        family=text_of(about.get("family", rule["id"])),
        cwe=tuple(text_of(entry).partition(":")[0] for entry in listed(about, "cwe")),
        owasp=tuple(text_of(entry) for entry in listed(about, "owasp")),
        stride=tuple(text_of(entry) for entry in listed(about, "stride")),
        references=tuple(text_of(entry) for entry in listed(about, "references")),
        soft=about.get("soft", False) is True,
        follows_flow=rule.get("mode") == "taint",
    )


def listed(about: Mapping[str, Any], key: str) -> list[Any]:
    """The list under ``key``; a single value counts as a list of one, a missing one as none."""
    value = about.get(key, [])
    return value if isinstance(value, list) else [value]


def text_of(value: Any) -> str:
    """``value``, which must be a text with something in it."""
    if not isinstance(value, str) or not value.strip():
        raise TypeError(f"{value!r} is no text")
    return " ".join(value.split())


def severity_of(value: Any) -> Decimal:
    """A severity of 0.0 to 10.0."""
    severity = Decimal(str(value))
    if not 0 <= severity <= 10:
        raise ValueError(f"severity {severity} is not between 0 and 10")
    return severity


def described(
    documents: Iterable[Mapping[str, Any]],
) -> tuple[Mapping[str, Rule], frozenset[Language]]:
    """The rules by id, and all their languages."""
    documents = list(documents)
    rules = {rule["id"]: description(rule) for rule in documents}
    languages = frozenset(language for rule in documents for language in languages_of(rule))
    return rules, languages


def write_pack(folder: Path, rules: list[dict[str, Any]]) -> None:
    """Write one JSON file a language and one of all, at once or not at all."""
    if repeated := sorted(repeats(rule["id"] for rule in rules)):
        raise RulePackError(f"two rules are called {repeated[0]}")
    by_language: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for rule in rules:
        for language in languages_of(rule):
            by_language[language.value].append(rule)
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".rules-", dir=folder.parent))
    for name, some in {**by_language, "all": rules}.items():
        (made / f"{name}.json").write_text(json.dumps(some))
        (made / f"{name}.json").chmod(0o644)
    made.chmod(0o755)
    take_place(made, folder)


def repeats(names: Iterable[str]) -> Iterator[str]:
    """The names that come more than once."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield name
        seen.add(name)


def take_place(made: Path, folder: Path) -> None:
    """Move ``made`` to ``folder``; where another process was first, its copy is as good."""
    try:
        os.rename(made, folder)
    except OSError:
        if not (folder / "all.json").exists():
            raise
        for file in made.iterdir():
            file.unlink()
        made.rmdir()
