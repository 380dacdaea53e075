"""One flaw, one id, in whatever order its records come."""

from hypothesis import given
from hypothesis import strategies as st

from workers.advisories.alias import AliasGroups, canonical

IDS = st.sampled_from(
    [
        "CVE-2020-1",
        "CVE-2020-20",
        "GHSA-aaaa-bbbb-cccc",
        "GHSA-zzzz-bbbb-cccc",
        "PYSEC-2020-1",
        "GO-2020-9",
    ]
)
LINKS = st.lists(st.tuples(IDS, st.lists(IDS, max_size=3)), max_size=8)


def grouped(links: list[tuple[str, list[str]]]) -> dict[str, tuple[str, ...]]:
    groups = AliasGroups()
    for identifier, aliases in links:
        groups.join(identifier, aliases)
    return groups.groups()


def test_a_cve_names_a_flaw_before_a_ghsa_and_that_before_the_rest() -> None:
    assert canonical(["PYSEC-2020-1", "GHSA-x", "CVE-2020-9"]) == "CVE-2020-9"
    assert canonical(["PYSEC-2020-1", "GHSA-x"]) == "GHSA-x"


def test_numbers_in_ids_count_as_numbers() -> None:
    assert canonical(["CVE-2020-1000", "CVE-2020-999"]) == "CVE-2020-999"


def test_records_that_share_an_alias_are_one_flaw() -> None:
    groups = grouped([("PYSEC-2020-1", ["CVE-2020-1"]), ("GO-2020-9", ["CVE-2020-1", "GHSA-x"])])
    assert groups == {"CVE-2020-1": ("CVE-2020-1", "GHSA-x", "GO-2020-9", "PYSEC-2020-1")}


def test_an_alias_that_arrives_later_joins_two_flaws() -> None:
    links: list[tuple[str, list[str]]] = [("PYSEC-2020-1", []), ("GHSA-x", [])]
    assert len(grouped(links)) == 2
    assert grouped([*links, ("CVE-2020-1", ["PYSEC-2020-1", "GHSA-x"])]) == {
        "CVE-2020-1": ("CVE-2020-1", "GHSA-x", "PYSEC-2020-1")
    }


@given(LINKS, st.randoms(use_true_random=False))
def test_the_order_of_records_changes_nothing(
    links: list[tuple[str, list[str]]], random: object
) -> None:
    shuffled = list(links)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert grouped(shuffled) == grouped(links)


@given(LINKS)
def test_every_id_is_in_exactly_one_group_under_its_best_id(
    links: list[tuple[str, list[str]]],
) -> None:
    groups = grouped(links)
    members = [identifier for ids in groups.values() for identifier in ids]
    assert sorted(members) == sorted({i for identifier, more in links for i in (identifier, *more)})
    assert all(name == canonical(ids) for name, ids in groups.items())
