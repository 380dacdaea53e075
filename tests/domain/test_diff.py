"""Laws of hunks, against an independent difference of the standard library."""

from difflib import SequenceMatcher

from hypothesis import given
from hypothesis import strategies as st

from app.domain.diff import (
    CONTEXT_LINES,
    Hunk,
    LineRange,
    added_ranges,
    commentable_ranges,
    old_line,
)

lines = st.lists(st.sampled_from("abcde"), max_size=14)
Kept = dict[int, int]


def difference(old: list[str], new: list[str]) -> tuple[tuple[Hunk, ...], Kept]:
    """Hunks as git writes them, and which old line each kept new line was, from one matcher."""
    hunks, kept = [], {}
    for tag, i, i_end, j, j_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            kept |= {j + n + 1: i + n + 1 for n in range(j_end - j)}
            continue
        removed, added = i_end - i, j_end - j
        hunks.append(Hunk(i + 1 if removed else i, removed, j + 1 if added else j, added))
    return tuple(hunks), kept


@given(lines, lines)
def test_old_line_tells_where_each_new_line_was_or_that_it_was_added(
    old: list[str], new: list[str]
) -> None:
    hunks, kept = difference(old, new)

    assert {n: old_line(n, hunks) for n in range(1, len(new) + 1)} == {
        n: kept.get(n) for n in range(1, len(new) + 1)
    }


@given(lines, lines)
def test_a_line_is_in_an_added_range_exactly_when_it_has_no_old_line(
    old: list[str], new: list[str]
) -> None:
    hunks, kept = difference(old, new)

    added = {line for span in added_ranges(hunks) for line in range(span.start, span.end + 1)}

    assert added == set(range(1, len(new) + 1)) - set(kept)


@given(lines, lines)
def test_kept_lines_have_the_same_text_on_both_sides(old: list[str], new: list[str]) -> None:
    hunks, _ = difference(old, new)

    for line in range(1, len(new) + 1):
        before = old_line(line, hunks)
        assert before is None or old[before - 1] == new[line - 1]


@given(lines, lines)
def test_every_added_line_may_be_commented_and_nothing_far_from_a_hunk(
    old: list[str], new: list[str]
) -> None:
    hunks, kept = difference(old, new)
    spans = commentable_ranges(hunks)
    added = set(range(1, len(new) + 1)) - set(kept)

    assert all(any(line in span for span in spans) for line in added)
    for line in range(1, len(new) + 1):
        near = any(
            hunk.first_kept_new - hunk.new_count - CONTEXT_LINES
            <= line
            < hunk.first_kept_new + CONTEXT_LINES
            for hunk in hunks
        )
        assert any(line in span for span in spans) == near


def test_a_deletion_at_the_top_shifts_all_that_follows() -> None:
    assert old_line(1, (Hunk(1, 2, 0, 0),)) == 3


def test_an_insertion_at_the_top_is_new_and_the_rest_keeps_its_place() -> None:
    hunks = (Hunk(0, 0, 1, 2),)

    assert [old_line(line, hunks) for line in (1, 2, 3)] == [None, None, 1]


def test_ranges_overlap_when_they_share_a_line() -> None:
    assert LineRange(1, 3).overlaps(LineRange(3, 5))
    assert not LineRange(1, 3).overlaps(LineRange(4, 5))
