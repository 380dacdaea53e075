"""A blob's matches → sightings at one path, rules that mean the same flaw told once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.domain.facts import CodeFacts, Level
from app.domain.lens import Category
from app.domain.scan import CodeIdentity, Sighting, Target, TraceStep
from workers.scanners.code.rules import Rule
from workers.scanners.code.wire import Match

ORDER = {Level.LOW: 0, Level.MEDIUM: 1, Level.HIGH: 2}


@dataclass(frozen=True, slots=True)
class _Known:
    """A match with what we say of its rule."""

    match: Match
    rule: Rule

    @property
    def traced(self) -> bool:
        """Whether an untrusted source was followed to the sink."""
        return self.rule.follows_flow

    @property
    def weight(self) -> tuple[object, ...]:
        """What makes one rule's word count more than another's about the same flaw."""
        rule = self.rule
        grades = (ORDER[rule.confidence], ORDER[rule.likelihood])
        return (self.traced, rule.severity, *grades, rule.id)


def sightings(
    target: Target, matches: Iterable[Match], rules: Mapping[str, Rule]
) -> Iterator[Sighting]:
    """The sightings of ``target``: of several rules of one family on one line, the weightiest."""
    lines: dict[tuple[str, int], list[_Known]] = defaultdict(list)
    for match in matches:
        rule = rules[match.rule]
        lines[rule.family, match.line].append(_Known(match, rule))
    for known in lines.values():
        chosen = max(known, key=lambda each: each.weight).rule
        others = sorted({each.rule.id for each in known} - {chosen.id})
        ignored = any(each.match.ignored for each in known)
        for each in known:
            if each.rule.id == chosen.id:
                yield _sighting(target, each, others, suppressed=ignored)


def _sighting(
    target: Target, known: _Known, others: Sequence[str], *, suppressed: bool
) -> Sighting:
    match, rule = known.match, known.rule
    return Sighting(
        side=target.side,
        path=target.path,
        category=Category.CODE,
        lens=rule.lens,
        rule=rule.id,
        title=rule.title,
        message=rule.message,
        fix=rule.fix,
        facts=CodeFacts(
            severity=rule.severity,
            likelihood=rule.likelihood,
            confidence=rule.confidence,
            traced=known.traced,
        ),
        identity=CodeIdentity(match.text, match.scope, match.definition),
        line=match.line,
        end_line=match.end_line,
        cwe=rule.cwe,
        owasp=rule.owasp,
        stride=rule.stride,
        references=rule.references,
        trace=tuple(TraceStep(target.path, step.line, step.text) for step in match.trace),
        suggestion=match.replacement,
        details={"also seen by": ", ".join(others)} if others else {},
        commit=target.commit,
        soft=rule.soft,
        suppressed=suppressed,
    )
