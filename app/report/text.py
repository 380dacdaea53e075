"""An audit for a person at a terminal: the verdict first, then what to do, then what it rests on.

The functions give renderables; whoever prints them owns the console. Every state that has a colour
is also a word, and everything is readable from 60 columns on.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.domain.audit import Audit
from app.domain.change import Change
from app.domain.finding import Finding
from app.domain.lens import Category
from app.domain.risk import Tier
from app.domain.scan import Completed
from app.domain.verdict import Outcome
from app.report.arithmetic import (
    factor_product,
    factor_words,
    has_risk,
    product,
    remark,
    severity_words,
)
from app.report.count import Standing, by_lens, counted, gate_failures, scan_name, standing
from app.report.escape import visible, visible_path
from app.report.evidence import evidence, explain
from app.report.headline import headline
from app.report.overview import SHA
from app.report.packages import UNKNOWN, packages_known
from app.report.unread import UnreadGroup, read_words, unread_groups

MAX_DECIDED: Final = 50
MAX_NOTES: Final = 10
NAMED: Final = 5
TEXT: Final = 600

_OUTCOME_STYLE: Final = {
    Outcome.PASS: "bold white on green",
    Outcome.BLOCK: "bold white on red",
    Outcome.INCONCLUSIVE: "bold black on yellow",
}
_TIER_STYLE: Final = {
    Tier.P0: "bold red",
    Tier.P1: "bold red",
    Tier.P2: "yellow",
    Tier.P3: "cyan",
}


def text_report(audit: Audit) -> RenderableType:
    """The whole report of one audit."""
    stand = standing(audit)
    return Group(*_with_gaps(_sections(audit, stand)))


def text_explain(finding: Finding, change: Change) -> RenderableType:
    """One finding: how its risk is worked out, its path, its fix, its evidence."""
    return Group(*_with_gaps(_explanation(finding, change)))


def _with_gaps(sections: Iterable[RenderableType]) -> Iterator[RenderableType]:
    for section in sections:
        yield section
        yield Text("")


def _sections(audit: Audit, stand: Standing) -> Iterator[RenderableType]:
    yield _verdict(audit)
    if gate_failures(audit):
        yield Group(*_failures(audit))
    decided = stand.blocking + stand.waiting + stand.unread
    if decided:
        yield _decided(decided)
    if stand.notes:
        yield _notes(stand.notes)
    yield Group(*_coverage(audit, stand))
    yield Group(*_next_steps(audit, stand))


def _verdict(audit: Audit) -> Text:
    word, colon, rest = headline(audit).partition(":")
    label = Text(f" {word} ", _OUTCOME_STYLE[audit.verdict.outcome])
    return Text.assemble(label, f" {rest.strip()}" if colon else "")


def _failures(audit: Audit) -> Iterator[Text]:
    for failure in gate_failures(audit):
        said = f"The {scan_name(failure.scanner)} did not finish: {visible(failure.why, TEXT)}"
        yield Text(said, "yellow")


def _decided(findings: tuple[Finding, ...]) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 1, 0), collapse_padding=False, expand=True)
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    for finding in findings[:MAX_DECIDED]:
        grid.add_row(_risk(finding), _what(finding))
    more = len(findings) - MAX_DECIDED
    if more <= 0:
        return grid
    return Group(grid, Text(f"{counted(more, 'more finding')}: --format json lists all of them."))


def _risk(finding: Finding) -> Text:
    if not has_risk(finding):
        return Text("not known", "yellow")
    first = Text(f"{finding.risk.value} {finding.tier}", _TIER_STYLE[finding.tier])
    return Text.assemble(first, "\n", Text(product(finding), "dim"))


def _what(finding: Finding) -> Text:
    seen = finding.sighting
    state = "" if finding.blocking else f" · {_state_word(finding)}"
    return Text.assemble(
        Text(visible(seen.title, 120), "bold"),
        f"  {finding.id}\n",
        Text(_place(finding), "blue"),
        Text(f" · {finding.lens} · {finding.category}{state}\n", "dim"),
        Text("Fix: ", "green"),
        visible(seen.fix, TEXT),
    )


def _state_word(finding: Finding) -> str:
    return "not read" if finding.category is Category.COVERAGE else str(finding.state)


def _place(finding: Finding) -> str:
    commit = finding.sighting.commit
    line = f":{finding.line}" if finding.line else ""
    history = f" in commit {visible(commit, SHA + 1)[:SHA]}" if commit else ""
    return f"{visible_path(finding.path)}{line}{history}"


def _notes(notes: tuple[Finding, ...]) -> RenderableType:
    title = Text(f"{counted(len(notes), 'note')} ({by_lens(notes)}), not blocking", "bold")
    grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_column(no_wrap=True)
    for finding in notes[:MAX_NOTES]:
        risk = Text(f"{finding.risk.value} {finding.tier}", _TIER_STYLE[finding.tier])
        what = Text(f"{visible(finding.sighting.title, 120)} · {_place(finding)}")
        grid.add_row(risk, what, Text(finding.id, "dim"))
    more = len(notes) - MAX_NOTES
    rest = [Text(f"and {more:,} more: --format json lists all of them", "dim")] if more > 0 else []
    return Group(title, Padding(Group(grid, *rest), (0, 0, 0, 2)))


def _coverage(audit: Audit, stand: Standing) -> Iterator[Text]:
    yield Text(f"Read {read_words(audit.coverage)}.")
    for group in unread_groups(audit.coverage):
        yield Text(_unread_words(group))
    if audit.change.commits_unread:
        yield Text(f"{counted(audit.change.commits_unread, 'older commit')} not read.")
    settled = len(stand.waived) + len(stand.rotated)
    if settled:
        yield Text(f"{counted(settled, 'finding')} waived or rotated.")
    if stand.existing:
        yield Text(
            f"{counted(len(stand.existing), 'more finding')} on the base already, not counted."
        )
    if audit.not_consulted:
        named = ", ".join(visible(what, TEXT) for what in audit.not_consulted)
        yield Text(f"Not consulted: {named}.", "dim")
    yield Text(_footing(audit), "dim")


def _unread_words(group: UnreadGroup) -> str:
    named = ", ".join(visible_path(path) for path in group.paths[:NAMED])
    more = len(group.paths) - NAMED
    rest = f" and {more:,} more" if more > 0 else ""
    return f"{group.heading}, {counted(len(group.paths), 'file')} ({group.reason}): {named}{rest}."


def _footing(audit: Audit) -> str:
    base = audit.change.merge_base
    branch = visible_path(audit.change.base_branch)
    compared = f"Compared with {visible(base, SHA + 1)[:SHA]} of {branch}" if base else "No base"
    scanners = ", ".join(
        visible(run.name, 40)
        if isinstance(run.state, Completed)
        else f"{run.name} {run.state.state}"
        for run in audit.scanners
    )
    packages = _packages(audit)
    version = visible(audit.policy.version, 20)
    return (
        f"{compared} · policy {version} · scanners: {scanners} · {packages} · {audit.seconds:.1f} s"
    )


def _packages(audit: Audit) -> str:
    if not packages_known(audit):
        return f"packages {UNKNOWN}"
    return counted(len(audit.sbom.components), "package")


def _next_steps(audit: Audit, stand: Standing) -> Iterator[Text]:
    for label, step in _steps(audit, stand):
        yield Text.assemble(Text(f"{label}: ", "bold"), visible(step, TEXT))


def _steps(audit: Audit, stand: Standing) -> Iterator[tuple[str, str]]:
    decided = stand.blocking + stand.waiting
    if decided:
        yield "Explain", explain(decided[0], audit.change)
        yield "Check a fix", evidence(decided[0], audit.change).reproduce
    elif audit.verdict.outcome is Outcome.INCONCLUSIVE:
        yield (
            "Next",
            "remove what kept it from judging, then scan again. It is neither a pass nor a block.",
        )
    elif stand.notes:
        yield "Next", "nothing has to be done. Notes are worth a look."
    else:
        yield "Next", "nothing has to be done."


def _explanation(finding: Finding, change: Change) -> Iterator[RenderableType]:
    seen, known = finding.sighting, evidence(finding, change)
    yield _what(finding)
    yield Text(visible(seen.message, 1_200))
    if has_risk(finding):
        yield _arithmetic(finding)
    if seen.trace and finding.category is not Category.SECRET:
        yield Group(Text("Path of the value", "bold"), *_trace(finding))
    facts = [*seen.details.items(), *(("weakness", cwe) for cwe in seen.cwe)]
    facts += [("also known as", ", ".join(seen.aliases))] if seen.aliases else []
    if facts:
        yield _pairs(facts)
    yield _pairs(
        [
            ("why it goes away", known.hypothesis),
            ("reproduce", known.reproduce),
            ("take back", known.rollback),
        ]
    )


def _arithmetic(finding: Finding) -> RenderableType:
    value = f"{finding.exploitability.value:.2f} = {factor_product(finding)}"
    lines = [
        Text(f"risk {finding.risk.value} = {product(finding)}, tier {finding.tier}", "bold"),
        Text(f"severity {severity_words(finding)}"),
        Text(f"exploitability {value}"),
        *(
            Text(f"  {visible(factor_words(factor), TEXT)}")
            for factor in finding.exploitability.factors
        ),
    ]
    said = remark(finding)
    unknown = finding.exploitability.unknown
    lines += [Text(said)] if said else []
    lines += (
        [
            Text(
                f"Not known, so taken cautiously: {', '.join(unknown)}. Knowing it could lower the risk."
            )
        ]
        if unknown
        else []
    )
    return Group(*lines)


def _trace(finding: Finding) -> Iterator[Text]:
    for step in finding.sighting.trace:
        place = Text(f"  {visible_path(step.path)}:{step.line}  ", "blue")
        yield Text.assemble(place, visible(step.text.strip(), 200))


def _pairs(facts: Iterable[tuple[str, str]]) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
    grid.add_column(no_wrap=True, style="dim", max_width=24)
    grid.add_column(ratio=1, overflow="fold")
    for name, value in facts:
        grid.add_row(Text(visible(name, 60)), Text(visible(value, TEXT)))
    return grid
