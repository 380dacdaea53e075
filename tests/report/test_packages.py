"""When the dependency scan failed, no package is not the same as zero packages."""

import io
import json

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from rich.console import Console

from app.report.check import check_output
from app.report.cyclonedx import cyclonedx_document
from app.report.document import document
from app.report.links import NO_LINKS
from app.report.text import text_report
from app.web.pages.rendering import run_html
from tests.report.story import a_clear_audit, an_unjudged_audit

UNKNOWN = "not known, since the dependency scan did not finish"


def test_the_check_the_page_and_the_terminal_say_that_it_is_not_known() -> None:
    audit = an_unjudged_audit()
    out = io.StringIO()
    Console(file=out, width=200).print(text_report(audit))
    assert f"SBOM: {UNKNOWN}." in check_output(audit, NO_LINKS).summary
    assert f"packages {UNKNOWN}" in out.getvalue()
    page = run_html(audit)
    assert UNKNOWN.capitalize() in page
    assert "0 components" not in page


def test_the_documents_claim_no_count() -> None:
    sbom = document(an_unjudged_audit())["sbom"]
    assert sbom == {"components": None, "added": None, "removed": None, "sha256": None}
    assert document(a_clear_audit())["sbom"] == {
        "components": 0,
        "added": 0,
        "removed": 0,
        "sha256": None,
    }


def test_the_bill_of_materials_says_that_it_may_be_incomplete() -> None:
    written = cyclonedx_document(an_unjudged_audit())
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(written.decode()) is None
    assert json.loads(written)["compositions"][0]["aggregate"] == "unknown"
    assert "compositions" not in json.loads(cyclonedx_document(a_clear_audit()))
