"""Review comments: what shares one, where it stands, what it says."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from app.domain.audit import Audit
from app.domain.change import Change
from app.domain.diff import Hunk
from app.domain.finding import Finding
from app.domain.lens import Category
from app.domain.publication import Stage
from app.domain.scan import CodeIdentity, Side, TraceStep, WorkflowIdentity
from app.report.comment import (
    COMMENT_LIMIT,
    FileAnchor,
    LineAnchor,
    NoAnchor,
    anchor,
    group_for_comments,
    review_body,
    review_comment,
    stage_reply,
)
from tests.builders import (
    a_change,
    a_file,
    a_finding,
    a_secret,
    a_sighting,
    a_vulnerable_package,
    an_audit,
    dependency_facts,
)
from tests.report.rendered import active_text, foreign_html, tokens
from tests.report.story import TRACE, a_hostile_audit, an_old_secret, many_findings

MARKER = "<!-- pragmatic-audit 0123456789abcdef0123 -->"


def comments(audit: Audit, limit: int = 10) -> list[str]:
    return [
        review_comment(group, anchor(group.first, audit.change), audit.change, MARKER)
        for group in group_for_comments(audit.findings, limit)
    ]


def in_hunk(*hunks: Hunk) -> Change:
    return a_change(a_file(hunks=hunks))


def test_a_traced_code_finding_is_explained(snapshot: SnapshotAssertion) -> None:
    seen = a_sighting(trace=TRACE, suggestion='    subprocess.run(["grep", "--", name])')
    assert comments(an_audit(seen)) == snapshot


def test_a_secret_is_never_quoted(snapshot: SnapshotAssertion) -> None:
    seen = a_secret(
        trace=(TraceStep("shop/settings.py", 3, "the line itself"),),
        suggestion="TOKEN = read()",
        details={"shown": "ghp_…"},
    )
    (comment,) = comments(an_audit(seen))
    assert "the line itself" not in comment
    assert "suggestion" not in comment
    assert comment == snapshot


def test_a_dependency_names_versions_and_every_alias(snapshot: SnapshotAssertion) -> None:
    seen = a_vulnerable_package(
        facts=dependency_facts(known_exploited=True),
        references=("https://osv.dev/vulnerability/CVE-2020-0001",),
        suggestion="example-lib==1.2.4",
    )
    audit = an_audit(seen, change=a_change(a_file("requirements.txt")))
    (comment,) = comments(audit)
    assert "`GHSA-aaaa-bbbb-cccc`" in comment
    assert "```suggestion\nexample-lib==1.2.4\n```" in comment
    assert comment == snapshot


def test_a_workflow_finding_has_its_fix(snapshot: SnapshotAssertion) -> None:
    seen = a_sighting(
        path=".github/workflows/ci.yml",
        category=Category.WORKFLOW,
        rule="template-injection",
        title="Text of a pull request runs in a shell",
        message="`${{ github.event.pull_request.title }}` is put into a script.",
        fix="Pass it through an environment variable.",
        identity=WorkflowIdentity("jobs/build/steps/0/run"),
        cwe=(),
    )
    audit = an_audit(seen, change=a_change(a_file(".github/workflows/ci.yml")))
    assert comments(audit) == snapshot


def test_equal_findings_share_a_comment_and_keep_their_ids() -> None:
    seen = [
        a_sighting(identity=CodeIdentity("os.system", f"shop.search_{place}"), line=place)
        for place in (41, 42, 43)
    ]
    audit = an_audit(*seen, a_secret())
    groups = group_for_comments(audit.findings, 10)
    assert [len(group.findings) for group in groups] == [3, 1]
    body = comments(audit)[0]
    assert all(f"`{finding.id}`" in body for finding in groups[0].findings)


def test_a_comment_is_about_one_file_by_which_it_is_judged_whether_it_is_fixed() -> None:
    audit = an_audit(*(a_sighting(path=f"shop/{name}.py") for name in ("a", "b")))
    groups = group_for_comments(audit.findings, 10)
    assert [{finding.path for finding in group.findings} for group in groups] == [
        {"shop/a.py"},
        {"shop/b.py"},
    ]


def test_a_comment_tells_of_no_command_that_nobody_answers() -> None:
    audit = an_audit(a_sighting(), a_secret())
    assert all("/audit" not in body and "waive" not in body for body in comments(audit))


def test_what_stands_in_the_history_is_no_sibling_of_what_stands_in_the_head() -> None:
    audit = an_audit(a_secret(), an_old_secret())
    assert len(group_for_comments(audit.findings, 10)) == 2


def test_only_the_worst_are_commented_on() -> None:
    audit = an_audit(*many_findings(30), a_vulnerable_package())
    assert len(group_for_comments(audit.findings, 10)) == 10
    assert group_for_comments(an_audit(a_vulnerable_package()).findings, 10) == ()


@pytest.mark.parametrize(
    ("hunk", "lines", "expected"),
    [
        (Hunk(0, 0, 1, 100), (41, 41), LineAnchor(path="shop/search.py", line=41)),
        (Hunk(0, 0, 1, 100), (41, 44), LineAnchor(path="shop/search.py", line=44, start_line=41)),
        (Hunk(44, 0, 45, 1), (41, 41), FileAnchor("shop/search.py")),
        (Hunk(44, 0, 45, 1), (42, 42), LineAnchor(path="shop/search.py", line=42)),
        (Hunk(44, 0, 45, 1), (48, 60), LineAnchor(path="shop/search.py", line=48)),
        (Hunk(44, 0, 45, 1), (30, 60), LineAnchor(path="shop/search.py", line=42)),
        (Hunk(44, 0, 45, 1), (49, 49), FileAnchor("shop/search.py")),
        (Hunk(0, 0, 1, 100), (0, 0), FileAnchor("shop/search.py")),
    ],
)
def test_a_comment_stands_where_github_accepts_it(
    hunk: Hunk, lines: tuple[int, int], expected: LineAnchor | FileAnchor
) -> None:
    finding = a_finding(a_sighting(line=lines[0], end_line=lines[1]))
    assert anchor(finding, in_hunk(hunk)) == expected


def test_a_file_without_a_line_difference_is_commented_on_as_a_whole() -> None:
    assert anchor(a_finding(), a_change(a_file(hunks=None))) == FileAnchor("shop/search.py")


@pytest.mark.parametrize(
    "finding",
    [
        a_finding(an_old_secret()),
        a_finding(a_sighting(path="untouched.py")),
        a_finding(a_sighting(path="caf\udce9.py")),
    ],
    ids=["history", "unchanged file", "undecodable name"],
)
def test_what_has_no_place_in_the_difference_goes_to_the_summary(finding: Finding) -> None:
    change = a_change(a_file(), a_file("shop/old_settings.py"), a_file("caf\udce9.py"))
    assert isinstance(anchor(finding, change), NoAnchor)


@pytest.mark.parametrize(
    "suggestion",
    ["a\n```\nb", "x = '\u202e'", "\x1b[31m", "x" * 5_000, "caf\udce9"],
    ids=["fence", "bidi", "escape", "long", "bytes"],
)
def test_a_suggestion_that_would_have_to_be_altered_is_left_out(suggestion: str) -> None:
    (comment,) = comments(an_audit(a_sighting(suggestion=suggestion)))
    assert "suggestion" not in comment


def test_a_suggestion_replaces_exactly_the_lines_commented_on() -> None:
    seen = a_sighting(line=48, end_line=60, suggestion="pass")
    (comment,) = comments(an_audit(seen, change=in_hunk(Hunk(44, 0, 45, 1))))
    assert "suggestion" not in comment


def test_hostile_text_stays_text(snapshot: SnapshotAssertion) -> None:
    said = comments(a_hostile_audit())
    for comment in said:
        comment.encode("utf-8")
        assert not foreign_html(comment)
        assert not active_text(comment)
        assert "link_open" not in {token.type for token in tokens(comment)}
    assert said == snapshot


def test_a_comment_ends_with_its_mark_however_long_it_is() -> None:
    wide = a_sighting(
        message="漢" * 5_000, details={f"n{place}": "漢" * 400 for place in range(200)}
    )
    (comment,) = comments(an_audit(wide))
    assert len(comment.encode()) <= COMMENT_LIMIT
    assert comment.endswith(f"`audit scan` prints all of it.\n{MARKER}")


def test_a_long_path_of_a_value_is_told_from_both_ends() -> None:
    steps = tuple(TraceStep("a.py", line, f"step_{line}") for line in range(1, 31))
    (comment,) = comments(an_audit(a_sighting(trace=steps)))
    assert "`step_6` (6) → 18 steps more → `step_25` (25)" in comment


def test_a_branch_name_is_quoted_for_the_shell() -> None:
    audit = an_audit(a_sighting(), change=a_change(a_file(), base_branch="a;reboot"))
    assert "`audit scan --base 'a;reboot' --only F-" in comments(audit)[0]


def test_replies_name_what_they_are_about() -> None:
    ids = ("F-7K2QX9M", "F-2M9D000")
    head = "4f2c1d9" + "0" * 33
    assert stage_reply(Stage.FIXED, ids[:1], head) == "Fixed in 4f2c1d9. `F-7K2QX9M`"
    assert "`F-7K2QX9M` and `F-2M9D000`" in stage_reply(Stage.RETURNED, ids, head)
    assert stage_reply(Stage.WAIVED, ids, head, MARKER).endswith(MARKER)
    assert len({stage_reply(stage, ids, head) for stage in Stage}) == len(Stage)


def test_the_review_counts_findings_not_comments() -> None:
    audit = an_audit(a_sighting(), a_sighting(path="b.py"))
    assert review_body(group_for_comments(audit.findings, 10)).startswith("2 findings block")


def test_a_raised_finding_says_so() -> None:
    base = a_vulnerable_package(side=Side.BASE)
    head = a_vulnerable_package(facts=replace(dependency_facts(), known_exploited=True))
    (comment,) = comments(an_audit(base, head))
    assert "raised to the block level by this change" in comment
