"""The title of a vulnerable package: what is wrong in whole words, and the flaw's id always."""

import pytest

from app.domain.scan import Side, Sighting, Target
from workers.scanners.dependencies.sighting import MAX_TITLE, sightings
from workers.scanners.dependencies.wire import FlawFacts, FoundFlaw, FoundPackage, ReadFile

FLAW = "CVE-2020-0001"


def seen(summary: str = "", cwe: tuple[str, ...] = (), name: str = "example-lib") -> Sighting:
    package = FoundPackage(
        name=name,
        normalised=name,
        version="1.2.0",
        line=1,
        end_line=1,
        direct=True,
        development=False,
        via=(),
        hashed=False,
        pin=None,
        fixed=None,
        flaws=(FoundFlaw(canonical=FLAW, by=(FLAW,), against=()),),
    )
    flaw = FlawFacts(
        canonical=FLAW,
        ids=(FLAW,),
        summary=summary,
        published="",
        score=None,
        vector=None,
        word=None,
        cwe=cwe,
        urls=(),
        known_exploited=False,
        epss=None,
    )
    file = ReadFile(file=0, kind="requirements", ecosystem="PyPI", packages=(package,), unread=())
    target = Target(side=Side.HEAD, path="requirements.txt", blob="0" * 40, size=1, file="0000")
    (sighting,) = sightings(target, file, {FLAW: flaw})
    return sighting


def test_the_summary_of_the_advisory_is_the_title() -> None:
    assert seen("Remote code execution.").title == (
        "example-lib 1.2.0: Remote code execution (CVE-2020-0001)"
    )


def test_a_long_summary_is_cut_between_words_and_the_id_stays() -> None:
    title = seen("A crafted archive makes it write files outside of " * 4).title
    assert len(title) <= MAX_TITLE
    assert title.endswith("… (CVE-2020-0001)")
    assert title.removesuffix("… (CVE-2020-0001)").split()[-1] in {
        *"A crafted archive makes it write files outside of".split()
    }


@pytest.mark.parametrize(
    ("cwe", "words"),
    [
        (("CWE-22",), "path traversal"),
        (("CWE-20", "CWE-78"), "command injection"),
        (("CWE-99999",), "known flaw"),
        ((), "known flaw"),
    ],
)
def test_without_a_summary_the_kind_of_flaw_is_named(cwe: tuple[str, ...], words: str) -> None:
    found = seen(cwe=cwe)
    assert found.title == f"example-lib 1.2.0: {words} (CVE-2020-0001)"
    assert f"Kind: {words}; its records have no summary." in found.message


def test_a_name_as_long_as_a_line_does_not_push_the_id_out() -> None:
    title = seen("x" * 4_000, name="n" * 4_000).title
    assert len(title) <= MAX_TITLE
    assert title.endswith(" (CVE-2020-0001)")
