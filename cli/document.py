"""An audit in the format that was asked for, on stdout or in a file."""

from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

from rich.console import Console

from app.domain.audit import Audit
from app.report.cyclonedx import cyclonedx_document
from app.report.document import json_text
from app.report.markdown import markdown_report
from app.report.sarif import sarif_text
from app.report.text import text_report


class Format(StrEnum):
    """How an audit is written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    MARKDOWN = "markdown"
    CYCLONEDX = "cyclonedx"


def written(audit: Audit, format_: Format, output: Path | None) -> str | None:
    """The document for stdout; None when it went into ``output`` or straight to the terminal."""
    if format_ is Format.TEXT:
        _print_text(audit, output)
        return None
    text = _document(audit, format_)
    if output is None:
        return text if text.endswith("\n") else text + "\n"
    output.write_text(text, encoding="utf-8")
    return None


def _document(audit: Audit, format_: Format) -> str:
    match format_:
        case Format.JSON:
            return json_text(audit)
        case Format.SARIF:
            return sarif_text(audit, version("pragmatic-audit"))
        case Format.MARKDOWN:
            return markdown_report(audit)
        case _:
            return cyclonedx_document(audit).decode("utf-8")


def _print_text(audit: Audit, output: Path | None) -> None:
    if output is None:
        Console().print(text_report(audit))
        return
    with output.open("w", encoding="utf-8") as file:
        Console(file=file, width=100).print(text_report(audit))
