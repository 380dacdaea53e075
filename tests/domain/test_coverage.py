"""What was asked for and not analysed, named one by one and graded."""

from app.domain.coverage import coverage
from app.domain.scan import Gap, GapClass, GapReason, Side
from tests.builders import a_report


def a_gap(**differences: object) -> Gap:
    values = {
        "scanner": "code",
        "side": Side.HEAD,
        "path": "big.py",
        "grade": GapClass.UNREADABLE,
        "reason": GapReason.TOO_LARGE,
        "why": "over 256 KB",
    }
    return Gap(**(values | differences))


def test_a_file_is_analysed_when_one_scanner_read_it():
    report = a_report(analysed=frozenset({(Side.HEAD, "a.py"), (Side.BASE, "b.py")}))
    covered = coverage(["a.py", "b.py"], [report], [])
    assert covered.analysed == ("a.py",)


def test_a_file_that_should_have_been_read_is_unreadable():
    covered = coverage(["big.py"], [a_report(gaps=(a_gap(),))], [])
    assert [gap.path for gap in covered.unreadable] == ["big.py"]


def test_what_only_the_code_engine_could_not_read_before_either_is_a_note():
    gaps = (a_gap(), a_gap(side=Side.BASE))
    covered = coverage(["big.py"], [a_report(gaps=gaps)], [])
    assert covered.unreadable == ()
    assert "the same was so on the base" in covered.gaps[0].why


def test_a_manifest_unreadable_on_the_base_too_still_counts():
    gaps = (a_gap(scanner="dependencies"), a_gap(scanner="dependencies", side=Side.BASE))
    assert coverage(["big.py"], [a_report("dependencies", gaps=gaps)], []).unreadable


def test_another_reason_on_the_base_does_not_excuse_the_head():
    gaps = (a_gap(), a_gap(side=Side.BASE, reason=GapReason.TIMEOUT))
    assert coverage(["big.py"], [a_report(gaps=gaps)], []).unreadable


def test_a_text_file_the_secrets_scan_read_is_no_gap_of_the_code_scan():
    no_reader = a_gap(path="README", grade=GapClass.NOT_IN_SCOPE, reason=GapReason.UNSUPPORTED)
    secrets = a_report("secrets", analysed=frozenset({(Side.HEAD, "README")}))
    covered = coverage(["README"], [a_report(gaps=(no_reader,)), secrets], [])
    assert covered.gaps == ()


def test_a_link_stays_listed_whatever_was_read():
    link = a_gap(path="l", grade=GapClass.NOT_IN_SCOPE, reason=GapReason.LINK)
    covered = coverage(["l"], [a_report(analysed=frozenset({(Side.HEAD, "l")}))], [link])
    assert [gap.reason for gap in covered.gaps] == [GapReason.LINK]
