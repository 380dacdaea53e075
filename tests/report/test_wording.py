"""Small words: counts, headline, arithmetic, evidence, limits, and the Markdown document."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.facts import Reach
from app.domain.lens import Category
from app.domain.scan import GapClass, GapReason
from app.report.arithmetic import factor_product, product, remark, severity_words
from app.report.count import counted, listed
from app.report.evidence import evidence
from app.report.headline import TITLE_LIMIT, headline
from app.report.markdown import markdown_report
from app.report.size import fitted, size
from app.report.unread import read_words, unread_groups
from tests.builders import (
    a_change,
    a_finding,
    a_secret,
    a_sighting,
    a_vulnerable_package,
    an_audit,
    an_unread_file,
    code_facts,
    dependency_facts,
)
from tests.report.rendered import foreign_html
from tests.report.story import TRACE, a_blocked_audit, a_gap, a_hostile_audit, an_unjudged_audit


def test_counts_and_lists_read_as_sentences() -> None:
    assert [counted(number, "finding") for number in (0, 1, 1_200)] == [
        *("0 findings", "1 finding", "1,200 findings")
    ]
    assert counted(2, "policy", "policies") == "2 policies"
    assert [listed("a"), listed("ab"), listed("abc")] == ["a", "a and b", "a, b and c"]


def test_every_title_fits() -> None:
    audits = (a_blocked_audit(), a_hostile_audit(), an_unjudged_audit(), an_audit())
    assert all(len(headline(audit)) <= TITLE_LIMIT for audit in audits)


def test_unread_files_are_why_it_could_not_judge() -> None:
    audit = an_audit(an_unread_file(), an_unread_file(path="b.js"))
    assert headline(audit) == "Could not judge: 2 files were not read"


def test_the_figures_shown_can_be_worked_out_again() -> None:
    finding = a_finding()
    assert (product(finding), factor_product(finding)) == (
        "9.8 × 0.95",
        "0.95 × 1.00 × 1.00 × 1.00",
    )
    assert severity_words(finding) == "9.8, critical"
    assert remark(finding) is None


def test_an_unknown_severity_says_so() -> None:
    finding = a_finding(a_vulnerable_package(facts=dependency_facts(score=None, vector=None)))
    assert severity_words(finding) == "7.5, high, not known: the cautious value"


def test_what_overrides_the_product_is_said() -> None:
    exploited = dependency_facts(known_exploited=True)
    generated = a_finding(a_vulnerable_package(path="gen/requirements.txt", facts=exploited))
    assert remark(generated) == (
        "known to be exploited: exploitability is at least 0.90, and the tier is P0 whatever the risk"
    )
    aside = replace(exploited, reach=Reach.DEVELOPMENT, score=Decimal("2.0"))
    assert remark(a_finding(a_vulnerable_package(facts=aside))) == (
        "known to be exploited, though not in what ships: at least P2"
    )
    assert remark(a_finding(a_sighting(soft=True))) == "a soft rule: never above P2"
    assert remark(a_finding(a_sighting(facts=code_facts(traced=False)))) is None


@pytest.mark.parametrize("category", [*Category])
def test_every_category_has_evidence(category: Category) -> None:
    finding = a_finding(replace(a_sighting(trace=TRACE), category=category))
    known = evidence(finding, a_change())
    assert known.reproduce == f"audit scan --base main --only {finding.id}"
    assert known.hypothesis.endswith(".")
    assert known.rollback.endswith(".")


def test_evidence_claims_only_what_is_known() -> None:
    change = a_change()
    fixed = evidence(a_finding(a_vulnerable_package()), change)
    unfixed = evidence(
        a_finding(a_vulnerable_package(details={"installed": "1.0", "fixed": "none known"})), change
    )
    assert "no longer covers 1.2.4" in fixed.hypothesis
    assert "none known" not in unfixed.hypothesis
    assert "rotat" in evidence(a_finding(a_secret()), change).rollback


def test_a_folder_without_a_base_is_scanned_whole_again() -> None:
    finding = a_finding()
    known = evidence(finding, a_change(merge_base=None))
    assert known.reproduce == f"audit scan --all --only {finding.id}"


def test_unread_files_are_gathered_gravest_first() -> None:
    gaps = (
        a_gap("a.png"),
        a_gap("b.js", grade=GapClass.UNREADABLE, reason=GapReason.TIMEOUT),
        a_gap("b.js", scanner="secrets", grade=GapClass.UNREADABLE, reason=GapReason.TIMEOUT),
    )
    covered = an_audit(gaps=gaps, asked=("a.png", "b.js")).coverage
    groups = unread_groups(covered)
    assert [(group.heading, group.paths) for group in groups] == [
        ("Should have been read", ("b.js",)),
        ("Not in scope", ("a.png",)),
    ]
    assert read_words(covered) == "0 of 2 files"


@given(
    st.lists(st.sampled_from(["text", "```", "````py", "<details>", "</details>", "漢" * 9, ""]))
)
def test_a_cut_text_fits_and_has_nothing_left_open(lines: list[str]) -> None:
    text = "\n".join(lines)
    cut = fitted(text, 120, "cut here")
    assert cut == text if size(text) <= 120 else size(cut) <= 120
    if cut != text:
        assert cut.endswith("\n\ncut here")


def test_a_fence_that_is_cut_is_closed() -> None:
    cut = fitted("````python\n" + "x = 1\n" * 100 + "````", 100, "cut")
    assert cut.endswith("x = 1\n````\n\ncut")


def test_the_markdown_document_is_the_checks_text() -> None:
    document = markdown_report(a_blocked_audit())
    assert document.startswith("# Blocked: risk 9.3, 2 findings (security 2)\n\n**Blocked.**")
    assert "### Scanners" in document
    assert document.endswith("\n")
    assert not foreign_html(markdown_report(a_hostile_audit()))
