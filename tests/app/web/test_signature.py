"""Signatures: GitHub's own example, and what merely looks like one."""

import pytest

from app.web.signature import is_signed

# The example of GitHub's documentation on validating deliveries.
EXAMPLE_SECRET = b"It's a Secret to Everybody"
EXAMPLE_BODY = b"Hello, World!"
EXAMPLE_DIGEST = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


def test_the_documented_example_holds() -> None:
    assert is_signed(EXAMPLE_BODY, f"sha256={EXAMPLE_DIGEST}", [EXAMPLE_SECRET])


def test_during_a_change_of_secrets_both_hold() -> None:
    secrets = [b"the next secret", EXAMPLE_SECRET]
    assert is_signed(EXAMPLE_BODY, f"sha256={EXAMPLE_DIGEST}", secrets)


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "sha256=",
        EXAMPLE_DIGEST,
        f"sha1={EXAMPLE_DIGEST}",
        f"SHA256={EXAMPLE_DIGEST}",
        f"sha256={EXAMPLE_DIGEST.upper()}",
        f"sha256={EXAMPLE_DIGEST} ",
        f"sha256={EXAMPLE_DIGEST[:-1]}8",
        "sha256=\u20ac\u00ff",
    ],
)
def test_what_merely_looks_like_a_signature_does_not_hold(signature: str) -> None:
    assert not is_signed(EXAMPLE_BODY, signature, [EXAMPLE_SECRET])


def test_another_body_or_secret_does_not_hold() -> None:
    assert not is_signed(EXAMPLE_BODY + b" ", f"sha256={EXAMPLE_DIGEST}", [EXAMPLE_SECRET])
    assert not is_signed(EXAMPLE_BODY, f"sha256={EXAMPLE_DIGEST}", [b"another"])


def test_without_a_secret_nothing_holds() -> None:
    assert not is_signed(EXAMPLE_BODY, f"sha256={EXAMPLE_DIGEST}", [])
