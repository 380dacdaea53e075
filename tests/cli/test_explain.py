"""`audit explain`: one finding in full, by its id or how it begins."""

import pytest

from cli.selection import meant
from tests.builders import a_sighting, an_audit
from tests.cli.shop import Ran, Shop
from tests.cli.test_scan import shell_finding
from tests.scanners.dependencies.boxes import needs_scanners

real = [pytest.mark.integration, pytest.mark.xdist_group("command line"), needs_scanners]


class TestWithRealScanners:
    pytestmark = real

    def test_the_beginning_of_an_id_is_enough(self, shop: Shop, blocked: Ran) -> None:
        finding = shell_finding(blocked)
        ran = shop.audit(
            *("explain", finding["id"][:-1], shop.repository, "--base", "main"),
            *("--advisories", shop.advisories),
        )
        assert ran.code == 0
        assert finding["id"] in ran.out
        assert "Path of the value" in ran.out
        assert f"audit scan --base main --only {finding['id']}" in ran.out

    def test_an_unknown_id_is_answered_with_those_there_are(self, shop: Shop) -> None:
        ran = shop.audit("explain", "F-\x1bnone", shop.folder, "--all")
        assert (ran.code, ran.out) == (3, "")
        last = ran.err.splitlines()[-1]
        assert last.startswith("audit: no finding 'F-\\x1bnone' here; there are: F-")


def test_an_exact_id_wins_and_the_bare_prefix_means_nothing() -> None:
    findings = an_audit(a_sighting(), a_sighting(path="b.py")).findings
    first, second = findings
    assert meant(findings, first.id.lower()) == (first,)
    assert meant(findings, second.id[:-1]) == (second,)
    assert meant(findings, "F-") == ()
    assert meant(findings, "") == ()
