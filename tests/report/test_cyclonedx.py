"""The SBOM: valid CycloneDX 1.6, and the same bytes for the same audit."""

import hashlib
import json
from dataclasses import replace

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from app.domain.audit import Audit
from app.domain.scan import Component, Side
from app.report.cyclonedx import cyclonedx_document, sha256_of
from tests.builders import a_report, an_audit
from tests.report.story import COMPONENTS, NASTY


def with_components(*components: Component) -> Audit:
    return an_audit(reports=(a_report("dependencies", components=components),))


def problems(document: bytes) -> object:
    return JsonStrictValidator(SchemaVersion.V1_6).validate_str(document.decode())


def test_the_document_is_valid_and_names_the_heads_components() -> None:
    document = cyclonedx_document(with_components(*COMPONENTS))
    assert problems(document) is None
    read = json.loads(document)
    assert read["specVersion"] == "1.6"
    assert [one["purl"] for one in read["components"]] == [
        "pkg:npm/%40scope/tool@3.0.0",
        "pkg:pypi/example-lib@1.2.0",
    ]
    assert read["metadata"]["timestamp"] == "2026-01-05T10:42:00+00:00"


def test_only_what_the_manifest_names_directly_is_a_dependency_of_the_root() -> None:
    read = json.loads(cyclonedx_document(with_components(*COMPONENTS)))
    root = next(one for one in read["dependencies"] if one["ref"] == "root")
    assert root["dependsOn"] == ["package:pkg:pypi/example-lib@1.2.0"]


def test_the_same_audit_gives_the_same_bytes_and_another_head_another_serial() -> None:
    audit = with_components(*COMPONENTS)
    document = cyclonedx_document(audit)
    assert cyclonedx_document(audit) == document
    assert sha256_of(document) == hashlib.sha256(document).hexdigest()
    other = replace(audit, change=replace(audit.change, head="b" * 40))
    serials = {json.loads(cyclonedx_document(one))["serialNumber"] for one in (audit, other)}
    assert len(serials) == 2


def test_a_repository_without_packages_has_an_empty_sbom() -> None:
    document = cyclonedx_document(an_audit())
    assert problems(document) is None
    assert json.loads(document)["components"] == []


def test_hostile_names_and_a_broken_package_url_cost_only_themselves() -> None:
    component = Component(
        side=Side.HEAD,
        ecosystem="PyPI",
        name=NASTY,
        version=NASTY,
        purl="not a package url",
        manifest=NASTY,
    )
    document = cyclonedx_document(with_components(component, *COMPONENTS))
    assert problems(document) is None
    assert len(json.loads(document)["components"]) == 3


def test_where_no_manifest_tells_what_is_direct_nothing_is_claimed() -> None:
    document = cyclonedx_document(with_components(COMPONENTS[1]))
    assert problems(document) is None
    assert json.loads(document)["dependencies"] == []
