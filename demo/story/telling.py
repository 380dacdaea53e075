"""What GitHub would show, as text in the terminal: the check, the conversation, the summary."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

from app.report.escape import visible, visible_path
from demo.box import ReviewThread
from demo.state.discussion import ReviewComment
from demo.story.page_text import comment_text, page_text
from demo.story.shown import Shown

MARKS: Final[dict[str | None, tuple[str, str]]] = {
    "success": ("✔", "green"),
    "failure": ("✘", "red"),
    "action_required": ("?", "yellow"),
}
MOST_WIDE: Final = 110
"""Columns; longer lines are hard to read."""
WITHOUT_TERMINAL: Final = 100
"""Columns in a file or pipe."""


@dataclass(slots=True)
class Teller:
    """Tells one audit after another; comments that were shown before are not shown again."""

    console: Console
    shown: set[int]

    @staticmethod
    def on(console: Console) -> "Teller":
        """A teller that has told nothing yet."""
        wide = console.width if console.is_terminal else WITHOUT_TERMINAL
        console.width = min(wide, MOST_WIDE)
        return Teller(console, set())

    def tell(self, heading: str, shown: Shown) -> None:
        """Print the check, what was said since the audit before, and the summary as it stands."""
        self.console.print(Rule(Text(visible(heading), style="bold"), align="left"))
        links = self.console.is_terminal
        parts = (*_checks(shown, links), *self._threads(shown, links), *_summaries(shown, links))
        for part in parts:
            self.console.print(part)
            self.console.print()
        self.console.print(Text.assemble("Run page: ", (shown.page, "cyan")), soft_wrap=True)
        self.console.print()

    def _threads(self, shown: Shown, links: bool) -> Iterator[RenderableType]:
        for thread in shown.threads:
            new = [said for said in thread.comments if said.id not in self.shown]
            if new:
                self.shown.update(said.id for said in new)
                yield _thread(thread, new, links)


def _checks(shown: Shown, links: bool) -> Iterator[RenderableType]:
    check = shown.check
    mark, colour = MARKS.get(check.conclusion, ("•", "white"))
    title = Text.assemble((f"{mark} {check.name}", f"bold {colour}"), f"  {check.conclusion}")
    words = Text(visible(check.output.title or ""), style="bold")
    body = Group(words, Text(), page_text(check.output.summary or "", links=links))
    count = len(check.output.annotations)
    noun = "annotation" if count == 1 else "annotations"
    yield Panel(
        body,
        title=title,
        title_align="left",
        subtitle=f"{count} {noun} in the changed files",
        subtitle_align="left",
        border_style=colour,
        padding=(1, 2),
    )


def _thread(thread: ReviewThread, new: list[ReviewComment], links: bool) -> RenderableType:
    opener = thread.comments[0]
    state = " · resolved" if thread.is_resolved else ""
    what = "reply" if opener not in new else "review comment"
    where = place(opener)
    head = Text.assemble(("┃ ", "blue"), (where, "bold blue"), (f"  {what}{state}", "dim"))
    bodies = [Padding(comment_text(said.body, links=links), (0, 2, 0, 2)) for said in new]
    return Group(head, *bodies)


def _summaries(shown: Shown, links: bool) -> Iterator[RenderableType]:
    for comment in shown.comments:
        yield Panel(
            comment_text(comment.body, links=links),
            title="summary comment, edited in place",
            title_align="left",
            border_style="dim",
            padding=(0, 2),
        )


def place(comment: ReviewComment) -> str:
    """``path:line``, where the comment was written."""
    line = comment.anchor.line
    path = visible_path(comment.anchor.path)
    return path if line is None else f"{path}:{line}"
