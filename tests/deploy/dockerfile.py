"""Reading a Dockerfile as far as the tests ask about it."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction with its continued lines joined."""

    name: str
    rest: str


def instructions(text: str) -> list[Instruction]:
    """All instructions of a Dockerfile, comments left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    pairs = [line.split(maxsplit=1) for line in joined.splitlines() if line.strip()]
    return [Instruction(name.upper(), rest.strip()) for name, rest in pairs]


def stages(read: Sequence[Instruction]) -> list[list[Instruction]]:
    """The instructions by stage, each beginning with its FROM."""
    starts = [i for i, each in enumerate(read) if each.name == "FROM"]
    return [list(read[a:b]) for a, b in zip(starts, [*starts[1:], len(read)], strict=True)]


def exec_form(rest: str) -> list[str]:
    """The words of an exec-form command; raises ValueError for the shell form."""
    value = json.loads(rest[rest.index("[") :]) if "[" in rest else None
    if not isinstance(value, list):
        raise ValueError(f"not in exec form: {rest}")
    return value


def base_image(read: Sequence[Instruction]) -> str:
    """The default of ``ARG PYTHON_IMAGE``."""
    (value,) = [each.rest for each in read if each.rest.startswith("PYTHON_IMAGE=")]
    return value.partition("=")[2]
