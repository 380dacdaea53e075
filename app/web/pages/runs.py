"""The run page: one recorded audit, and its documents to download.

Who may see which audit is decided before these routes are reached; ids are random and cannot be
guessed.
"""

import re
from collections.abc import Awaitable, Callable
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
    router = APIRouter(include_in_schema=False)

    @router.get(STYLE_ADDRESS)
    async def style() -> Response:
        return Response(_style(), media_type="text/css", headers=dict(PAGE_HEADERS))

    @router.get("/runs/{audit_id}.json")
    async def as_json(audit_id: str) -> Response:
        audit = await _recorded(load, audit_id)
        text = None if audit is None else json_text(audit)
        return _document(text, "application/json", f"audit-{audit_id}.json")

    @router.get("/runs/{audit_id}.sarif")
    async def as_sarif(audit_id: str) -> Response:
        audit = await _recorded(load, audit_id)
        text = None if audit is None else sarif_text(audit, version)
        return _document(text, "application/sarif+json", f"audit-{audit_id}.sarif")

    @router.get("/runs/{audit_id}/sbom.json")
    async def as_sbom(audit_id: str) -> Response:
        document = await _recorded(sbom, audit_id)
        return _document(document, "application/vnd.cyclonedx+json", f"sbom-{audit_id}.json")

    @router.get("/runs/{audit_id}")
    async def page(audit_id: str) -> Response:
        audit = await _recorded(load, audit_id)
        return _not_found() if audit is None else _page(run_html(audit), 200)

    return router


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


def _style() -> str:
    return files("app.web.pages").joinpath("static", "style.css").read_text("utf-8")
