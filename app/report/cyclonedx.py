"""The SBOM of an audit as CycloneDX 1.6 JSON: the same audit gives the same bytes.

The library is imported where it is used: it is heavy, and most of what imports this package never
writes an SBOM.
"""

import hashlib
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from app.domain.audit import Audit
from app.domain.scan import Component as Part
from app.report.escape import visible

if TYPE_CHECKING:
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component
    from packageurl import PackageURL


def cyclonedx_document(audit: Audit) -> bytes:
    """The document, UTF-8, with a line feed at its end. Its time is the audit's start."""
    from cyclonedx.output.json import JsonV1Dot6

    return (JsonV1Dot6(_bom(audit)).output_as_string(indent=2) + "\n").encode("utf-8")


def sha256_of(document: bytes) -> str:
    """The SHA-256 of a document, hexadecimal: what the check names."""
    return hashlib.sha256(document).hexdigest()


def with_sbom(audit: Audit) -> tuple[Audit, bytes]:
    """The audit that names the digest of its SBOM, and the SBOM's document."""
    document = cyclonedx_document(audit)
    return replace(audit, sbom=replace(audit.sbom, sha256=sha256_of(document))), document


def _bom(audit: Audit) -> "Bom":
    from cyclonedx.model.bom import Bom, BomMetaData
    from cyclonedx.model.component import Component, ComponentType

    root = Component(
        name=visible(audit.change.repository.full_name),
        version=visible(audit.change.head),
        type=ComponentType.APPLICATION,
        bom_ref="root",
    )
    tool = Component(name="Pragmatic Audit", type=ComponentType.APPLICATION, bom_ref="tool")
    parts = [_component(part) for part in audit.sbom.components]
    bom = Bom(
        components=parts,
        serial_number=_serial(audit),
        metadata=BomMetaData(component=root, timestamp=audit.started_at, tools=[]),
    )
    bom.metadata.tools.components.add(tool)
    bom.register_dependency(root, _direct(audit.sbom.components, parts))
    return bom


def _serial(audit: Audit) -> uuid.UUID:
    """Derived from repository and head, so that the same audit names the same document."""
    repository = audit.change.repository
    return uuid.uuid5(
        uuid.NAMESPACE_URL,
        visible(f"{repository.host}/{repository.id}/{repository.full_name}#{audit.change.head}"),
    )


def _direct(parts: tuple[Part, ...], components: "list[Component]") -> "list[Component]":
    """What the manifests name themselves; where they do not tell, no dependency is claimed."""
    return [component for part, component in zip(parts, components, strict=True) if part.direct]


def _component(part: Part) -> "Component":
    from cyclonedx.model import Property
    from cyclonedx.model.component import Component, ComponentScope, ComponentType

    direct = {True: "yes", False: "no", None: "not told by the manifest"}[part.direct]
    return Component(
        name=visible(part.name),
        version=visible(part.version),
        type=ComponentType.LIBRARY,
        bom_ref=part.purl,
        purl=_purl(part),
        scope=ComponentScope.EXCLUDED if part.development else ComponentScope.REQUIRED,
        properties=[
            Property(name="audit:manifest", value=visible(part.manifest)),
            Property(name="audit:direct", value=direct),
            Property(name="audit:development", value="yes" if part.development else "no"),
        ],
    )


def _purl(part: Part) -> "PackageURL | None":
    """Its package URL; None when it is not one, which costs the component no more than that."""
    from packageurl import PackageURL

    try:
        return PackageURL.from_string(part.purl)
    except ValueError:
        return None
