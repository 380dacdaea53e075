"""The run page: one recorded audit, and its documents to download.

Who may see which audit is decided before these routes are reached; ids are random and cannot be
guessed.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Final, TypeVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from app.domain.audit import Audit
from app.report.document import json_text
from app.report.sarif import sarif_text
from app.web.pages.headers import PAGE_HEADERS, download_headers
from app.web.pages.rendering import not_found_html, run_html

Load = Callable[[str], Awaitable[Audit | None]]
LoadSbom = Callable[[str], Awaitable[bytes | None]]

_Recorded = TypeVar("_Recorded")

AUDIT_ID: Final = re.compile(r"[0-9A-Za-z-]{1,64}")
STYLE_ADDRESS: Final = "/pages/style.css"


def run_pages(load: Load, sbom: LoadSbom, *, version: str) -> APIRouter:
    """The routes below ``/runs``; ``load`` and ``sbom`` give None for what is not recorded.

    ``version`` is the product's own, named in SARIF.
    """
    runs = _Runs(load, sbom, version)
    router = APIRouter(include_in_schema=False)
    router.add_api_route(STYLE_ADDRESS, style)
    router.add_api_route("/runs/{audit_id}.json", runs.as_json)
    router.add_api_route("/runs/{audit_id}.sarif", runs.as_sarif)
    router.add_api_route("/runs/{audit_id}/sbom.json", runs.as_sbom)
    router.add_api_route("/runs/{audit_id}", runs.page)
    return router


async def style() -> Response:
    """The one style sheet."""
    text = files("app.web.pages").joinpath("static", "style.css").read_text("utf-8")
    return Response(text, media_type="text/css", headers=dict(PAGE_HEADERS))


@dataclass(frozen=True, slots=True)
class _Runs:
    """The answers for one audit in each form."""

    load: Load
    load_sbom: LoadSbom
    version: str

    async def page(self, audit_id: str) -> Response:
        audit = await _recorded(self.load, audit_id)
        return _not_found() if audit is None else _page(run_html(audit), 200)

    async def as_json(self, audit_id: str) -> Response:
        audit = await _recorded(self.load, audit_id)
        text = None if audit is None else json_text(audit)
        return _document(text, "application/json", f"audit-{audit_id}.json")

    async def as_sarif(self, audit_id: str) -> Response:
        audit = await _recorded(self.load, audit_id)
        text = None if audit is None else sarif_text(audit, self.version)
        return _document(text, "application/sarif+json", f"audit-{audit_id}.sarif")

    async def as_sbom(self, audit_id: str) -> Response:
        document = await _recorded(self.load_sbom, audit_id)
        return _document(document, "application/vnd.cyclonedx+json", f"sbom-{audit_id}.json")


async def _recorded(
    load: Callable[[str], Awaitable[_Recorded | None]], audit_id: str
) -> _Recorded | None:
    """What is recorded under an id; nothing that is not an id reaches the record."""
    return await load(audit_id) if AUDIT_ID.fullmatch(audit_id) else None


def _document(content: str | bytes | None, media_type: str, name: str) -> Response:
    if content is None:
        return _not_found()
    return Response(content, media_type=media_type, headers=download_headers(name))


def _not_found() -> Response:
    return _page(not_found_html(), 404)


def _page(html: str, status: int) -> Response:
    return HTMLResponse(html, status_code=status, headers=dict(PAGE_HEADERS))
