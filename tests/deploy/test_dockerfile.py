"""The image: pinned, small in rights, without secrets, and with everything a worker needs."""

import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.deploy.dockerfile import (
    ROOT,
    Instruction,
    base_image,
    exec_form,
    instructions,
    stages,
)

TEXT = (ROOT / "Dockerfile").read_text()
READ = instructions(TEXT)
FINAL = stages(READ)[-1]


def those(read: list[Instruction], name: str) -> list[str]:
    return [each.rest for each in read if each.name == name]


def test_the_base_is_a_full_address_with_a_pinned_minor_version_and_distribution() -> None:
    assert re.fullmatch(r"docker\.io/library/python:3\.\d+-slim-[a-z]+", base_image(READ))


def test_every_stage_stands_on_the_pinned_base_or_on_an_earlier_stage() -> None:
    froms = [rest.split() for rest in those(READ, "FROM")]
    names = {words[2] for words in froms if len(words) == 3}

    assert {words[0] for words in froms} <= names | {"${PYTHON_IMAGE}"}


def test_scanners_are_installed_in_a_stage_of_their_own_and_copied() -> None:
    copies = those(FINAL, "COPY")

    assert "--from=scanners /app/.venv-scanners /app/.venv-scanners" in copies
    assert "--from=application /app /app" in copies
    assert all(copy.startswith("--from=") for copy in copies)


def test_whatever_is_installed_from_an_index_is_checked_against_its_hash() -> None:
    installs = [run for run in those(READ, "RUN") if "install -" in run and "apt-get" not in run]
    (ours,) = [run for run in installs if "--no-deps" in run]
    from_an_index = [run for run in installs if run != ours]

    assert len(from_an_index) == 3
    assert all("--require-hashes" in run for run in from_an_index)
    assert "--build-constraints requirements/dev.lock" in ours
    assert "\nsetuptools==" in (ROOT / "requirements/dev.lock").read_text()


def test_the_system_packages_are_those_that_boxing_and_fetching_need() -> None:
    (apt,) = [run for run in those(FINAL, "RUN") if "apt-get" in run]

    assert {"bubblewrap", "util-linux", "git", "ca-certificates", "tini"} <= set(apt.split())
    assert "rm -rf /var/lib/apt/lists/*" in apt


def test_the_process_is_no_root_by_number_and_owns_no_code() -> None:
    (user,) = those(FINAL, "USER")

    assert int(user) >= 10_000
    assert not any("--chown" in copy for copy in those(FINAL, "COPY"))


def test_commands_are_in_exec_form_below_an_init() -> None:
    (entry,), (command,) = those(FINAL, "ENTRYPOINT"), those(FINAL, "CMD")

    assert exec_form(entry) == ["/usr/bin/tini", "--"]
    assert exec_form(command)[:2] == ["audit", "web"]


def test_the_health_check_asks_the_port_that_the_web_listens_on() -> None:
    (check,), (command,), (port,) = (
        those(FINAL, name) for name in ("HEALTHCHECK", "CMD", "EXPOSE")
    )

    assert exec_form(command)[-2:] == ["--port", port]
    assert f"http://127.0.0.1:{port}/healthz" in exec_form(check)[-1]
    compile(exec_form(check)[-1], "HEALTHCHECK", "exec")


def test_no_secret_and_no_index_address_is_built_in() -> None:
    values = " ".join(those(READ, "ENV") + those(READ, "ARG")).upper()

    assert not re.search(r"SECRET|TOKEN|PASSWORD|PRIVATE|_KEY|INDEX_URL", values)


def test_hadolint_finds_nothing_and_each_exception_has_a_reason() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    if not hadolint.exists():
        pytest.skip("hadolint is not installed: make install")
    found = subprocess.run((hadolint, ROOT / "Dockerfile"), capture_output=True, text=True)
    ignores = re.findall(r"hadolint ignore=(.*)", TEXT)

    assert found.stdout == ""
    assert ignores
    assert all(re.fullmatch(r"DL\d+ # .{20,}", ignore) for ignore in ignores)


def ignored(path: str) -> bool:
    """What .dockerignore says of ``path``: the last pattern that fits it or a folder above it decides."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    parts = path.split("/")
    above = ["/".join(parts[: n + 1]) for n in range(len(parts))]
    answer = False
    for pattern in patterns:
        plain = pattern.removeprefix("!")
        names = parts if plain.startswith("**/") else above
        if any(fnmatch(name, plain.removeprefix("**/")) for name in names):
            answer = not pattern.startswith("!")
    return answer


@pytest.mark.parametrize(
    "path",
    [
        ".git/config",
        ".venv/bin/python",
        ".venv-scanners/bin/semgrep",
        ".env",
        "app/.env.local",
        "app/__pycache__/queue.pyc",
        "tests/builders.py",
        "var/audit.db",
        "private-key.pem",
        "anything new",
    ],
)
def test_the_build_does_not_see(path: str) -> None:
    assert ignored(path)


@pytest.mark.parametrize(
    "path",
    [
        "app/queue.py",
        "workers/main.py",
        "cli/__init__.py",
        "requirements/app.lock",
        "requirements/uv.lock",
        "pyproject.toml",
        "LICENSE",
    ],
)
def test_the_build_sees(path: str) -> None:
    assert not ignored(path)
    assert (ROOT / path).exists()


def test_the_build_sees_what_the_dockerfile_copies_and_the_project_names() -> None:
    copied = [word for rest in those(READ, "COPY") if "--from" not in rest for word in rest.split()]
    files = [word for word in copied if "." in word.strip("./")]

    assert files
    assert not [file for file in files if ignored(file)]
