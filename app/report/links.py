"""Where the things a text points at can be opened, as far as they can be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Addresses of one audit's run page and documents; None where there is none (a local run)."""

    run_page: str | None = None
    sbom: str | None = None
    sarif: str | None = None


NO_LINKS = Links()
