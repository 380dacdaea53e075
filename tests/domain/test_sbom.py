"""What the head is made of, and how that differs from the base."""

from app.domain.sbom import sbom
from app.domain.scan import Component, Side
from tests.builders import a_change, a_file


def a_component(name: str, side: Side = Side.HEAD, manifest: str = "requirements.txt"):
    return Component(
        side=side,
        ecosystem="PyPI",
        name=name,
        version="1.0",
        purl=f"pkg:pypi/{name}@1.0",
        manifest=manifest,
    )


CHANGE = a_change(a_file("requirements.txt"))


def test_a_package_only_the_head_has_is_added():
    made = sbom([a_component("a"), a_component("b"), a_component("a", Side.BASE)], CHANGE)
    assert (made.added, made.removed) == (("pkg:pypi/b@1.0",), ())


def test_a_package_only_the_base_has_is_removed():
    made = sbom([a_component("a", Side.BASE)], CHANGE)
    assert (made.components, made.removed) == ((), ("pkg:pypi/a@1.0",))


def test_a_manifest_the_change_leaves_alone_adds_nothing():
    made = sbom([a_component("a", manifest="other/requirements.txt")], CHANGE)
    assert len(made.components) == 1
    assert (made.added, made.removed) == ((), ())


def test_a_package_in_two_manifests_is_one_component():
    made = sbom([a_component("a"), a_component("a", manifest="b/requirements.txt")], CHANGE)
    assert len(made.components) == 1


def test_a_plain_folder_has_nothing_to_differ_from():
    made = sbom([a_component("a")], a_change(a_file("requirements.txt"), merge_base=None))
    assert (made.added, made.removed) == ((), ())
