"""Whether a version is affected, over every corner of the OSV schema's evaluation."""

import json

import pytest

from tests.advisories.records import affected, record
from workers.advisories.evaluate import Answer, answer, criteria, subject
from workers.advisories.record import parse

YES, NO, UNSURE = Answer.AFFECTED, Answer.UNAFFECTED, Answer.UNDECIDED
OPEN = [["introduced=0"]]
BELOW_2 = [["introduced=0", "fixed=2.0.0"]]
TWO_LINES = [["introduced=0", "fixed=1.26.17", "introduced=2.0.0", "fixed=2.0.6"]]
UNSORTED = [["introduced=2.0.0", "fixed=2.0.6", "introduced=0", "fixed=1.26.17"]]
LAST = [["introduced=1.0.0", "last_affected=1.5.0"]]
SEVERAL = [["introduced=1.0.0", "fixed=1.1.0"], ["introduced=3.0.0", "fixed=3.1.0"]]
LIMITED = [["introduced=0", "limit=1.5.0"]]

CASES = [
    # ecosystem, ranges, listed versions, version, answer
    ("PyPI", OPEN, [], "0.0.1", YES),
    ("PyPI", OPEN, [], "0.dev0", YES),
    ("PyPI", BELOW_2, [], "1.9.9", YES),
    ("PyPI", BELOW_2, [], "2.0.0", NO),
    ("PyPI", BELOW_2, [], "2.0", NO),
    ("PyPI", BELOW_2, [], "2.0.0rc1", YES),
    ("PyPI", BELOW_2, [], "2.0.0.post1", NO),
    ("PyPI", BELOW_2, [], "1!0.1", NO),
    ("PyPI", [["introduced=1!1.0", "fixed=1!2.0"]], [], "1!1.5", YES),
    ("PyPI", [["introduced=1!1.0", "fixed=1!2.0"]], [], "1.5", NO),
    ("PyPI", TWO_LINES, [], "1.26.16", YES),
    ("PyPI", TWO_LINES, [], "1.26.17", NO),
    ("PyPI", TWO_LINES, [], "2.0.0", YES),
    ("PyPI", TWO_LINES, [], "2.0.6", NO),
    ("PyPI", UNSORTED, [], "1.26.16", YES),
    ("PyPI", UNSORTED, [], "1.26.18", NO),
    ("PyPI", UNSORTED, [], "2.0.5", YES),
    ("PyPI", LAST, [], "1.5.0", YES),
    ("PyPI", LAST, [], "1.5.1", NO),
    ("PyPI", LAST, [], "0.9", NO),
    ("PyPI", SEVERAL, [], "1.0.5", YES),
    ("PyPI", SEVERAL, [], "2.0.0", NO),
    ("PyPI", SEVERAL, [], "3.0.0", YES),
    ("PyPI", LIMITED, [], "1.4", YES),
    ("PyPI", LIMITED, [], "1.5.0", NO),
    ("PyPI", [["introduced=0", "limit=*"]], [], "99", YES),
    ("PyPI", [["introduced=1.0", "fixed=1.0"]], [], "1.0", NO),
    ("PyPI", [["introduced=0", "fixed=1.0", "introduced=1.0", "fixed=1.1"]], [], "1.0", YES),
    ("PyPI", [["fixed=2.0.0"]], [], "1.0", NO),
    ("PyPI", [], ["1.0", "1.1"], "1.1", YES),
    ("PyPI", [], ["1.0"], "1.0.0", YES),
    ("PyPI", [], ["1.0"], "1.2", NO),
    ("PyPI", BELOW_2, ["5.0"], "5.0", YES),
    ("PyPI", [], ["2004d"], "2004d", YES),
    ("PyPI", [], ["2004d"], "2005", NO),
    ("PyPI", BELOW_2, [], "not-a-version", UNSURE),
    ("PyPI", BELOW_2, [], "", UNSURE),
    ("PyPI", [["introduced=0", "fixed=two"]], [], "1.0", UNSURE),
    ("PyPI", [["introduced=0", "fixed=two"], *BELOW_2], [], "1.0", YES),
    ("PyPI", [["introduced=0", "fixed=two"]], ["1.0"], "1.0", YES),
    # a local build of a version has its flaws, and its fixes
    ("PyPI", BELOW_2, [], "1.9+cu118", YES),
    ("PyPI", BELOW_2, [], "2.0.0+cu118", NO),
    ("PyPI", LAST, [], "1.5.0+cu118", YES),
    ("PyPI", [], ["1.0"], "1.0+cu118", YES),
    ("PyPI", [], ["1.0+cu118"], "1.0", NO),
    ("PyPI", [["introduced=0", "fixed=1.0+patched"]], [], "1.0", YES),
    ("PyPI", [["introduced=0", "fixed=1.0+patched"]], [], "1.0+patched", NO),
    # semantic versions
    ("npm", BELOW_2, [], "2.0.0-rc.1", YES),
    ("npm", BELOW_2, [], "2.0.0+build", NO),
    ("npm", BELOW_2, [], "10.0.0", NO),
    ("npm", [["introduced=2.0.0-beta.2", "fixed=2.0.0"]], [], "2.0.0-beta.10", YES),
    ("npm", [["introduced=2.0.0-beta.2", "fixed=2.0.0"]], [], "2.0.0-beta.1", NO),
    ("npm", [["introduced=2.0.0-beta.2", "fixed=2.0.0"]], [], "2.0.0-alpha.9", NO),
    ("npm", BELOW_2, [], "latest", UNSURE),
    ("npm", BELOW_2, [], "1.2.3.4", UNSURE),
    ("npm", [["introduced=1.0.0", "last_affected=1.5.0"]], [], "1.5.0", YES),
    ("Go", [["introduced=0", "fixed=0.3.8"]], [], "v0.3.7", YES),
    ("Go", [["introduced=0", "fixed=0.3.8"]], [], "v0.3.8", NO),
    ("Go", [["introduced=0", "fixed=4.0.0"]], [], "v3.2.0+incompatible", YES),
    ("Go", [["introduced=0", "fixed=3.2.0"]], [], "v3.2.0+incompatible", NO),
    ("Go", [["introduced=0", "fixed=0.0.0-20210520170846-37e1c6afe023"]], [],
     "v0.0.0-20190813141303-74dc4d7220e7", YES),
    ("Go", [["introduced=0", "fixed=0.0.0-20210520170846-37e1c6afe023"]], [],
     "v0.0.0-20220127200216-cd36cc0744dd", NO),
    ("Go", [["introduced=0", "fixed=0.0.0-20210520170846-37e1c6afe023"]], [], "v0.1.0", NO),
    ("Go", [["introduced=1.5.0-0", "fixed=1.5.3"]], [], "1.5.0-rc1", YES),
    ("Go", [["introduced=1.5.0-0", "fixed=1.5.3"]], [], "1.4.3", NO),
    ("Maven", [["introduced=0", "fixed=2.0"]], [], "2.0-SNAPSHOT", YES),
    ("RubyGems", [["introduced=0", "fixed=2.0.0"]], [], "2.0.0.rc1", YES),
    ("Hackage", BELOW_2, [], "1.0", UNSURE),
]  # fmt: skip


@pytest.mark.parametrize(("ecosystem", "ranges", "listed", "version", "expected"), CASES)
def test_a_version_is_judged_as_the_schema_says(
    ecosystem: str, ranges: list[list[str]], listed: list[str], version: str, expected: Answer
) -> None:
    block = affected("thing", ecosystem, ranges=ranges, versions=listed)
    advisory = parse(json.dumps(record("X-1", block)).encode())
    assert answer(criteria(advisory.affected[0]), subject(ecosystem, version)) is expected


def test_commit_ranges_say_nothing_of_versions() -> None:
    block = affected("thing", ranges=OPEN, kind="GIT")
    advisory = parse(json.dumps(record("X-1", block)).encode())
    assert answer(criteria(advisory.affected[0]), subject("PyPI", "1.0")) is NO
