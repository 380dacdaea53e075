"""Measuring by turns, and what a measurement says."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

Name = TypeVar("Name", bound=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of a benchmark's answer; ``aim`` is what was hoped for, None where nothing was."""

    name: str
    value: str
    aim: str | None = None
    met: bool | None = None

    def __str__(self) -> str:
        """For a terminal and the documents alike."""
        if self.aim is None:
            return f"{self.name}: {self.value}"
        return f"{self.name}: {self.value} (aim {self.aim}: {'met' if self.met else 'missed'})"


async def by_turns(
    measures: Mapping[str, Callable[[], Awaitable[float]]], rounds: int
) -> dict[str, list[float]]:
    """Each measure once a round, so that a busy machine weighs on all of them alike."""
    taken: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            taken[name].append(await measure())
    return taken


def seconds(name: str, values: list[float]) -> Figure:
    """Median and spread, in seconds."""
    spread = f"{min(values):.2f}–{max(values):.2f}"
    return Figure(name=name, value=f"{median(values):.2f} s ({spread}, n = {len(values)})")


def at_most(name: str, over: list[float], under: list[float], limit: float) -> Figure:
    """The ratio of two medians, hoped to be at most ``limit``."""
    ratio = median(over) / median(under)
    return Figure(name=name, value=f"{ratio:.2f} ×", aim=f"≤ {limit:g} ×", met=ratio <= limit)


def at_least(name: str, over: list[float], under: list[float], limit: float) -> Figure:
    """The ratio of two medians, hoped to be at least ``limit``."""
    ratio = median(over) / median(under)
    return Figure(name=name, value=f"{ratio:.2f} ×", aim=f"≥ {limit:g} ×", met=ratio >= limit)
