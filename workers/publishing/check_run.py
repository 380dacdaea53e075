"""The check run of one audit: begun once, completed once, its annotations appended once each."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog

from app.domain.publication import Post, PostKey, PostKind, PostState
from app.github.checks import (
    ANNOTATIONS_A_REQUEST,
    Action,
    Completion,
    NewCheckRun,
    Output,
    complete_check,
    create_check,
    find_check,
    read_check,
    show_progress,
)
from app.github.errors import Invalid, TryLater
from app.report.check import in_progress_output
from workers.publishing.context import CheckRef, PublishContext, Subject
from workers.publishing.once import Once, resolve, settle, write_once
from workers.publishing.words import CheckWords

log = structlog.get_logger(__name__)
UNKNOWN_COMMIT_PAUSE_S: Final = 5.0
"""A just pushed commit, or one of a fork, can be unknown to the checks API for seconds."""
_DIGITS: Final = 16
_ROOM: Final = 60_000
RERUN: Final = Action(label="Re-run", description="Audit this commit again", identifier="recheck")


async def begin(context: PublishContext, subject: Subject, audit_id: str) -> CheckRef:
    """The open check run of the subject's head, created where there is none.

    A completed run is final, so after one a new run is created. Raises TryLater while it can't be
    told whether one was created, or while GitHub does not know the commit yet.
    """
    rows = await _rows(context, subject)
    newest = rows[-1] if rows else None
    if newest is not None and newest.digest == "":
        found = await _known_id(context, subject, newest)
        if found is not None:
            return CheckRef(subject, int(found), newest.key)
    used = sum(1 for row in rows if _audit_and_turn(row)[0] == audit_id)
    return await _create(context, subject, audit_id, turn=used + 1)


async def is_up_to_date(context: PublishContext, subject: Subject, words: CheckWords) -> bool:
    """Whether the newest check run of the head is completed and says just this."""
    rows = await _rows(context, subject)
    return bool(rows) and rows[-1].state is PostState.SENT and rows[-1].digest == digest_of(words)


async def is_begun(context: PublishContext, subject: Subject) -> bool:
    """Whether a check run of the subject's head was, or may have been, begun and is not completed."""
    rows = await _rows(context, subject)
    return bool(rows) and rows[-1].digest == ""


async def open_run(context: PublishContext, subject: Subject) -> CheckRef | None:
    """The run in progress on the subject's head, if there is one and it is known."""
    rows = await _rows(context, subject)
    newest = rows[-1] if rows else None
    if newest is None or newest.digest != "" or newest.external_id is None:
        return None
    return CheckRef(subject, int(newest.external_id), newest.key)


async def finish(
    context: PublishContext, ref: CheckRef, words: CheckWords, audit_id: str | None = None
) -> None:
    """Append what annotations are still missing and complete the run.

    The conclusion goes with the last batch only, so a run without all its annotations is never
    completed. Annotations can't be taken back: a run that was begun to be filled with another
    result is closed and a new one takes its place. Should GitHub not take an annotation, the result
    is told without them rather than not at all. The run's details link leads to ``audit_id``,
    which differs from the one that began the run where that one died. Raises TryLater when an
    answer was lost.
    """
    audit_id = audit_id or audit_of_external_id(_external_id(ref.row))
    try:
        ref = await _fill(context, ref, words, audit_id)
    except Invalid as refused:
        if not words.annotations:
            raise
        ref = await _fill(context, ref, _without_annotations(words, refused), audit_id)
    await settle(context, (ref.row,), PostState.SENT, str(ref.check_run_id), digest_of(words))


async def close_leftovers(context: PublishContext, subject: Subject) -> None:
    """Close older runs of the head that a lost race left open; the newest is the one that counts."""
    rows = await _rows(context, subject)
    for row in rows[:-1]:
        if row.state is PostState.SENT and row.digest == "" and row.external_id is not None:
            await _abandon(context, CheckRef(subject, int(row.external_id), row.key))


