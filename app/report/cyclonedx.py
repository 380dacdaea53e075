"""The SBOM of an audit as CycloneDX 1.6 JSON: the same audit gives the same bytes.

The document is a handful of keys, written directly: an SBOM is made in each audit, and the model of
cyclonedx-python-lib takes seconds for a few thousand components (its own check before output is
quadratic). That library's strict validator holds our documents to the official schema in the tests.
"""

import hashlib
import json
import uuid
from dataclasses import replace
from typing import Final

from packageurl import PackageURL

from app.domain.audit import Audit
from app.domain.scan import Component
from app.report.escape import visible
from app.report.packages import packages_known

ROOT: Final = "root"
_Json = dict[str, object]


def cyclonedx_document(audit: Audit) -> bytes:
    """The document, ASCII, with a line feed at its end. Its time is the audit's start."""
    document: _Json = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": _serial(audit).urn,
        "version": 1,
        "metadata": _metadata(audit),
        "components": [_component(part) for part in audit.sbom.components],
        "dependencies": _dependencies(audit.sbom.components),
    }
    if not packages_known(audit):
        document["compositions"] = [{"aggregate": "unknown", "assemblies": [ROOT]}]
    return (json.dumps(document, indent=2) + "\n").encode("ascii")


def sha256_of(document: bytes) -> str:
    """The SHA-256 of a document, hexadecimal: what the check names."""
    return hashlib.sha256(document).hexdigest()


def with_sbom(audit: Audit) -> tuple[Audit, bytes]:
    """The audit that names the digest of its SBOM, and the SBOM's document."""
    document = cyclonedx_document(audit)
    return replace(audit, sbom=replace(audit.sbom, sha256=sha256_of(document))), document


def _metadata(audit: Audit) -> _Json:
    repository = visible(audit.change.repository.full_name)
    head = visible(audit.change.head)
    return {
        "timestamp": audit.started_at.isoformat(),
        "tools": {"components": [{"type": "application", "name": "Pragmatic Audit"}]},
        "component": {
            "type": "application",
            "bom-ref": ROOT,
            "name": repository,
            "version": head,
        },
    }


def _serial(audit: Audit) -> uuid.UUID:
    """Derived from repository and head, so that the same audit names the same document."""
    repository = audit.change.repository
    return uuid.uuid5(
        uuid.NAMESPACE_URL,
        visible(f"{repository.host}/{repository.id}/{repository.full_name}#{audit.change.head}"),
    )


def _dependencies(parts: tuple[Component, ...]) -> list[_Json]:
    """What the manifests name themselves.

    An entry without anything in it would say that the repository depends on nothing; so where no
    manifest tells, there is no entry, which says that it is not known.
    """
    direct = sorted({_reference(part) for part in parts if part.direct})
    return [{"ref": ROOT, "dependsOn": direct}] if direct else []


def _component(part: Component) -> _Json:
    direct = {True: "yes", False: "no", None: "not told by the manifest"}[part.direct]
    component: _Json = {
        "type": "library",
        "bom-ref": _reference(part),
        "name": visible(part.name),
        "version": visible(part.version),
        "scope": "excluded" if part.development else "required",
        "properties": [
            _property("manifest", visible(part.manifest)),
            _property("direct", direct),
            _property("development", "yes" if part.development else "no"),
        ],
    }
    return component | ({"purl": part.purl} if _is_package_url(part.purl) else {})


def _reference(part: Component) -> str:
    """Package URLs are unique within an SBOM, so they serve as references too."""
    return f"package:{visible(part.purl)}"


def _property(name: str, value: str) -> _Json:
    return {"name": f"audit:{name}", "value": value}


def _is_package_url(text: str) -> bool:
    """Whether ``text`` is a package URL; one that is not costs its component only that key."""
    try:
        PackageURL.from_string(text)
    except ValueError:
        return False
    return text.isascii()
