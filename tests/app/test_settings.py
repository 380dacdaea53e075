"""Settings come from one place, and what is wrong is said in one line without its value."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from app.settings import OfflineSettings, Settings, SettingsError


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, password: bytes = b"") -> str:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode()


RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE_KEY = pem(RSA_KEY)
COMPLETE = {
    "AUDIT_APP_ID": "12345",
    "AUDIT_PRIVATE_KEY": PRIVATE_KEY,
    "AUDIT_WEBHOOK_SECRET": "w" * 32,
    "AUDIT_SECRET_KEY": "s" * 32,
}


def refusal(**environ: str) -> str:
    with pytest.raises(SettingsError) as refused:
        Settings.load(COMPLETE | environ)
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None or refused.value.__suppress_context__
    message = str(refused.value)
    assert "\n" not in message
    return message


def test_four_values_are_enough_to_start() -> None:
    settings = Settings.load(COMPLETE)

    assert settings.app_id == 12345
    assert settings.database_url == "sqlite+aiosqlite:///var/audit.db"
    assert settings.redis_url == ""
    assert settings.github_url == "https://api.github.com"
    assert settings.git_url == "https://github.com"
    assert settings.public_url == "http://127.0.0.1:8080"
    assert settings.scanners_dir.name == ".venv-scanners"
    assert not settings.local_mode
    assert not settings.allow_weak_box


def test_the_database_lies_in_the_data_folder(tmp_path: Path) -> None:
    settings = OfflineSettings.load({"AUDIT_DATA_DIR": str(tmp_path)})
    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/audit.db"


@pytest.mark.parametrize("missing", [*COMPLETE])
def test_a_missing_value_is_named_with_how_to_get_it(missing: str) -> None:
    message = refusal(**{missing: ""})
    assert message.startswith(f"{missing} is missing: set it to ")
    assert f"{missing}_FILE" in message


def test_everything_missing_is_still_one_line() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.load({})
    message = str(refused.value)
    assert message.startswith("AUDIT_APP_ID is missing")
    assert message.endswith("Also: AUDIT_PRIVATE_KEY, AUDIT_WEBHOOK_SECRET, AUDIT_SECRET_KEY.")
    assert "\n" not in message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUDIT_APP_ID", "hunter2"),
        ("AUDIT_APP_ID", "-2222"),
        ("AUDIT_PRIVATE_KEY", "hunter2"),
        ("AUDIT_WEBHOOK_SECRET", "hunter2"),
        ("AUDIT_WEBHOOK_SECRET_PREVIOUS", "hunter2"),
        ("AUDIT_SECRET_KEY", "hunter2" * 4),
        ("AUDIT_DATABASE_URL", "mysql://hunter2@db/audit"),
        ("AUDIT_DATABASE_URL", "hunter2"),
        ("AUDIT_REDIS_URL", "https://hunter2.example"),
        ("AUDIT_GITHUB_URL", "http://hunter2.example"),
        ("AUDIT_GITHUB_URL", "https://me:hunter2@ghes.example"),
        ("AUDIT_GIT_URL", "git://hunter2.example"),
        ("AUDIT_PUBLIC_URL", "ftp://hunter2.example"),
        ("AUDIT_ADVISORIES_DIR", "hunter2"),
        ("AUDIT_CA_BUNDLE", "hunter2"),
        ("AUDIT_ALLOW_WEAK_BOX", "hunter2"),
        ("AUDIT_WRITE_SPACING_S", "hunter2"),
        ("AUDIT_PORT", "99999"),
        ("AUDIT_LOG_LEVEL", "hunter2"),
    ],
)
def test_a_wrong_value_is_named_and_never_repeated(name: str, value: str) -> None:
    message = refusal(**{name: value})
    assert message.startswith(f"{name} is wrong (")
    assert "hunter2" not in message
    assert value not in message


@pytest.mark.parametrize(
    "key",
    [pem(RSA_KEY, b"a password"), pem(ec.generate_private_key(ec.SECP256R1()))],
    ids=["encrypted", "elliptic"],
)
def test_a_key_that_cannot_sign_for_github_stops_the_start(key: str) -> None:
    message = refusal(AUDIT_PRIVATE_KEY=key)
    assert message.startswith("AUDIT_PRIVATE_KEY is wrong (it is not an")
    assert key.splitlines()[1] not in message


def test_a_key_on_one_line_with_escaped_line_ends_is_understood() -> None:
    settings = Settings.load(
        COMPLETE | {"AUDIT_PRIVATE_KEY": PRIVATE_KEY.replace("\n", "\\n").strip()}
    )
    assert settings.private_key.get_secret_value() == PRIVATE_KEY


def test_secrets_come_from_files_too(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_text(PRIVATE_KEY)
    environ = {k: v for k, v in COMPLETE.items() if k != "AUDIT_PRIVATE_KEY"}

    settings = Settings.load(environ | {"AUDIT_PRIVATE_KEY_FILE": str(key)})

    assert settings.private_key.get_secret_value() == PRIVATE_KEY


def test_a_secret_file_that_cannot_be_read_is_named_by_its_variable(tmp_path: Path) -> None:
    gone = str(tmp_path / "gone")
    message = refusal(AUDIT_SECRET_KEY="", AUDIT_SECRET_KEY_FILE=gone)
    assert message == "AUDIT_SECRET_KEY_FILE cannot be read: No such file or directory."


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"\xff\xfe", "it is not text"), (b"x" * 70_000, "too large")],
    ids=["binary", "huge"],
)
def test_a_secret_file_that_holds_no_secret_is_refused(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content)
    assert reason in refusal(AUDIT_SECRET_KEY="", AUDIT_SECRET_KEY_FILE=str(file))


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    message = refusal(AUDIT_SECRET_KEY_FILE=str(tmp_path))
    assert "AUDIT_SECRET_KEY and AUDIT_SECRET_KEY_FILE are both set" in message


def test_secrets_do_not_show_in_the_settings_own_text() -> None:
    secrets = {
        "AUDIT_DATABASE_URL": "postgresql://audit:hunter2@db/audit",
        "AUDIT_REDIS_URL": "redis://:hunter2@cache:6379/0",
    }
    shown = repr(Settings.load(COMPLETE | secrets))
    assert "hunter2" not in shown
    assert "w" * 32 not in shown
    assert "s" * 32 not in shown
    assert PRIVATE_KEY.splitlines()[1] not in shown


@pytest.mark.parametrize(
    ("given", "used"),
    [
        (
            "postgres://u:p@db:5432/a?sslmode=disable",
            "postgresql+asyncpg://u:p@db:5432/a?ssl=disable",
        ),
        ("postgresql://u:p@db/a", "postgresql+asyncpg://u:p@db/a"),
        ("sqlite:////data/audit.db", "sqlite+aiosqlite:////data/audit.db"),
    ],
)
def test_database_addresses_as_platforms_give_them(given: str, used: str) -> None:
    assert Settings.load(COMPLETE | {"AUDIT_DATABASE_URL": given}).database_url == used


@pytest.mark.parametrize(
    ("api", "git"),
    [
        ("https://ghes.example/api/v3/", "https://ghes.example"),
        ("https://api.shop.ghe.com", "https://shop.ghe.com"),
        ("http://127.0.0.1:9901", "http://127.0.0.1:9901"),
    ],
)
def test_git_is_found_beside_the_api(api: str, git: str) -> None:
    assert Settings.load(COMPLETE | {"AUDIT_GITHUB_URL": api}).git_url == git


def test_redis_is_found_under_its_usual_name_and_ours_wins() -> None:
    usual = {"REDIS_URL": "redis://usual:6379"}
    ours = {"AUDIT_REDIS_URL": "redis://ours:6379"}
    assert Settings.load(COMPLETE | usual).redis_url == "redis://usual:6379"
    assert Settings.load(COMPLETE | usual | ours).redis_url == "redis://ours:6379"


def test_pages_without_sign_in_are_for_loopback_only() -> None:
    assert Settings.load(COMPLETE | {"AUDIT_LOCAL_MODE": "true"}).local_mode
    message = refusal(AUDIT_LOCAL_MODE="true", AUDIT_HOST="0.0.0.0")
    assert message.startswith("AUDIT_LOCAL_MODE is wrong")


def test_commands_that_talk_to_no_github_need_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_LOG_LEVEL", "error")
    assert OfflineSettings.load({}).log_level == "info"
    assert OfflineSettings.load({"AUDIT_LOG_LEVEL": "DEBUG"}).log_level == "debug"
