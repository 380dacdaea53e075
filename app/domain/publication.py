"""Which writes make the posts on a pull request say what an audit says, given what was posted.

Pure: the recorded posts and the audit go in, intended writes come out. What is recorded as posted
is never posted again; whoever carries the writes out records each before and after it is sent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.audit import Audit
from app.domain.finding import Finding, FindingState
from app.domain.scan import Failed


class PostKind(StrEnum):
    """What kind of post a row records; the key tells which one of its kind."""

    CHECK = "check"
    """A check run; key ``<head>:<check name>:<audit id>/<turn>``. Its digest is empty while the run is open."""
    ANNOTATIONS = "annotations"
    """One batch of a check run's annotations; key ``<check run id>:<digest of the result>:<batch number>``."""
    COMMENT = "comment"
    """The review comment that raised a finding; key: the finding's fingerprint."""
    REPLY = "reply"
    """A reply in a finding's thread; key ``<fingerprint>:<turn>:<stage>``."""
    STICKY = "sticky"
    """The one summary comment; key ``summary``."""


class PostState(StrEnum):
    """How far a post has come."""

    INTENDED = "intended"
    """About to be sent, or being sent; not known to be there."""
    SENT = "sent"
    """There, under the external id of the row."""
    UNKNOWN = "unknown"
    """Sent, and the answer was lost."""
    GONE = "gone"
    """Not there and not to be posted again: a person deleted it, or GitHub has no place for it."""


class Stage(StrEnum):
    """Where a finding's thread stands."""

    RAISED = "raised"
    FIXED = "fixed"
    RETURNED = "returned"
    WAIVED = "waived"
    ROTATED = "rotated"


STICKY_KEY = "summary"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostKey:
    """What makes two posts the same one."""

    repository_id: int
    pr: int
    kind: PostKind
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One recorded post. ``external_id`` is GitHub's id of it; ``changed_at`` of its last state."""

    key: PostKey
    state: PostState
    changed_at: datetime
    external_id: str | None = None
    digest: str = ""

    @property
    def is_settled(self) -> bool:
        """Whether we know what became of it."""
        return self.state in (PostState.SENT, PostState.GONE)


