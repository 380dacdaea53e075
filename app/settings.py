"""Deployment settings: ``AUDIT_*`` variables, secrets also from files. The one reader of the environment.

A variable that is wrong or missing becomes one line that names it and says how to get it; a value
is never repeated, since any of them may be a secret put in the wrong place.
"""

import ipaddress
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal, Self
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import DirectoryPath, Field, FilePath, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

PREFIX: Final = "AUDIT_"
FILE_SUFFIX: Final = "_FILE"
MAX_SECRET_FILE: Final = 65_536
"""Bytes; the largest secret, a 16 384-bit key, has less than a fifth of it."""
FROM_FILES: Final = (
    "app_id",
    "private_key",
    "webhook_secret",
    "webhook_secret_previous",
    "secret_key",
    "database_url",
    "redis_url",
)
MISSING: Final = "missing"
FOLLOWS: Final = "default_factory_not_called"
"""pydantic's word for a default that could not be derived, since what it derives from is wrong."""


class SettingsError(Exception):
    """A setting is missing or wrong; the text is one line for the operator."""


class OfflineSettings(BaseSettings):
    """What commands need that talk to no GitHub; each description says how to get the value."""

    model_config = SettingsConfigDict(frozen=True, env_prefix=PREFIX, extra="ignore")

    data_dir: Path = Field(
        Path("var"), description="a folder this process may write to, for its own data"
    )
    database_url: str = Field(
        default_factory=lambda data: f"sqlite+aiosqlite:///{data['data_dir'] / 'audit.db'}",
        repr=False,
        description="postgresql://user:password@host/name or sqlite:///path/audit.db",
    )
    advisories_dir: DirectoryPath | None = Field(
        None, description="the folder that `audit advisories update` writes"
    )
    scanners_dir: Path = Field(
        Path(sys.prefix).with_name(".venv-scanners"),
        description="the scanners' virtual environment, made by `make install`",
    )
    ca_bundle: FilePath | None = Field(
        None, description="a PEM file with the certificates of your own authorities"
    )
    allow_weak_box: bool = Field(
        False,
        description="true accepts scanners limited by rlimits alone, where nothing better runs",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="one of debug, info, warning, error"
    )

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> Self:
        """The settings in ``environ``; raises `SettingsError` with one line."""
        source = EnvSettingsSource(cls, case_sensitive=False)
        source.env_vars = _variables(environ)
        try:
            return cls(**source())
        except ValidationError as error:
            # Without its cause: pydantic's own error repeats the input.
            raise SettingsError(_one_line(cls, error)) from None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is given: `load` alone decides which environment is read."""
        return (init_settings,)

    @field_validator("database_url")
    @classmethod
    def _async_driver(cls, url: str) -> str:
        return _with_async_driver(url)

    @field_validator("log_level", mode="before")
    @classmethod
    def _lower(cls, level: object) -> object:
        return level.lower() if isinstance(level, str) else level


class Settings(OfflineSettings):
    """What the web and worker processes need."""

    app_id: int = Field(
        gt=0, description="the number called App ID on the GitHub App's settings page"
    )
    private_key: SecretStr = Field(
        description="the PEM that Generate a private key on the GitHub App's settings page gives"
    )
    webhook_secret: SecretStr = Field(
        min_length=16,
        description="the webhook secret of the GitHub App's settings page, such as `openssl rand -hex 32` makes",
    )
    webhook_secret_previous: SecretStr | None = Field(
        None, min_length=16, description="the former webhook secret, while it is being changed"
    )
    secret_key: SecretStr = Field(
        min_length=32,
        description="at least 32 characters that only this server knows: `openssl rand -hex 32`",
    )
    redis_url: str = Field(
        "",
        repr=False,
        description="redis://host:6379/0, or nothing for the server that `audit serve` brings",
    )
    github_url: str = Field(
        "https://api.github.com", description="the API's address, on GHES https://HOST/api/v3"
    )
    git_url: str = Field(
        default_factory=lambda data: _git_address(data["github_url"]),
        description="the address before /owner/name.git, as https://github.com",
    )
    public_url: str = Field(
        "http://127.0.0.1:8080", description="the address at which people reach the pages"
    )
    write_spacing_s: float = Field(
        1.0, ge=0, le=60, description="seconds between two writes to GitHub, 1 as GitHub asks"
    )
    host: str = Field("127.0.0.1", description="the address to listen on, 0.0.0.0 in a container")
    port: int = Field(8080, ge=0, le=65_535, description="the port to listen on")
    local_mode: bool = Field(
        False,
        description="true serves the pages without sign-in to this machine; AUDIT_HOST has to be loopback",
    )

    @field_validator("private_key")
    @classmethod
    def _rsa_key(cls, key: SecretStr) -> SecretStr:
        return _readable_rsa_key(key)

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, url: str) -> str:
        if url and urlsplit(url).scheme not in ("redis", "rediss", "unix"):
            raise ValueError("it is not a redis:// address")
        return url

    @field_validator("github_url", "git_url")
    @classmethod
    def _encrypted(cls, url: str) -> str:
        address = _web_address(url)
        parts = urlsplit(address)
        if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
            raise ValueError("http is allowed to this very machine only")
        return address

    @field_validator("public_url")
    @classmethod
    def _reachable(cls, url: str) -> str:
        return _web_address(url)

    @field_validator("local_mode")
    @classmethod
    def _loopback_only(cls, local: bool, info: Any) -> bool:
        if local and not _is_loopback(info.data.get("host", "")):
            raise ValueError("without sign-in it has to listen on loopback")
        return local


def _variables(environ: Mapping[str, str]) -> dict[str, str]:
    """What the environment says, by lower-case name: files read, empty values as if not there."""
    variables = {name.lower(): value for name, value in environ.items() if value.strip()}
    if "redis_url" in variables:
        variables.setdefault(f"{PREFIX}redis_url".lower(), variables["redis_url"])
    for field in FROM_FILES:
        name = f"{PREFIX}{field}".lower()
        path = variables.get(f"{name}{FILE_SUFFIX}".lower())
        if path is not None:
            variables[name] = _from_file(name.upper(), path, environ)
    return variables


def _from_file(name: str, path: str, environ: Mapping[str, str]) -> str:
    if environ.get(name, "").strip():
        raise SettingsError(f"{name} and {name}{FILE_SUFFIX} are both set: keep one of them.")
    try:
        with Path(path).open("rb") as file:
            content = file.read(MAX_SECRET_FILE + 1)
        text = content.decode()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise SettingsError(f"{name}{FILE_SUFFIX} cannot be read: {reason}.") from None
    if len(content) > MAX_SECRET_FILE:
        raise SettingsError(f"{name}{FILE_SUFFIX} is too large to be a secret.")
    return text.strip()


def _one_line(settings: type[OfflineSettings], error: ValidationError) -> str:
    """The first problem with its remedy, and the names of the other variables concerned."""
    every = error.errors(include_url=False, include_input=False, include_context=False)
    problems = [problem for problem in every if problem["type"] != FOLLOWS]
    fields = list(dict.fromkeys(str(problem["loc"][0]) for problem in problems))
    first, *others = fields
    problem = problems[0]
    what = "is missing" if problem["type"] == MISSING else f"is wrong ({_reason(problem['msg'])})"
    from_file = f", or its file in {_name(first)}{FILE_SUFFIX}" if first in FROM_FILES else ""
    how = settings.model_fields[first].description
    rest = f" Also: {', '.join(map(_name, others))}." if others else ""
    return f"{_name(first)} {what}: set it to {how}{from_file}.{rest}"


def _name(field: str) -> str:
    return f"{PREFIX}{field}".upper()


def _reason(message: str) -> str:
    return message.removeprefix("Value error, ")


def _with_async_driver(url: str) -> str:
    """The address with the driver we use; platforms give plain ``postgres://`` with ``sslmode``."""
    scheme, separator, rest = url.partition("://")
    drivers = {
        "sqlite": "sqlite+aiosqlite",
        "sqlite+aiosqlite": "sqlite+aiosqlite",
        "postgres": "postgresql+asyncpg",
        "postgresql": "postgresql+asyncpg",
        "postgresql+asyncpg": "postgresql+asyncpg",
    }
    if not separator or scheme not in drivers:
        raise ValueError("it is neither a postgresql:// nor a sqlite:/// address")
    if drivers[scheme] == "postgresql+asyncpg":
        rest = rest.replace("?sslmode=", "?ssl=").replace("&sslmode=", "&ssl=")
    return f"{drivers[scheme]}://{rest}"


def _readable_rsa_key(key: SecretStr) -> SecretStr:
    """The key with real line ends, when it can sign as GitHub asks (RS256)."""
    text = key.get_secret_value().replace("\\n", "\n").strip() + "\n"
    try:
        loaded = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError):
        raise ValueError("it is not an unencrypted PEM private key") from None
    if not isinstance(loaded, RSAPrivateKey):
        raise ValueError("it is not an RSA key")
    return SecretStr(text)


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("it is not an https:// address")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("it has a user, a query or a fragment")
    return url.rstrip("/")


def _git_address(github_url: str) -> str:
    """Where git is served: ``api.HOST`` on github.com and ghe.com, the same host on GHES."""
    parts = urlsplit(github_url)
    return f"{parts.scheme}://{parts.netloc.removeprefix('api.')}"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
