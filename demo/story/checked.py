"""What the story promised, held against what happened: each difference is one sentence."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from app.domain.marker import marks_in
from demo.box import GitHubBox, ReviewThread
from demo.story.shown import Shown

EVERY_CATEGORY: Final = frozenset({"code", "secret", "dependency", "workflow"})
ONLY_SECRET: Final = frozenset({"secret"})


def differences(box: GitHubBox, acts: Sequence[Shown]) -> tuple[str, ...]:
    """Everything that did not go as told; nothing when all did."""
    first, fixed, rewritten = acts
    return (
        *_first(first),
        *_fixed(fixed),
        *_rewritten(rewritten),
        *_duplicates(rewritten),
        *(f"The box answered wrongly: {violation}" for violation in box.violations),
    )


def _first(shown: Shown) -> Iterator[str]:
    yield from _verdict("The pull request", shown, "block", "failure")
    missing = EVERY_CATEGORY - shown.blocking
    if missing:
        yield f"The pull request is not blocked by: {', '.join(sorted(missing))}."


def _fixed(shown: Shown) -> Iterator[str]:
    yield from _verdict("The fix as an ordinary commit", shown, "block", "failure")
    if shown.blocking != ONLY_SECRET:
        found = ", ".join(sorted(shown.blocking)) or "nothing"
        yield f"The fix as an ordinary commit is blocked by {found}, not by the secret alone."


def _rewritten(shown: Shown) -> Iterator[str]:
    yield from _verdict("The rewritten branch", shown, "pass", "success")
    if not shown.threads:
        yield "No review comment was written."
    for thread in shown.threads:
        if not _is_settled(thread):
            yield f"The thread on {thread.comments[0].anchor.path} is neither answered nor resolved."


def _verdict(who: str, shown: Shown, outcome: str, conclusion: str) -> Iterator[str]:
    got = (shown.outcome, shown.check.conclusion)
    if got != (outcome, conclusion):
        wanted = f"{outcome} ({conclusion})"
        yield f"{who} was to end as {wanted}; it ended as {got[0]} ({got[1]})."


def _is_settled(thread: ReviewThread) -> bool:
    return thread.thread.resolved_by is not None or len(thread.comments) > 1


def _duplicates(shown: Shown) -> Iterator[str]:
    """Two posts that carry one mark, or two summaries."""
    said = [comment.body for thread in shown.threads for comment in thread.comments]
    marks = Counter(mark for body in said for mark in marks_in(body))
    repeated = sum(count > 1 for count in marks.values())
    if repeated:
        yield f"{repeated} review comments were posted twice."
    if len(shown.comments) > 1:
        yield f"There are {len(shown.comments)} summaries where one is to be edited."
