"""The verdict, its table and its coverage in Markdown: the same on a check and in a file."""

from collections.abc import Iterable, Iterator
from typing import Final

from app.domain.audit import Audit
from app.domain.finding import Finding
from app.domain.lens import LensMode
from app.domain.verdict import Outcome
from app.report.arithmetic import factor_product, factor_words, has_risk, product, remark
from app.report.count import Standing, by_lens, counted, gate_failures, scan_name, standing
from app.report.escape import PATH_LIMIT, code, link, path_code, plain, prose, visible
from app.report.headline import unjudged
from app.report.links import Links
from app.report.packages import UNKNOWN, packages_known
from app.report.steps import next_step
from app.report.unread import UnreadGroup, read_words, unread_groups

ROWS: Final = 30
"""Rows of the table; the worst stay, the rest becomes a count."""
NAMED: Final = 5
"""Unread files named for each cause; all of them stand on the run page and in the JSON."""
EXPLAINED: Final = 20
"""Findings whose arithmetic is spelt out in the check's details."""
SHA: Final = 7


def overview(audit: Audit, links: Links) -> str:
    """Verdict, table worst first, coverage, and what the result rests on."""
    return "\n\n".join(part for part in _parts(audit, links) if part)


def _parts(audit: Audit, links: Links) -> Iterator[str]:
    stand = standing(audit)
    yield verdict_sentence(audit, stand)
    yield _not_finished(audit)
    yield table(_in_table(stand), audit, links)
    yield existing_words(stand.existing)
    yield "\n".join(coverage_lines(audit, links))
    yield "\n".join(_footing(audit, links))


def verdict_sentence(audit: Audit, stand: Standing) -> str:
    """The outcome in one bold word and one or two sentences."""
    notes = f" {_notes(stand)}" if stand.notes else ""
    match audit.verdict.outcome:
        case Outcome.BLOCK if audit.verdict.waiting:
            count = counted(len(stand.waiting), "finding")
            return f"**Waiting.** {count} at or above the block level {_wait(stand)} for a decision.{notes}"
        case Outcome.BLOCK:
            level = audit.policy.block_at
            are = "is" if len(stand.blocking) == 1 else "are"
            blocking = f"{counted(len(stand.blocking), 'finding')} {are} at or above the block level ({level})."
            return f"**Blocked.** {blocking}{notes}"
        case Outcome.INCONCLUSIVE:
            known = "Nothing that was read blocks, but what was not read is not known."
            return f"**Could not judge.** {_sentence(unjudged(audit))} {known}{notes}"
        case Outcome.PASS:
            return f"**{_clear_words(audit)}**{notes}"


def _wait(stand: Standing) -> str:
    return "waits" if len(stand.waiting) == 1 else "wait"


def _clear_words(audit: Audit) -> str:
    if audit.verdict.observing:
        lenses = [lens for lens, mode in audit.policy.lenses.items() if mode is not LensMode.BLOCK]
        observed = counted(audit.verdict.observing, "finding")
        return f"Observing. {observed} would block, in a lens that does not ({', '.join(lenses)})."
    return "Clear. Nothing that this change brings in blocks."


def _notes(stand: Standing) -> str:
    number = len(stand.notes)
    return f"{counted(number, 'finding')} {'is a note' if number == 1 else 'are notes'} ({by_lens(stand.notes)})."


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _not_finished(audit: Audit) -> str:
    return "\n".join(
        f"- The {plain(scan_name(failure.scanner))} did not finish: {plain(failure.why)}"
        for failure in gate_failures(audit)
    )


def _in_table(stand: Standing) -> tuple[Finding, ...]:
    settled = stand.waived + stand.rotated
    return stand.blocking + stand.waiting + stand.unread + stand.notes + settled


def table(findings: tuple[Finding, ...], audit: Audit, links: Links) -> str:
    """The table of findings; at most `ROWS` of them, then how many more there are."""
    if not findings:
        return ""
    rows = [_row(finding, audit) for finding in findings[:ROWS]]
    head = [
        "| risk | = severity × exploitability | lens | where | what | next |",
        "|---|---|---|---|---|---|",
    ]
    more = len(findings) - len(rows)
    ending = [f"\n{counted(more, 'more finding')} {on_run_page(links)}."] if more else []
    return "\n".join(head + rows + ending)


def _row(finding: Finding, audit: Audit) -> str:
    risk = f"{finding.risk.value} {finding.tier}" if has_risk(finding) else "not known"
    shown = f"**{risk}**" if finding.blocking else risk
    arithmetic = product(finding) if has_risk(finding) else "–"
    what = f"`{finding.id}` {prose(finding.sighting.title, 120)}"
    cells = (shown, arithmetic, str(finding.lens), place_code(finding), what, next_step(finding))
    return f"| {' | '.join(cells)} |"


def place_code(finding: Finding) -> str:
    """Path and line, and the commit where it is only in the history."""
    commit = finding.sighting.commit
    history = f" in commit `{visible(commit, SHA + 1)[:SHA]}`" if commit else ""
    return path_code(finding.path, finding.line) + history