async def close(context: PublishContext, ref: CheckRef, words: CheckWords) -> None:
    """Complete a run without annotations, unless it is completed already."""
    rows = await _rows(context, ref.subject)
    row = next((post for post in rows if post.key == ref.row), None)
    if row is not None and row.digest != "":
        return
    await finish(context, ref, words)


def digest_of(words: CheckWords) -> str:
    """A SHA-256 of all that a completed check run says."""
    said = [words.conclusion, words.title, words.summary, words.text, list(words.annotations)]
    text = json.dumps(said, sort_keys=True, default=dict)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def audit_of_external_id(external_id: str) -> str:
    """The audit id within a check run's external id ``<audit id>/<turn>``."""
    return external_id.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class _Batch:
    """The ``number``-th of the batches that one run's annotations are sent in."""

    ref: CheckRef
    audit_id: str
    words: CheckWords
    batches: Sequence[Sequence[object]]
    number: int

    @property
    def is_last(self) -> bool:
        return self.number == len(self.batches) - 1

    @property
    def row(self) -> PostKey:
        subject = self.ref.subject
        key = f"{self.ref.check_run_id}:{digest_of(self.words)[:_DIGITS]}:{self.number}"
        return PostKey(
            repository_id=subject.repository.id,
            pr=subject.pr,
            kind=PostKind.ANNOTATIONS,
            key=key,
        )

    @property
    def annotations_after(self) -> int:
        return sum(len(batch) for batch in self.batches[: self.number + 1])


async def _fill(
    context: PublishContext, ref: CheckRef, words: CheckWords, audit_id: str
) -> CheckRef:
    """Complete the run, or the one that takes its place; which one it was."""
    if await _holds_another_result(context, ref, words):
        await _abandon(context, ref)
        ref = await begin(context, ref.subject, audit_id)
    batches = _batches(words)
    for number in range(len(batches)):
        await _send_batch(context, _Batch(ref, audit_id, words, batches, number))
    return ref


def _without_annotations(words: CheckWords, refused: Invalid) -> CheckWords:
    log.warning("annotations_refused", said=refused.said, annotations=len(words.annotations))
    summary = f"{words.summary[:_ROOM]}\n\nGitHub did not take the annotations beside the code."
    return replace(words, summary=summary, annotations=())


async def _holds_another_result(context: PublishContext, ref: CheckRef, words: CheckWords) -> bool:
    subject = ref.subject
    posts = await context.posts.of_pull_request(subject.repository.id, subject.pr)
    begun = (post.key.key for post in posts if post.key.kind is PostKind.ANNOTATIONS)
    of_run = (key for key in begun if key.startswith(f"{ref.check_run_id}:"))
    return any(key.split(":")[1] != digest_of(words)[:_DIGITS] for key in of_run)


async def _abandon(context: PublishContext, ref: CheckRef) -> None:
    output = Output(title="Superseded", summary="A newer result of this commit takes its place.")
    end = Completion(conclusion="cancelled", output=output)
    await complete_check(context.client, ref.subject.access, ref.check_run_id, end)
    await settle(context, (ref.row,), PostState.SENT, str(ref.check_run_id), "superseded")


async def _send_batch(context: PublishContext, batch: _Batch) -> None:
    subject = batch.ref.subject
    rows = await context.posts.of_pull_request(subject.repository.id, subject.pr)
    row = next((post for post in rows if post.key == batch.row), None)
    if row is not None and row.state is PostState.SENT:
        return

    async def find() -> str | None:
        return await _landed(context, batch)

    if row is not None and await resolve(context, row, find) is not None:
        return

    async def send() -> str | None:
        return await _append(context, batch)

    await write_once(context, Once((batch.row,), send, find))


async def _landed(context: PublishContext, batch: _Batch) -> str | None:
    """Whether a batch is there: by the run's state for the last one, else by its count."""
    run = await read_check(context.client, batch.ref.subject.access, batch.ref.check_run_id)
    if batch.is_last:
        there = run.completed and run.conclusion == batch.words.conclusion
    else:
        there = run.annotations >= batch.annotations_after
    return str(run.id) if there else None


