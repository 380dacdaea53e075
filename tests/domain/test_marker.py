"""Marks find our own posts again, and say nothing to anybody else."""

from app.domain.marker import MarkerKey, hidden, marks_in

KEY = MarkerKey(b"server key")


def test_the_marks_of_a_comment_are_read_back() -> None:
    marks = [KEY.mark(7, 12, "comment:aa"), KEY.mark(7, 12, "comment:bb")]
    assert marks_in(f"Words.\n\n{hidden(marks)}") == set(marks)


def test_a_mark_of_another_pull_request_or_repository_is_another_mark() -> None:
    marks = {KEY.mark(7, 12, "x"), KEY.mark(7, 13, "x"), KEY.mark(8, 12, "x"), KEY.mark(7, 12, "y")}
    assert len(marks) == 4


def test_without_the_key_no_mark_can_be_made() -> None:
    assert MarkerKey(b"another").mark(7, 12, "x") != KEY.mark(7, 12, "x")


def test_the_key_never_shows() -> None:
    assert "server key" not in repr(KEY)


def test_text_that_only_looks_like_a_mark_is_none() -> None:
    assert marks_in(
        "<!-- pragmatic-audit --> <!-- pragmatic-audit xyz --> 0123456789abcdef0123"
    ) == (frozenset())


def test_a_name_that_is_not_utf_8_has_a_mark_too() -> None:
    assert len(KEY.mark(7, 12, "caf\udce9")) == 20