@dataclass(frozen=True, slots=True)
class Thread:
    """A review comment of ours that stands on GitHub: its id, the path it is on, what it raised."""

    comment_id: str
    path: str
    fingerprints: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the plan depends on besides the audit.

    ``posts`` are all recorded posts of the pull request, ``paths`` the path of each review comment
    of ours that still stands, by comment id, ``inline`` the fingerprints that may be raised in a
    comment at all (the worst, as many as the policy allows). ``aliases`` lead from an old fingerprint to the new
    one of the same finding.
    """

    draft: bool
    superseded: bool
    posts: tuple[Post, ...]
    paths: Mapping[str, str]
    inline: frozenset[str]
    aliases: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Raise:
    """Comment on these findings, which have no comment yet; worst first."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Reply once in one thread: these of its findings have come to ``stage``.

    ``keys`` are the reply keys of the rows to record, one a finding. ``settles`` is True when no
    finding of the thread is left to decide, so that it can be resolved.
    """

    comment_id: str
    stage: Stage
    fingerprints: tuple[str, ...]
    keys: tuple[str, ...]
    settles: bool


@dataclass(frozen=True, slots=True)
class CreateSummary:
    """Post the sticky summary."""

    digest: str


@dataclass(frozen=True, slots=True)
class EditSummary:
    """Edit the sticky summary in place."""

    comment_id: str
    digest: str


Write = Raise | Answer | CreateSummary | EditSummary


def plan_comments(audit: Audit, situation: Situation) -> tuple[Raise | Answer, ...]:
    """The comments and replies that are due. None for a draft or a superseded audit.

    A finding is raised once, when it blocks and is among the ``inline`` ones. Its thread is answered once each time the finding's
    stage changes; a finding of a file or scanner that could not be judged keeps its stage.
    """
    if situation.draft or situation.superseded:
        return ()
    raised = _to_raise(audit, situation)
    answers = _answers(audit, situation)
    return ((Raise(raised),) if raised else ()) + answers


def plan_summary(
    audit: Audit, situation: Situation, digest: str
) -> CreateSummary | EditSummary | None:
    """Whether the sticky summary is to be posted or edited so that its content has ``digest``.

    It is posted only once something needs a person, and not on a draft; it is edited whenever its
    content changed; one that a person deleted stays deleted.
    """
    if situation.superseded:
        return None
    row = next((post for post in situation.posts if post.key.kind is PostKind.STICKY), None)
    if row is None:
        wanted = needs_person(audit) and not situation.draft
        return CreateSummary(digest) if wanted else None
    if row.state is not PostState.SENT or row.external_id is None or row.digest == digest:
        return None
    return EditSummary(row.external_id, digest)


def needs_person(audit: Audit) -> bool:
    """Whether somebody has to act: something blocks, waits for a decision or could not be judged."""
    return audit.verdict.outcome != "pass"


def threads(situation: Situation) -> tuple[Thread, ...]:
    """The review comments of ours that stand, each with the findings it raised."""
    raised: dict[str, list[str]] = {}
    for post in situation.posts:
        if post.key.kind is PostKind.COMMENT and post.external_id in situation.paths:
            raised.setdefault(post.external_id or "", []).append(post.key.key)
    return tuple(
        Thread(comment_id, situation.paths[comment_id], tuple(fingerprints))
        for comment_id, fingerprints in raised.items()
    )


def deleted_by_people(audit: Audit, situation: Situation) -> tuple[Finding, ...]:
    """The findings whose comment a person deleted: named in the summary, not posted again."""
    return _gone(audit, situation, was_there=True)


def refused_everywhere(audit: Audit, situation: Situation) -> tuple[Finding, ...]:
    """The findings that GitHub had no place for: told in the summary, not tried again."""
    return _gone(audit, situation, was_there=False)


def fixed_here(audit: Audit, situation: Situation) -> tuple[str, ...]:
    """The fingerprints that were raised here and are known to be gone."""
    stages = _Stages(audit, situation)
    return tuple(
        fingerprint
        for thread in threads(situation)
        for fingerprint in thread.fingerprints
        if stages.now(fingerprint, thread.path) is Stage.FIXED
    )


def _gone(audit: Audit, situation: Situation, *, was_there: bool) -> tuple[Finding, ...]:
    newest = _newest_names(situation.aliases)
    gone = {
        newest.get(post.key.key, post.key.key)
        for post in situation.posts
        if post.key.kind is PostKind.COMMENT
        and post.state is PostState.GONE
        and (post.external_id is not None) == was_there
    }
    return tuple(finding for finding in audit.findings if finding.fingerprint in gone)


def _to_raise(audit: Audit, situation: Situation) -> tuple[Finding, ...]:
    newest = _newest_names(situation.aliases)
    known = {
        newest.get(post.key.key, post.key.key)
        for post in situation.posts
        if post.key.kind is PostKind.COMMENT
    }
    return tuple(
        finding
        for finding in audit.findings
        if finding.blocking
        and finding.fingerprint in situation.inline
        and finding.fingerprint not in known
    )


def _answers(audit: Audit, situation: Situation) -> tuple[Answer, ...]:
    stages = _Stages(audit, situation)
    return tuple(answer for thread in threads(situation) for answer in stages.answers(thread))


class _Stages:
    """The stage each finding of a thread was last said to be at, and the one it is at now."""

    def __init__(self, audit: Audit, situation: Situation) -> None:
        self._findings = {finding.fingerprint: finding for finding in audit.findings}
        self._newest = _newest_names(situation.aliases)
        self._said = _stages_said(situation.posts)
        self._unread = {gap.path for gap in audit.coverage.unreadable}
        self._all_ran = not any(isinstance(run.state, Failed) for run in audit.scanners)

    def answers(self, thread: Thread) -> tuple[Answer, ...]:
        """One reply for each stage that findings of ``thread`` have newly come to."""
        moved: dict[Stage, list[str]] = {}
        for fingerprint in thread.fingerprints:
            stage = self._new_stage(fingerprint, thread.path)
            if stage is not None:
                moved.setdefault(stage, []).append(fingerprint)
        return tuple(
            self._answer(thread, stage, tuple(moved[stage])) for stage in Stage if stage in moved
        )

    def _answer(self, thread: Thread, stage: Stage, fingerprints: tuple[str, ...]) -> Answer:
        keys = tuple(
            f"{fingerprint}:{len(self._said.get(fingerprint, ())) + 1}:{stage}"
            for fingerprint in fingerprints
        )
        return Answer(thread.comment_id, stage, fingerprints, keys, self._settled(thread))

    def _settled(self, thread: Thread) -> bool:
        return all(
            self.now(fingerprint, thread.path) not in (None, Stage.RAISED)
            for fingerprint in thread.fingerprints
        )

    def _new_stage(self, fingerprint: str, path: str) -> Stage | None:
        """The stage to be said, None when nothing changed or nothing is known."""
        before = (self._said.get(fingerprint) or (Stage.RAISED,))[-1]
        now = self.now(fingerprint, path)
        if now is None or now is before:
            return None
        if now is Stage.RAISED:
            return None if before is Stage.RETURNED else Stage.RETURNED
        return now

    def now(self, fingerprint: str, path: str) -> Stage | None:
        """The stage a finding is at, None when it could not be judged."""
        finding = self._findings.get(self._newest.get(fingerprint, fingerprint))
        if finding is None:
            judged = self._all_ran and path not in self._unread
            return Stage.FIXED if judged else None
        match finding.state:
            case FindingState.WAIVED:
                return Stage.WAIVED
            case FindingState.ROTATED:
                return Stage.ROTATED
            case FindingState.OPEN | FindingState.WAITING:
                return Stage.RAISED


def _stages_said(posts: Iterable[Post]) -> dict[str, tuple[Stage, ...]]:
    """The stages replied for each fingerprint, in order of their turn."""
    turns: dict[str, list[tuple[int, Stage]]] = {}
    for post in posts:
        if post.key.kind is PostKind.REPLY:
            fingerprint, turn, stage = post.key.key.split(":")
            turns.setdefault(fingerprint, []).append((int(turn), Stage(stage)))
    return {
        fingerprint: tuple(stage for _turn, stage in sorted(said))
        for fingerprint, said in turns.items()
    }


def _newest_names(aliases: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Old fingerprint to the newest one, chains followed; a ring ends where it began."""
    step = dict(aliases)
    newest: dict[str, str] = {}
    for old in step:
        name, seen = old, {old}
        while name in step and step[name] not in seen:
            name = step[name]
            seen.add(name)
        newest[old] = name
    return newest
