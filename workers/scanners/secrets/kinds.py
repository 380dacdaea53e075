"""The types of secrets: what each is called, what it opens, and how its form is checked."""

import base64
import binascii
import json
import re
import string
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.facts import SecretKind

BASE62: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
CHECKSUM_DIGITS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretType:
    """``is_valid`` tells from the value alone that its structure or checksum is right.

    ``prefix`` matches the start of a value that its format makes public.
    """

    title: str
    kind: SecretKind
    prefix: re.Pattern[str] | None = None
    is_valid: Callable[[str], bool] = lambda value: False


def matches(pattern: str) -> Callable[[str], bool]:
    """A check that the whole value has a form."""
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


def has_checksum(value: str) -> bool:
    """Whether a GitHub or npm token ends with its checksum.

    Source: GitHub's account of its token formats (2021): the last six characters are the CRC-32 of
    the characters after the prefix, in base 62 with leading zeros.
    """
    body = value.partition("_")[2]
    if len(body) <= CHECKSUM_DIGITS or not body.isascii():
        return False
    number = zlib.crc32(body[:-CHECKSUM_DIGITS].encode())
    digits = ""
    while number:
        number, digit = divmod(number, len(BASE62))
        digits = BASE62[digit] + digits
    return body[-CHECKSUM_DIGITS:] == digits.rjust(CHECKSUM_DIGITS, "0")


def is_signed_jwt(value: str) -> bool:
    """Whether the header of a JSON web token decodes and names a signature."""
    try:
        head = value.split(".")[0]
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, binascii.Error):
        return False
    return isinstance(header, dict) and str(header.get("alg", "none")).lower() != "none"


def is_key_material(value: str) -> bool:
    """Whether a PEM body is DER of the length it states, or an OpenSSH key."""
    inner = re.sub(r"-----[A-Z ]+-----|\\r|\\n|\s", "", value)
    try:
        data = base64.b64decode(inner, validate=True)
    except (ValueError, binascii.Error):
        return False
    if data.startswith(b"openssh-key-v1\0"):
        return True
    return data[:2] == b"\x30\x82" and len(data) == int.from_bytes(data[2:4], "big") + 4


def _token(title: str, prefix: str | None = None, form: str | None = None) -> SecretType:
    """A provider's token; ``form`` is its whole structure where the provider documents one."""
    return SecretType(
        title=title,
        kind=SecretKind.PROVIDER_TOKEN,
        prefix=re.compile(prefix) if prefix else None,
        is_valid=matches(form) if form else (lambda value: False),
    )


