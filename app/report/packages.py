"""Whether what an audit says of its packages is known at all."""

from typing import Final

from app.domain.audit import Audit
from app.domain.scan import Failed

SCANNER: Final = "dependencies"
UNKNOWN: Final = "not known, since the dependency scan did not finish"


def packages_known(audit: Audit) -> bool:
    """False when the scanner that reads manifests failed: no package is then not zero packages."""
    return not any(run.name == SCANNER and isinstance(run.state, Failed) for run in audit.scanners)
