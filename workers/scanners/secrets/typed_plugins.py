"""detect-secrets' typed plugins, called directly on our lines: its settings and filters stay out.

The entropy and keyword plugins are left out, since they mark nearly every quoted word; those for
private keys and URL passwords too, since ours see the value and not only its beginning.
"""

import sys
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, Final

from workers.scanners.secrets.candidate import Candidate, Lines

NAME: Final = "detect-secrets"
PLUGINS: Final = (
    ("artifactory", "ArtifactoryDetector", "artifactory-credential"),
    ("aws", "AWSKeyDetector", "aws-access-key-id"),
    ("azure_storage_key", "AzureStorageKeyDetector", "azure-storage-key"),
    ("cloudant", "CloudantDetector", "cloudant-credential"),
    ("discord", "DiscordBotTokenDetector", "discord-token"),
    ("github_token", "GitHubTokenDetector", "github-token"),
    ("gitlab_token", "GitLabTokenDetector", "gitlab-token"),
    ("ibm_cloud_iam", "IbmCloudIamDetector", "ibm-cloud-key"),
    ("ibm_cos_hmac", "IbmCosHmacDetector", "ibm-cos-key"),
    ("jwt", "JwtTokenDetector", "jwt"),
    ("mailchimp", "MailchimpDetector", "mailchimp-key"),
    ("npm", "NpmDetector", "npm-token"),
    ("openai", "OpenAIDetector", "openai-key"),
    ("pypi_token", "PypiTokenDetector", "pypi-token"),
    ("sendgrid", "SendGridDetector", "sendgrid-key"),
    ("slack", "SlackDetector", "slack-token"),
    ("softlayer", "SoftlayerDetector", "softlayer-credential"),
    ("square_oauth", "SquareOAuthDetector", "square-token"),
    ("stripe", "StripeDetector", "stripe-key"),
    ("telegram_token", "TelegramBotTokenDetector", "telegram-token"),
    ("twilio", "TwilioKeyDetector", "twilio-key"),
)
"""Module, class, and our type of what it finds."""

VAGUE: Final = frozenset({"ArtifactoryDetector", "IbmCloudIamDetector", "IbmCosHmacDetector"})
"""Plugins whose patterns fit much that is no secret: their word counts as a hint."""

SHORTEST: Final = 11
"""No plugin's pattern matches a line of so few characters."""

WINDOW: Final = 16_384
OVERLAP: Final = 2_048
"""Long lines are read in overlapping windows, so that patterns take linear time."""


def found_in(lines: Lines) -> Iterator[Candidate]:
    """Everything the typed plugins see in ``lines``."""
    plugins = _plugins()
    for number in range(1, len(lines) + 1):
        line, start = lines.line(number), lines.start(number)
        for offset in range(0, len(line) - SHORTEST, WINDOW - OVERLAP):
            window = line[offset : offset + WINDOW]
            yield from _in_window(plugins, window, start + offset)
            if offset + WINDOW >= len(line):
                break


def _in_window(
    plugins: Sequence[tuple[Any, str, bool]], window: str, start: int
) -> Iterator[Candidate]:
    for plugin, name, is_typed in plugins:
        for value in set(plugin.analyze_string(window)):
            at = window.find(value) if value else -1
            while at >= 0:
                if stands_alone(window, at, at + len(value)):
                    yield Candidate(
                        type=_name(name, value),
                        start=start + at,
                        end=start + at + len(value),
                        value=value,
                        typed=is_typed,
                        by=NAME,
                    )
                at = window.find(value, at + len(value))


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a stretch is not a part of a longer word, as in a blob of base64."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() and text[start].isalnum()) and not (
        after.isalnum() and text[end - 1].isalnum()
    )


def _name(name: str, value: str) -> str:
    """One plugin finds two things; the form of the value tells which."""
    if name == "aws-access-key-id" and len(value) == 40:
        return "aws-secret-key"
    if name == "slack-token" and value.startswith("http"):
        return "slack-webhook"
    return name


@cache
def _plugins() -> Sequence[tuple[Any, str, bool]]:
    """The plugins, made once: importing them costs 100 ms."""
    _leave_requests_out()
    return [
        (
            getattr(import_module(f"detect_secrets.plugins.{module}"), cls)(),
            name,
            cls not in VAGUE,
        )
        for module, cls, name in PLUGINS
    ]


def _leave_requests_out() -> None:
    """Put an empty module where plugins import `requests`, which takes 0.6 s to load.

    They use it only to verify secrets over the network, which is never asked for and not there.
    """
    empty = ModuleType("requests")
    empty.Response = object  # type: ignore[attr-defined]  # named in an annotation
    sys.modules.setdefault("requests", empty)
