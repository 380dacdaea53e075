"""The order of versions is an order, and the one its ecosystem documents."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_version
from packaging.version import Version

from workers.advisories.version_order import can_order, place_of, spelling

NUMBERS = st.integers(min_value=0, max_value=40)
PRE = st.sampled_from(
    ["", "-alpha", "-alpha.1", "-beta.2", "-beta.11", "-rc.1", "-0", "-1", "-x-y"]
)
BUILD = st.sampled_from(["", "+incompatible", "+b.1"])
SEMANTIC = st.builds(
    lambda a, b, c, pre, build: f"{a}.{b}.{c}{pre}{build}", NUMBERS, NUMBERS, NUMBERS, PRE, BUILD
)
PYTHON = st.builds(
    lambda epoch, parts, tail: f"{epoch}{'.'.join(map(str, parts))}{tail}",
    st.sampled_from(["", "1!"]),
    st.lists(NUMBERS, min_size=1, max_size=4),
    st.sampled_from(["", "a1", "b2", "rc1", ".post1", ".dev3", "rc1.dev2", "+local.1"]),
)
OF_ONE_ECOSYSTEM = st.one_of(
    st.tuples(st.just("PyPI"), PYTHON, PYTHON, PYTHON),
    st.tuples(st.sampled_from(["npm", "Go"]), SEMANTIC, SEMANTIC, SEMANTIC),
)


def before(ecosystem: str, left: str, right: str) -> bool:
    one, other = place_of(ecosystem, left), place_of(ecosystem, right)
    assert one is not None
    assert other is not None
    return one < other


@given(OF_ONE_ECOSYSTEM)
def test_of_two_versions_one_is_first_or_they_are_spelled_alike(
    drawn: tuple[str, str, str, str],
) -> None:
    ecosystem, left, right, _ = drawn
    first, second = before(ecosystem, left, right), before(ecosystem, right, left)
    assert not (first and second)
    equal = not first and not second
    assert equal == (spelling(ecosystem, left) == spelling(ecosystem, right))


@given(OF_ONE_ECOSYSTEM)
def test_the_order_is_transitive(drawn: tuple[str, str, str, str]) -> None:
    ecosystem, one, two, three = drawn
    if before(ecosystem, one, two) and before(ecosystem, two, three):
        assert before(ecosystem, one, three)


@given(PYTHON, PYTHON)
def test_pythons_order_is_that_of_packaging(left: str, right: str) -> None:
    assert before("PyPI", left, right) == (Version(left) < Version(right))


@given(PYTHON)
def test_pythons_spelling_is_that_of_packaging(text: str) -> None:
    assert spelling("PyPI", text) == canonicalize_version(text)


@given(SEMANTIC, SEMANTIC)
def test_npm_and_go_agree(left: str, right: str) -> None:
    assert before("npm", left, right) == before("Go", f"v{left}", f"v{right}")


def test_the_order_of_the_semantic_versioning_document() -> None:
    order = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
             "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0"]  # fmt: skip
    assert all(before("npm", left, right) for left, right in pairwise(order))


@pytest.mark.parametrize(
    ("ecosystem", "order"),
    [
        ("Maven", ["1.0-alpha-1", "1.0-beta-1", "1.0-SNAPSHOT", "1.0", "1.0-sp-1", "1.1"]),
        ("RubyGems", ["1.0.0.pre", "1.0.0.rc1", "1.0.0", "1.0.1"]),
    ],
)
def test_other_ecosystems_have_their_own_order(ecosystem: str, order: list[str]) -> None:
    assert all(before(ecosystem, left, right) for left, right in pairwise(order))


@pytest.mark.parametrize(
    ("ecosystem", "text"),
    [("PyPI", "1.x"), ("npm", "^1.0.0"), ("npm", "1.0.0-01"), ("Go", "master"), ("npm", ""),
     ("PyPI", "1" * 5000), ("npm", "1." * 200), ("Hex", "1.0"), ("npm", "١.0.0")],
)  # fmt: skip
def test_what_is_no_version_has_no_place(ecosystem: str, text: str) -> None:
    assert place_of(ecosystem, text) is None


def test_an_ecosystem_without_an_order_says_so() -> None:
    assert can_order("PyPI")
    assert not can_order("Hackage")
