"""Structured logs: one JSON object a line on stderr, with secrets taken out of every value.

Records of the standard library (ours, uvicorn's, SQLAlchemy's) go the same way as structlog's own.
"""

import logging
import re
import sys
from typing import Any, Final, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

REDACTED: Final = "[redacted]"
SECRET_PATTERNS: Final = (
    re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S
    ),
    # Installation tokens are up to about 520 characters, with dots, since April 2026.
    re.compile(r"\bghs_[A-Za-z0-9._-]{36,}"),
    re.compile(r"\bgh[opru]_[A-Za-z0-9._-]{36,}"),
    re.compile(r"\bgithub_pat_[A-Za-z0-9_]{22,}"),
    # A JWT, as the app signs in with.
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"),
    re.compile(
        r"""(?i)(?<=authorization)[\\"']*\s*[:=,]\s*(?:b(?=["']))?[\\"']*"""
        r"""(?:(?:bearer|basic|token)\s+)?[^\s"',;}\\]+"""
    ),
    re.compile(r"(?i)\b(?:bearer|basic)\s+[A-Za-z0-9._~+/=-]{16,}"),
    # The password in an address.
    re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"),
)
SECRET_NAMES: Final = re.compile(r"(?i)authorization|password|secret|token|private_?key|cookie")
QUIET: Final = ("uvicorn.access", "httpx", "httpcore", "hpack", "aiosqlite")
"""Loggers that tell of every request; their warnings are kept."""


def configure_logging(level: str, stream: TextIO = sys.stderr) -> None:
    """Send every log record of ``level`` (debug, info, warning, error) and above to ``stream``."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_told(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact_event,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_told(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def _told() -> list[Processor]:
    """What each record says besides its text."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def redact_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The last step before rendering: every value without its secrets."""
    return {key: _clean(key, value) for key, value in event.items()}


def redact(text: str) -> str:
    """``text`` with tokens, authorization headers, passwords in addresses and private keys taken out."""
    for pattern in SECRET_PATTERNS:
        text = pattern.sub(REDACTED, text)
    return text


def _clean(name: str, value: Any) -> Any:
    """A value that can be rendered as JSON; what is neither plain nor a collection is shown as text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if SECRET_NAMES.search(name):
        return REDACTED
    if isinstance(value, dict):
        return {redact(str(key)): _clean(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean("", inner) for inner in value]
    return redact(value if isinstance(value, str) else repr(value))
