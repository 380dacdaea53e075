"""Laws of identity: lines above never matter, and a fingerprint belongs to one finding only."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.change import FileStatus
from app.domain.diff import Hunk
from app.domain.fingerprint import identify, short_id
from app.domain.scan import CodeIdentity, Side
from tests.builders import a_change, a_file, a_sighting

texts = st.sampled_from(["eval(x)", "eval(y)", "os.system(x)"])
scopes = st.sampled_from(["", "f", "C.g"])
places = st.lists(
    st.tuples(st.integers(1, 90), texts, scopes), max_size=8, unique_by=lambda place: place[0]
)


def seen(line: int, text: str, scope: str, side: Side):
    return a_sighting(line=line, end_line=line, side=side, identity=CodeIdentity(text, scope))


@given(places, st.integers(1, 50))
def test_findings_survive_any_shift(items, shift):
    change = a_change(a_file(status=FileStatus.MODIFIED, hunks=(Hunk(0, 0, 1, shift),)))
    base = [seen(*item, Side.BASE) for item in items]
    head = [seen(line + shift, text, scope, Side.HEAD) for line, text, scope in items]
    found = identify(change, base + head)
    assert all(item.base is not None and item.old_fingerprint is None for item in found)
    assert {item.base.line + shift for item in found} == {item.sighting.line for item in found}


@given(places, places)
def test_no_two_findings_share_a_fingerprint(before, after):
    change = a_change(a_file(status=FileStatus.MODIFIED, hunks=(Hunk(1, 90, 1, 90),)))
    base = [seen(*item, Side.BASE) for item in before]
    head = [seen(*item, Side.HEAD) for item in after]
    found = identify(change, base + head)
    assert len({item.fingerprint for item in found}) == len(head)


@given(places, places)
def test_exactly_the_surplus_is_new(before, after):
    """However a file is rewritten, as many equals are new as there are more of them than before."""
    change = a_change(a_file(status=FileStatus.MODIFIED, hunks=(Hunk(1, 90, 1, 90),)))
    found = identify(
        change,
        [seen(*item, Side.BASE) for item in before] + [seen(*item, Side.HEAD) for item in after],
    )
    for text, scope in {place[1:] for place in after}:
        count = [sum(place[1:] == (text, scope) for place in side) for side in (before, after)]
        identity = CodeIdentity(text, scope)
        new = [i for i in found if i.base is None and i.sighting.identity == identity]
        assert len(new) == max(0, count[1] - count[0])


@given(st.integers(0, 2**256 - 1))
def test_an_id_is_a_prefix_that_can_be_read_aloud(number):
    short = short_id(f"{number:064x}")
    assert len(short) == 9
    assert not set(short[2:]) & set("ILOU")
    assert short_id(f"{number:064x}", 10).startswith(short)
