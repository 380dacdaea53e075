"""The sample repository: nothing secret stands in its files, and the leak is made when it is built."""

import re

from demo.story.sample import FILES, PLACEHOLDER, RENAMED, files_below, sample, with_token
from demo.story.token import CHECKSUM_LENGTH, checksum, provider_token

SECRET = re.compile(r"gh[a-z]_[0-9A-Za-z]{20}|AKIA[0-9A-Z]{12}|sk_live_|xox[a-z]-|-----BEGIN")


def test_no_file_of_the_sample_holds_a_secret() -> None:
    for path, text in files_below(FILES).items():
        assert not SECRET.search(text), path


def test_only_the_change_leaks_and_only_in_one_file() -> None:
    built = sample()
    leaking = [path for path, text in built.change.items() if text and SECRET.search(text)]

    assert leaking == ["shop/releases.py"]
    assert not any(SECRET.search(text) for text in (*built.base.values(), *built.fix.values()))
    assert not any(SECRET.search(text or "") for text in built.rewritten.values())


def test_no_placeholder_is_left_in_what_is_pushed() -> None:
    built = sample()
    pushed = (*built.base.values(), *built.change.values(), *built.rewritten.values())

    assert not any(PLACEHOLDER in (text or "") for text in pushed)


def test_each_sample_leaks_another_token() -> None:
    assert sample().change["shop/releases.py"] != sample().change["shop/releases.py"]


def test_the_token_has_the_checksum_of_its_body() -> None:
    prefix, _, rest = provider_token().partition("_")
    body, digits = rest[:-CHECKSUM_LENGTH], rest[-CHECKSUM_LENGTH:]

    assert (prefix, len(rest)) == ("ghp", 36)
    assert checksum(body) == digits


def test_a_checksum_is_filled_up_to_its_length() -> None:
    assert checksum("") == "000000"


def test_the_token_takes_the_placeholders_place() -> None:
    assert with_token({"a": f"x{PLACEHOLDER}y"}, "T") == {"a": "xTy"}


def test_the_change_renames_a_file_and_everything_that_imports_it() -> None:
    built = sample()
    old, new = RENAMED
    after = {**built.base, **built.change}

    assert built.change[old] is None
    assert built.change[new] == built.base[old]
    assert not any("shop.formatting" in (text or "") for text in after.values())


def test_the_fix_repairs_files_of_the_change_only() -> None:
    built = sample()

    assert set(built.fix) <= set(built.change)
