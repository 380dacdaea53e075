"""What happens now and how long it took, on stderr."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console


@dataclass(frozen=True, slots=True)
class Progress:
    """One line a step, with its seconds; a spinner meanwhile where a person watches."""

    console: Console

    @contextmanager
    def step(self, words: str) -> Iterator[None]:
        """Time what happens inside."""
        began = time.monotonic()
        with self.console.status(words):
            yield
        self.say(f"{time.monotonic() - began:5.1f} s  {words}")

    def say(self, words: str) -> None:
        """One line as it is."""
        self.console.print(words, markup=False, highlight=False, soft_wrap=True)