async def _append(context: PublishContext, batch: _Batch) -> str | None:
    access, check_run_id = batch.ref.subject.access, batch.ref.check_run_id
    output = _output(batch)
    if not batch.is_last:
        run = await show_progress(context.client, access, check_run_id, output)
        return str(run.id)
    end = Completion(
        conclusion=batch.words.conclusion,
        output=output,
        details_url=context.pages.of(batch.audit_id).run_page,
        actions=(RERUN,),
    )
    run = await complete_check(context.client, access, check_run_id, end)
    return str(run.id)


def _output(batch: _Batch) -> Output:
    first = batch.number * ANNOTATIONS_A_REQUEST
    return Output(
        title=batch.words.title,
        summary=batch.words.summary,
        text=batch.words.text,
        annotations=batch.words.annotations[first : first + ANNOTATIONS_A_REQUEST],
    )


def _batches(words: CheckWords) -> tuple[Sequence[object], ...]:
    """The annotations in batches of 50; one empty batch where there are none."""
    starts = range(0, max(len(words.annotations), 1), ANNOTATIONS_A_REQUEST)
    return tuple(words.annotations[start : start + ANNOTATIONS_A_REQUEST] for start in starts)


async def _create(
    context: PublishContext, subject: Subject, audit_id: str, *, turn: int
) -> CheckRef:
    row = _row(subject, f"{audit_id}/{turn}")

    async def send() -> str | None:
        return await _begin_run(context, subject, row)

    async def find() -> str | None:
        return await _find_run(context, subject, row)

    try:
        created = await write_once(context, Once((row,), send, find))
    except Invalid as error:
        raise TryLater(str(error), UNKNOWN_COMMIT_PAUSE_S) from error
    return CheckRef(subject, int(created or 0), row)


async def _begin_run(context: PublishContext, subject: Subject, row: PostKey) -> str:
    external_id = _external_id(row)
    shown = in_progress_output("reading the change")
    new = NewCheckRun(
        name=subject.check_name,
        head=subject.head,
        external_id=external_id,
        details_url=context.pages.of(audit_of_external_id(external_id)).run_page,
        started_at=context.clock(),
        title=shown.title,
        summary=shown.summary,
    )
    run = await create_check(context.client, subject.access, new)
    return str(run.id)


async def _find_run(context: PublishContext, subject: Subject, row: PostKey) -> str | None:
    run = await find_check(
        context.client,
        subject.access,
        head=subject.head,
        name=subject.check_name,
        external_id=_external_id(row),
    )
    return str(run.id) if run is not None else None


async def _known_id(context: PublishContext, subject: Subject, row: Post) -> str | None:
    """The check run's id of an open row; None when it was never created."""
    if row.state is PostState.SENT:
        return row.external_id

    async def find() -> str | None:
        return await _find_run(context, subject, row.key)

    return await resolve(context, row, find)


async def _rows(context: PublishContext, subject: Subject) -> tuple[Post, ...]:
    """The rows of check runs of this head and name, oldest first."""
    place = f"{subject.head}:{subject.check_name}"
    posts = await context.posts.of_pull_request(subject.repository.id, subject.pr)
    return tuple(
        post
        for post in posts
        if post.key.kind is PostKind.CHECK and post.key.key.rpartition(":")[0] == place
    )


def _row(subject: Subject, external_id: str) -> PostKey:
    return PostKey(
        repository_id=subject.repository.id,
        pr=subject.pr,
        kind=PostKind.CHECK,
        key=f"{subject.head}:{subject.check_name}:{external_id}",
    )


def _external_id(row: PostKey) -> str:
    return row.key.rpartition(":")[2]


def _audit_and_turn(post: Post) -> tuple[str, int]:
    audit_id, _slash, turn = _external_id(post.key).rpartition("/")
    return audit_id, int(turn)
