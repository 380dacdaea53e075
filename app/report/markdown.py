"""An audit as a Markdown document, for ``audit scan --format markdown``."""

from app.domain.audit import Audit
from app.report.escape import plain
from app.report.headline import headline
from app.report.links import NO_LINKS
from app.report.overview import details, overview


def markdown_report(audit: Audit) -> str:
    """The check's title, summary and details as one document that ends with a line feed."""
    title = f"# {plain(headline(audit))}"
    return "\n\n".join((title, overview(audit, NO_LINKS), details(audit, NO_LINKS))) + "\n"
