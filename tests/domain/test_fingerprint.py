"""Identity across pushes, line shifts, twins, renames and moves."""

from app.domain.change import FileStatus
from app.domain.diff import Hunk
from app.domain.fingerprint import Identified, fingerprint, identify, short_id
from app.domain.scan import CodeIdentity, CoverageIdentity, GapReason, SecretIdentity, Side
from tests.builders import (
    a_change,
    a_file,
    a_secret,
    a_sighting,
    a_vulnerable_package,
    an_unread_file,
)


def modified(*hunks: Hunk, **differences: object):
    return a_change(a_file(status=FileStatus.MODIFIED, hunks=hunks, **differences))


def at(line: int, side: Side = Side.HEAD, **differences: object):
    return a_sighting(line=line, end_line=line, side=side, **differences)


def new_ones(items: tuple[Identified, ...]) -> list[int]:
    return [item.sighting.line for item in items if item.base is None]


def test_the_scheme_is_pinned():
    """A change of these values re-keys every waiver in the field: raise SCHEME with them."""
    pinned = [
        (a_sighting(), "F-QDC6G2T"),
        (a_secret(), "F-D3PHNQ0"),
        (a_vulnerable_package(), "F-J676DQ2"),
        (an_unread_file(), "F-NY4H6M3"),
    ]
    assert [short_id(fingerprint(s, s.path)) for s, _ in pinned] == [id for _, id in pinned]


def test_the_id_has_thirty_five_bits_of_the_fingerprint():
    assert short_id("0" * 64) == "F-0000000"
    assert short_id("f" * 64) == "F-ZZZZZZZ"


def test_lines_above_shift_a_finding_without_changing_it():
    (item,) = identify(modified(Hunk(0, 0, 1, 10)), [at(41, Side.BASE), at(51)])
    assert item.base is not None
    assert item.fingerprint == fingerprint(at(41), "shop/search.py")


def test_a_second_equal_line_is_new_and_the_first_keeps_its_identity():
    items = identify(modified(Hunk(0, 0, 1, 5)), [at(41, Side.BASE), at(3), at(46)])
    assert new_ones(items) == [3]
    kept = next(item for item in items if item.base is not None)
    assert kept.fingerprint == fingerprint(at(41), "shop/search.py", 0)
    assert all(item.aligned for item in items)


def test_removing_the_first_twin_leaves_the_second_its_identity():
    change = modified(Hunk(10, 1, 9, 0))
    (item,) = identify(change, [at(10, Side.BASE), at(20, Side.BASE), at(19)])
    assert item.fingerprint == fingerprint(at(20), "shop/search.py", 1)


def test_rewritten_twins_are_not_told_apart():
    change = modified(Hunk(10, 20, 10, 30))
    base = [at(10, Side.BASE), at(20, Side.BASE)]
    items = identify(change, [*base, at(12), at(25), at(38)])
    assert not any(item.aligned for item in items)
    assert len(new_ones(items)) == 1


def test_two_equals_on_one_line_are_two_findings():
    items = identify(modified(), [at(5, Side.BASE), at(5, Side.BASE), at(5), at(5)])
    assert len({item.fingerprint for item in items}) == 2
    assert new_ones(items) == []


def test_a_renamed_file_keeps_its_findings_and_records_the_alias():
    change = modified(path="shop/find.py", old_path="shop/search.py")
    file = a_file("shop/find.py", status=FileStatus.RENAMED, old_path="shop/search.py", hunks=())
    change = a_change(file)
    (item,) = identify(change, [at(41, Side.BASE), at(41, path="shop/find.py")])
    assert item.old_fingerprint == fingerprint(at(41), "shop/search.py")
    assert item.fingerprint == fingerprint(at(41), "shop/find.py")


def test_a_function_moved_to_another_file_is_the_same_finding():
    change = a_change(
        a_file("shop/a.py", status=FileStatus.MODIFIED, hunks=(Hunk(30, 20, 29, 0),)),
        a_file("shop/b.py"),
    )
    (item,) = identify(change, [at(41, Side.BASE, path="shop/a.py"), at(5, path="shop/b.py")])
    assert item.base is not None
    assert item.old_fingerprint == fingerprint(at(41), "shop/a.py")


def test_a_function_copied_twice_is_paired_with_neither():
    change = a_change(a_file("a.py", hunks=()), a_file("b.py"), a_file("c.py"))
    head = [at(5, path="b.py"), at(5, path="c.py")]
    items = identify(change, [at(41, Side.BASE, path="a.py"), *head])
    assert [item.base for item in items] == [None, None]


def test_code_outside_any_definition_is_never_taken_for_moved():
    top = CodeIdentity("os.system(name)", "", None)
    change = a_change(a_file("a.py", hunks=()), a_file("b.py"))
    sightings = [at(1, Side.BASE, path="a.py", identity=top), at(1, path="b.py", identity=top)]
    (item,) = identify(change, sightings)
    assert item.base is None


def secret(digest: str, **differences: object):
    return a_secret(identity=SecretIdentity("github-token", "TOKEN = '§'", digest), **differences)


def test_another_secret_at_the_same_place_is_new_under_the_same_fingerprint():
    (item,) = identify(a_change(), [secret("old", side=Side.BASE), secret("new")])
    assert item.base is None
    assert item.fingerprint == fingerprint(secret("old"), "shop/settings.py")


def test_the_same_secret_moved_down_is_not_new():
    (item,) = identify(a_change(), [secret("same", side=Side.BASE), secret("same", line=9)])
    assert item.base is not None


def test_a_secret_removed_by_a_later_commit_is_still_there():
    gone = secret("x", side=Side.HISTORY, commit="c" * 40)
    (item,) = identify(a_change(), [gone])
    assert item.sighting.commit == "c" * 40


def test_a_secret_still_in_the_head_is_reported_once():
    sightings = [secret("x", side=Side.HISTORY, commit="c" * 40), secret("x")]
    (item,) = identify(a_change(), sightings)
    assert item.sighting.side is Side.HEAD


def test_two_secrets_with_equal_context_have_two_ids():
    items = identify(a_change(), [secret("one", line=3), secret("two", line=4)])
    assert len({item.fingerprint for item in items}) == 2


def test_a_package_twice_in_a_lock_file_is_one_finding():
    items = identify(a_change(), [a_vulnerable_package(line=3), a_vulnerable_package(line=90)])
    assert len(items) == 1


def test_a_files_class_of_gap_is_its_identity_whatever_its_content():
    other = an_unread_file(line=7, identity=CoverageIdentity(GapReason.TOO_LARGE))
    assert fingerprint(other, other.path) == fingerprint(an_unread_file(), other.path)
