"""A workflow's YAML as nodes with places, read without following an alias twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml

MAX_BYTES: Final = 1 << 20
MAX_NODES: Final = 50_000
MAX_DEPTH: Final = 100


class WorkflowError(ValueError):
    """The file is no YAML that can be read within limits; the message says why."""


@dataclass(frozen=True, slots=True)
class Step:
    """A mapping that uses an action: its inputs, its place and its route."""

    uses: str
    inputs: dict[str, str]
    line: int
    end_line: int
    route: str


def composed(text: str) -> yaml.Node | None:
    """The root node of ``text``. Raises `WorkflowError` for what is not one YAML document."""
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        root: yaml.Node | None = yaml.compose(text, Loader=loader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 1}" if mark is not None else ""
        raise WorkflowError(f"It is not valid YAML{place}.") from error
    return root


def steps(root: yaml.Node | None) -> Iterator[Step]:
    """Every mapping that has a text ``uses``, at whatever place. Raises `WorkflowError`."""
    for route, node in _mappings(root):
        values = _texts(node)
        if "uses" in values:
            yield Step(
                uses=values["uses"],
                inputs=_inputs(node),
                line=node.start_mark.line + 1,
                end_line=max(node.start_mark.line + 1, node.end_mark.line),
                route=route,
            )


def environments(root: yaml.Node | None) -> Iterator[Step]:
    """Every mapping under a key ``env``, as a step that uses nothing."""
    for route, node in _mappings(root):
        if route.rpartition(".")[2] == "env":
            line = node.start_mark.line + 1
            yield Step("", _texts(node), line, max(line, node.end_mark.line), route)


def _mappings(root: yaml.Node | None) -> Iterator[tuple[str, yaml.MappingNode]]:
    """Route and node of every mapping; each node once, so that aliases can't multiply them."""
    waiting: list[tuple[str, Any, int]] = [("", root, 0)]
    seen: set[int] = set()
    while waiting:
        route, node, depth = waiting.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if len(seen) > MAX_NODES or depth > MAX_DEPTH:
            raise WorkflowError("It is too large or too deep a document.")
        if isinstance(node, yaml.MappingNode):
            yield route, node
        waiting += [(inner, child, depth + 1) for inner, child in _children(route, node)]


def _children(route: str, node: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            yield f"{route}.{name}" if route else str(name), value
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield f"{route}[{number}]", value


def _texts(node: yaml.MappingNode) -> dict[str, str]:
    """The pairs of a mapping whose key and value are plain."""
    return {
        str(key.value).lower(): str(value.value)
        for key, value in node.value
        if isinstance(key, yaml.ScalarNode) and isinstance(value, yaml.ScalarNode)
    }


def _inputs(node: yaml.MappingNode) -> dict[str, str]:
    """What a step hands to its action under ``with``."""
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode) and key.value == "with":
            return _texts(value) if isinstance(value, yaml.MappingNode) else {}
    return {}
