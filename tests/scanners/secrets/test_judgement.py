"""What is found becomes one secret a place, judged by its form, and never shown."""

import pytest

from app.domain.facts import SecretKind, SecretShape
from tests.scanners.secrets.tokens import Tokens
from workers.scanners.secrets import own
from workers.scanners.secrets.candidate import Candidate, Lines
from workers.scanners.secrets.judgement import judged
from workers.scanners.secrets.wire import FoundSecret

KEY = b"k" * 32


def found(text: str) -> list[FoundSecret]:
    """What our own patterns alone make of ``text``."""
    return list(judged(own.found_in(text), Lines(text), KEY))


def only(text: str) -> FoundSecret:
    (secret,) = found(text)
    return secret


def test_a_right_checksum_makes_a_token_valid() -> None:
    token = Tokens().github()
    assert only(f"x = '{token}'").shape is SecretShape.VALID
    last = "b" if token[-1] == "a" else "a"
    assert only(f"x = '{token[:-1]}{last}'").shape is SecretShape.TYPED


def test_a_key_beside_its_id_is_one_pair() -> None:
    tokens = Tokens()
    text = f"id = {tokens.aws_id()}\nother = '{tokens.aws_secret()}'\n"
    secret = only(text)
    assert (secret.type, secret.kind) == ("aws-key-pair", SecretKind.CLOUD_KEY)
    assert (secret.line, secret.shape) == (2, SecretShape.VALID)


def test_an_id_alone_is_told_as_that() -> None:
    assert only(f"id = {Tokens().aws_id()}").kind is SecretKind.CLOUD_KEY_ID


def test_a_hash_beside_an_id_is_no_key() -> None:
    text = f"id = {Tokens().aws_id()}\ncommit {'3f' * 20}\n"
    assert only(text).type == "aws-access-key-id"


def test_the_documented_example_is_a_placeholder() -> None:
    text = "AK" + "IAIOSFODNN7" + "EXAMPLE"
    assert only(text).shape is SecretShape.PLACEHOLDER


@pytest.mark.parametrize(
    ("url", "shape"),
    [
        ("postgres://app:{p}@db.corp.net/app", SecretShape.TYPED),
        ("https://ci:{p}@git.corp.net", SecretShape.TYPED),
        ("redis://:{p}@cache.corp.net:6379", SecretShape.TYPED),
        ("postgres://app:{p}@localhost:5432/app", SecretShape.PLACEHOLDER),
        ("postgres://app:{p}@127.0.0.1/app", SecretShape.PLACEHOLDER),
        ("https://me:{p}@example.com/", SecretShape.PLACEHOLDER),
        ("postgres://app:app@db.corp.net/app", SecretShape.PLACEHOLDER),
        ("postgres://app:password@db.corp.net/app", SecretShape.PLACEHOLDER),
        ("postgres://app:${{PASSWORD}}@db.corp.net/app", SecretShape.PLACEHOLDER),
        ("postgres://app:<password>@db.corp.net/app", None),
    ],
)
def test_a_password_in_a_url_is_judged_by_itself_and_its_host(
    url: str, shape: SecretShape | None
) -> None:
    secrets = found(f"x = '{url.format(p=Tokens().text(14))}'")
    assert [secret.shape for secret in secrets] == ([] if shape is None else [shape])


def test_a_header_without_a_key_opens_nothing() -> None:
    dashes = "-" * 5
    assert found(f"if text.startswith('{dashes}BEGIN RSA PRIVATE KEY{dashes}'): ...") == []


def test_a_private_key_is_one_secret_over_its_lines() -> None:
    secret = only(f"key: |\n{Tokens().private_key()}\n")
    assert (secret.kind, secret.line, secret.end_line) == (SecretKind.PRIVATE_KEY, 2, 15)
    assert secret.context == "key: §"


def test_the_context_shows_no_secret_of_the_line() -> None:
    tokens = Tokens()
    first, second, unknown = tokens.github(), tokens.anthropic(), tokens.text(24)
    line = f"use( '{first}',   '{second}', '{unknown}')"
    contexts = [secret.context for secret in found(line)]
    assert contexts == ["use( '§', '§', '§')"] * 2


def test_the_context_of_a_value_does_not_change_with_the_value() -> None:
    one, other = only(f"t = '{Tokens(1).github()}'"), only(f"t = '{Tokens(2).github()}'")
    assert one.context == other.context
    assert one.digest != other.digest


def test_the_digest_depends_on_the_key() -> None:
    text = f"t = '{Tokens().github()}'"
    (other,) = judged(own.found_in(text), Lines(text), b"q" * 32)
    assert only(text).digest != other.digest


@pytest.mark.parametrize(
    "comment", ["pragma: allowlist secret", "gitleaks:allow", "betterleaks:allow"]
)
def test_asking_to_look_away_is_noted_and_not_obeyed(comment: str) -> None:
    assert only(f"t = '{Tokens().github()}'  # {comment}").allowed
    assert not only(f"t = '{Tokens().github()}'").allowed


def test_looking_away_from_the_next_line_is_noted_as_well() -> None:
    assert only(f"# pragma: allowlist nextline secret\nt = '{Tokens().github()}'").allowed


@pytest.mark.parametrize(
    "before", ['integrity = "sha512-', "--hash=sha256:", "commit: ", 'checksum = "', "uuid="]
)
def test_a_hint_that_looks_like_a_hash_is_dropped(before: str) -> None:
    value = Tokens().text(40)
    text = f"{before}{value}"
    start = len(before)
    hint = Candidate(
        type="key", start=start, end=len(text), value=value, typed=False, by="betterleaks"
    )
    assert list(judged([hint], Lines(text), KEY)) == []


def test_several_words_about_one_place_become_the_surest() -> None:
    token = Tokens().github()
    text = f"token = '{token}'"
    start = text.index(token)
    hint = Candidate(
        type="key", start=start - 3, end=len(text), value=token, typed=False, by="betterleaks"
    )
    (secret,) = judged([hint, *own.found_in(text)], Lines(text), KEY)
    assert secret.type == "github-token"
    assert secret.by == ("betterleaks", "own")
