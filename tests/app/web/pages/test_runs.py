"""The run page and its documents."""

import json
from dataclasses import replace
from html.parser import HTMLParser

import httpx
import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator

from app.domain.audit import Audit
from app.report.cyclonedx import with_sbom
from app.report.document import json_schema
from app.web.pages.runs import run_pages
from tests.builders import a_secret, a_sighting, an_audit
from tests.report.story import (
    NASTY,
    TRACE,
    a_blocked_audit,
    a_clear_audit,
    a_gap,
    a_hostile_audit,
    an_unjudged_audit,
    many_findings,
)


class Recorded:
    """A record of one audit and its SBOM, which remembers what it was asked for."""

    def __init__(self, audit: Audit) -> None:
        self.audit, self.document = with_sbom(audit)
        self.asked: list[str] = []

    async def load(self, audit_id: str) -> Audit | None:
        self.asked.append(audit_id)
        return self.audit if audit_id == self.audit.id else None

    async def sbom(self, audit_id: str) -> bytes | None:
        self.asked.append(audit_id)
        return self.document if audit_id == self.audit.id else None


class Page(HTMLParser):
    """The elements, attributes and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def application(recorded: Recorded) -> FastAPI:
    app = FastAPI()
    app.include_router(run_pages(recorded.load, recorded.sbom, version="1.2.3"))
    return app


async def get(audit: Audit, address: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=application(Recorded(audit)))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.get(address.format(id=audit.id))


async def page_of(audit: Audit) -> Page:
    return Page((await get(audit, "/runs/{id}")).text)


async def test_the_page_says_verdict_arithmetic_coverage_and_packages() -> None:
    page = await page_of(a_blocked_audit())
    for said in (
        "Blocked: risk 9.3, 2 findings (security 2)",
        "Exploitability 0.95 = 0.95 × 1.00 × 1.00 × 1.00",
        "an untrusted value was traced from its source to this place",
        'os.system("grep " + name)',
        "audit scan --base main --only F-",
        "Pass a list and no shell.",
        "in commit abcdef1",
        "static/logo.png",
        "skipped: no workflow changed",
        "2 components, 1 added and 1 removed",
        "pkg:pypi/old-lib@0.9",
        "not known: cautious value",
    ):
        assert said in page.text


@pytest.mark.parametrize(
    ("audit", "outcome"),
    [
        (a_blocked_audit(), "verdict block"),
        (a_clear_audit(), "verdict pass"),
        (an_unjudged_audit(), "verdict inconclusive"),
    ],
    ids=["block", "pass", "inconclusive"],
)
async def test_each_outcome_has_its_own_look_and_words(audit: Audit, outcome: str) -> None:
    assert ("class", outcome) in (await page_of(audit)).attributes


async def test_a_failed_scanner_is_said_at_the_top() -> None:
    page = await page_of(an_unjudged_audit())
    assert "The dependency scan did not finish: the time limit of 60 s was reached" in page.text


async def test_hostile_text_is_only_ever_text() -> None:
    answer = await get(a_hostile_audit(), "/runs/{id}")
    page = Page(answer.text)
    assert not {"\u202e", "\x1b", "\udcff"} & set(answer.text)
    assert not {"script", "img", "style", "iframe", "form"} & set(page.elements)
    assert "<b>@octocat" not in answer.text
    addresses = [value for name, value in page.attributes if name in ("href", "src")]
    assert all(value.startswith(("/", "https://")) for value in addresses)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "style"]
    assert NASTY not in page.text


async def test_a_secrets_line_is_not_shown() -> None:
    page = await page_of(an_audit(a_secret(trace=TRACE)))
    assert "request.args" not in page.text


@pytest.mark.parametrize(
    "address",
    [
        *("/runs/{id}", "/runs/{id}.json", "/runs/{id}.sarif", "/runs/{id}/sbom.json"),
        *("/runs/unknown", "/pages/style.css"),
    ],
)
async def test_every_answer_is_locked_down(address: str) -> None:
    headers = (await get(a_clear_audit(), address)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


async def test_the_documents_can_be_downloaded() -> None:
    audit = a_blocked_audit()
    as_json = await get(audit, "/runs/{id}.json")
    Draft202012Validator(json_schema()).validate(as_json.json())
    sarif = (await get(audit, "/runs/{id}.sarif")).json()
    assert sarif["runs"][0]["tool"]["driver"]["version"] == "1.2.3"
    sbom = await get(audit, "/runs/{id}/sbom.json")
    assert json.loads(sbom.content)["bomFormat"] == "CycloneDX"
    assert sbom.headers["content-disposition"] == f'attachment; filename="sbom-{audit.id}.json"'
    assert sbom.headers["content-type"] == "application/vnd.cyclonedx+json"


@pytest.mark.parametrize(
    "address",
    [
        *("/runs/unknown", "/runs/unknown.json", "/runs/unknown.sarif", "/runs/unknown/sbom.json"),
        *("/runs/a'b", "/runs/..%2e", "/runs/" + "a" * 65, "/runs/a%0d%0ab.json", "/runs/ä"),
    ],
)
async def test_what_is_not_recorded_is_not_found(address: str) -> None:
    answer = await get(a_clear_audit(), address)
    assert answer.status_code == 404


async def test_nothing_that_is_not_an_id_reaches_the_record() -> None:
    recorded = Recorded(a_clear_audit())
    transport = httpx.ASGITransport(app=application(recorded))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        await client.get("/runs/a'%20or%201=1")
        await client.get("/runs/a%22b/sbom.json")
    assert recorded.asked == []


async def test_a_thousand_findings_stay_readable_and_every_gap_is_named() -> None:
    gaps = tuple(a_gap(f"assets/{place}.bin") for place in range(300))
    page = await page_of(an_audit(*many_findings(1_000), gaps=gaps))
    assert page.elements.count("article") == 500
    assert "500 more findings, less grave than these" in page.text
    assert all(f"assets/{place}.bin" in page.text for place in range(300))


async def test_a_plain_folder_has_no_difference_to_show() -> None:
    audit = an_audit(a_sighting())
    page = await page_of(replace(audit, change=replace(audit.change, merge_base=None)))
    assert "compared with" not in page.text
    assert "added" not in page.text