def existing_words(existing: tuple[Finding, ...]) -> str:
    """How many findings the base has already; empty when none."""
    if not existing:
        return ""
    are, they = ("was", "It does") if len(existing) == 1 else ("were", "They do")
    return f"{counted(len(existing), 'more finding')} {are} there before this change. {they} not block it."


def coverage_lines(audit: Audit, links: Links) -> list[str]:
    """What was read, what was not and why, and what this run could not know."""
    lines = [f"Read: {read_words(audit.coverage)} that this change touches."]
    if audit.change.merge_base is None:
        lines = [f"Read: {read_words(audit.coverage)} of the folder."]
    lines += [_group_line(group, links) for group in unread_groups(audit.coverage)]
    if audit.change.commits_unread:
        lines.append(
            f"- {counted(audit.change.commits_unread, 'older commit')} of the change not read."
        )
    if audit.not_consulted:
        lines.append(f"- Not consulted: {', '.join(map(plain, audit.not_consulted))}.")
    return lines


def _group_line(group: UnreadGroup, links: Links) -> str:
    named = ", ".join(path_code(path) for path in group.paths[:NAMED])
    more = len(group.paths) - NAMED
    rest = f" and {more:,} more {on_run_page(links)}" if more > 0 else ""
    return (
        f"- {group.heading}, {counted(len(group.paths), 'file')} ({group.reason}): {named}{rest}."
    )


def on_run_page(links: Links) -> str:
    """``on the run page`` as a link, or where else all of them are."""
    if links.run_page is None:
        return "in the JSON output"
    return link("on the run page", links.run_page)


def _footing(audit: Audit, links: Links) -> Iterator[str]:
    compared = _compared(audit)
    seconds = f"{audit.seconds:,.0f} s" if audit.seconds >= 1 else f"{audit.seconds:.1f} s"
    yield f"{compared} Policy {code(audit.policy.version, 20)}. Run {seconds}."
    yield _sbom_line(audit, links)
    if links.run_page is not None:
        yield link(
            "Run page: every finding with its arithmetic, coverage, downloads", links.run_page
        )


def _compared(audit: Audit) -> str:
    if audit.change.merge_base is None:
        return "A plain folder: compared with nothing."
    base = visible(audit.change.merge_base, SHA + 1)[:SHA]
    return f"Compared with merge base `{base}` of {code(audit.change.base_branch, PATH_LIMIT)}."


def _sbom_line(audit: Audit, links: Links) -> str:
    if not packages_known(audit):
        return f"SBOM: {UNKNOWN}."
    made = audit.sbom
    counts = f"SBOM: {counted(len(made.components), 'component')}"
    difference = f", +{len(made.added):,} −{len(made.removed):,}" if audit.change.merge_base else ""
    digest = f", sha256 `{visible(made.sha256, 64)}`" if made.sha256 else ""
    where = f" ({link('download CycloneDX 1.6', links.sbom)})" if links.sbom else ""
    return f"{counts}{difference}{digest}{where}."


def details(audit: Audit, links: Links) -> str:
    """How each risk was worked out, and how each scanner's run went."""
    return "\n\n".join((_explanations(audit.findings, links), _scanners(audit)))


def _explanations(findings: tuple[Finding, ...], links: Links) -> str:
    shown = [finding for finding in findings if has_risk(finding)]
    parts = ["### How the risk is worked out", _FORMULA]
    parts += [explained(finding) for finding in shown[:EXPLAINED]]
    more = len(shown) - EXPLAINED
    if more > 0:
        parts.append(f"{counted(more, 'more finding')} {on_run_page(links)}.")
    return "\n\n".join(parts if shown else parts[:2])


_FORMULA: Final = (
    "Risk = severity × exploitability. Exploitability = likelihood × reach × role of the file × confidence. "
    "Tiers: P0 from 9 or known exploited, P1 from 6, P2 from 3, else P3."
)


def explained(finding: Finding) -> str:
    """The arithmetic of one finding as a short Markdown list."""
    head = f"**`{finding.id}`** {place_code(finding)}: {finding.risk.value} = {product(finding)}, {finding.tier}"
    value = f"{finding.exploitability.value:.2f} = {factor_product(finding)}"
    lines = [f"- exploitability {value}"]
    lines += [f"  - {plain(factor_words(factor))}" for factor in finding.exploitability.factors]
    said = remark(finding)
    return "\n".join([head, *lines, *([f"- {said}"] if said else [])])


def _scanners(audit: Audit) -> str:
    rows: Iterable[str] = (
        f"| {plain(run.name, 40)} | {plain(run.version, 40)} | {run.state.state} | {run.seconds:.1f} s "
        f"| {plain(getattr(run.state, 'why', ''))} |"
        for run in audit.scanners
    )
    versions = ", ".join(
        f"{plain(name, 60)} {plain(version, 60)}"
        for name, version in sorted(audit.data_versions.items())
    )
    head = "### Scanners\n\n| scanner | version | state | time | why |\n|---|---|---|---|---|"
    return "\n".join([head, *rows]) + (f"\n\nRules and data: {versions}." if versions else "")