_AWS_ID: Final = r"(AKIA|ASIA)[A-Z2-7]{16}"
TYPES: Final[Mapping[str, SecretType]] = {
    "aws-key-pair": SecretType(
        title="AWS access key with its id",
        kind=SecretKind.CLOUD_KEY,
        is_valid=matches(r"[A-Za-z0-9/+]{40}"),
    ),
    "aws-secret-key": SecretType(title="AWS secret access key", kind=SecretKind.CLOUD_KEY),
    "aws-access-key-id": SecretType(
        title="AWS access key id",
        kind=SecretKind.CLOUD_KEY_ID,
        prefix=re.compile(r"A[KS]IA"),
        is_valid=matches(_AWS_ID),
    ),
    "private-key": SecretType(
        title="Private key", kind=SecretKind.PRIVATE_KEY, is_valid=is_key_material
    ),
    "age-key": SecretType(
        title="age secret key",
        kind=SecretKind.PRIVATE_KEY,
        prefix=re.compile(r"AGE-SECRET-KEY-1"),
    ),
    "azure-storage-key": SecretType(title="Azure storage account key", kind=SecretKind.CLOUD_KEY),
    "azure-client-secret": _token("Azure AD client secret"),
    "github-token": SecretType(
        title="GitHub token",
        kind=SecretKind.PROVIDER_TOKEN,
        prefix=re.compile(r"gh[pousr]_"),
        is_valid=has_checksum,
    ),
    "github-fine-grained-token": _token(
        "GitHub fine-grained token", "github_pat_", r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"
    ),
    "gitlab-token": _token("GitLab token", "gl[a-z]{2,6}-", r"glpat-[\w-]{20,27}(\.\w{2}\.\w{9})?"),
    "openai-key": _token(
        "OpenAI key", r"sk-(proj-|svcacct-|admin-)?", r"sk-[\w-]*T3BlbkFJ[\w-]{20,}"
    ),
    "anthropic-key": _token(
        "Anthropic key", r"sk-ant-(api|admin)\d\d-", r"sk-ant-(api|admin)\d\d-[\w-]{93}AA"
    ),
    "huggingface-token": _token("Hugging Face token", "hf_", r"hf_[A-Za-z]{34}"),
    "npm-token": SecretType(
        title="npm token",
        kind=SecretKind.PROVIDER_TOKEN,
        prefix=re.compile("npm_"),
        is_valid=has_checksum,
    ),
    "pypi-token": _token("PyPI token", "pypi-", r"pypi-AgEIcHlwaS5vcmc[\w-]{50,}"),
    "slack-token": _token(
        "Slack token", r"xox[a-z]-", r"xox[a-z]-\d{10,13}-\d{10,13}(-\d{10,13})?-[A-Za-z0-9]{24,34}"
    ),
    "slack-webhook": _token(
        "Slack webhook address",
        r"https://hooks\.slack\.com/",
        r"https://hooks\.slack\.com/services/T\w{8,}/B\w{8,}/\w{24}",
    ),
    "stripe-key": _token("Stripe live key", r"[rs]k_live_", r"[rs]k_live_[A-Za-z0-9]{24,}"),
    "google-api-key": _token("Google API key", "AIza", r"AIza[\w-]{35}"),
    "sendgrid-key": _token("SendGrid key", r"SG\.", r"SG\.[\w-]{22}\.[\w-]{43}"),
    "twilio-key": _token("Twilio key", "SK"),
    "digitalocean-token": _token("DigitalOcean token", r"do[opr]_v1_", r"do[opr]_v1_[a-f0-9]{64}"),
    "databricks-token": _token("Databricks token", "dapi"),
    "vault-token": _token("Vault token", r"hv[sb]\."),
    "telegram-token": _token("Telegram bot token"),
    "discord-token": _token("Discord bot token"),
    "jwt": SecretType(title="JSON web token", kind=SecretKind.GENERIC, is_valid=is_signed_jwt),
    "url-password": SecretType(title="Password in a URL", kind=SecretKind.URL_PASSWORD),
    "password": SecretType(title="Password", kind=SecretKind.GENERIC),
    "key": SecretType(title="Key or token", kind=SecretKind.GENERIC),
}

BETTERLEAKS: Final[Mapping[str, str]] = {
    "github-pat": "github-token",
    "github-oauth": "github-token",
    "github-app-token": "github-token",
    "github-refresh-token": "github-token",
    "github-fine-grained-pat": "github-fine-grained-token",
    "gitlab-pat": "gitlab-token",
    "gitlab-pat-routable": "gitlab-token",
    "gitlab-pat-routable-versioned": "gitlab-token",
    "openai-api-key": "openai-key",
    "anthropic-api-key": "anthropic-key",
    "anthropic-admin-api-key": "anthropic-key",
    "huggingface-access-token": "huggingface-token",
    "npm-access-token": "npm-token",
    "pypi-upload-token": "pypi-token",
    "slack-bot-token": "slack-token",
    "slack-user-token": "slack-token",
    "slack-app-token": "slack-token",
    "slack-webhook-url": "slack-webhook",
    "stripe-access-token": "stripe-key",
    "gcp-api-key": "google-api-key",
    "azure-storage-account-key": "azure-storage-key",
    "azure-ad-client-secret": "azure-client-secret",
    "sendgrid-api-token": "sendgrid-key",
    "twilio-api-key": "twilio-key",
    "digitalocean-pat": "digitalocean-token",
    "digitalocean-access-token": "digitalocean-token",
    "digitalocean-refresh-token": "digitalocean-token",
    "databricks-api-token": "databricks-token",
    "vault-service-token": "vault-token",
    "vault-batch-token": "vault-token",
    "telegram-bot-api-token": "telegram-token",
    "age-secret-key": "age-key",
    "aws-access-token": "aws-access-key-id",
    "private-key": "private-key",
    "jwt": "jwt",
    "generic-password": "password",
    "generic-api-key": "key",
}
"""Our type of each betterleaks rule that we have one for; any other rule is a type of its own."""


def type_of(name: str) -> SecretType:
    """What is known of the type called ``name``; of an unknown one, its name."""
    known = TYPES.get(name)
    return known if known is not None else _token(name.replace("-", " ").capitalize())


def public_prefix(name: str, value: str) -> str:
    """The start of ``value`` that says nothing but its type; "" where there is none."""
    prefix = type_of(name).prefix
    found = prefix.match(value) if prefix is not None else None
    return found[0] if found is not None else ""
