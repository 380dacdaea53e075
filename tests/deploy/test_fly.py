"""fly.toml: only keys that exist, commands and routes that are ours, times that fit the worker's."""

import importlib.util
import re
import shlex
import tomllib
from typing import Any

import pytest

from app.settings import Settings
from app.web.health import health_routes
from tests.deploy.dockerfile import ROOT, instructions
from workers.main import CLOSE_LIMIT_S, WorkerOptions

FLY: dict[str, Any] = tomllib.loads((ROOT / "fly.toml").read_text())

KNOWN: dict[str, frozenset[str]] = {
    "": frozenset(
        "app primary_region kill_signal kill_timeout build env deploy processes http_service vm".split()
    ),
    "build": frozenset({"dockerfile"}),
    "deploy": frozenset({"release_command", "strategy"}),
    "http_service": frozenset(
        "internal_port force_https auto_stop_machines auto_start_machines min_machines_running "
        "processes checks".split()
    ),
    "http_service.checks": frozenset("method path interval timeout grace_period".split()),
    "vm": frozenset({"size", "memory", "processes"}),
}
"""The platform's keys, as far as used here; tables with names of our own are checked apart."""


def tables(value: Any, name: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Every table with its dotted name, those inside arrays too."""
    if isinstance(value, list):
        return [found for each in value for found in tables(each, name)]
    if not isinstance(value, dict):
        return []
    inner = [
        found
        for key, each in value.items()
        for found in tables(each, f"{name}.{key}".removeprefix("."))
    ]
    return [(name, value), *inner]


def seconds(text: str) -> float:
    match = re.fullmatch(r"(\d+)s", text)
    assert match is not None
    return float(match[1])


def commands() -> list[str]:
    return [*FLY["processes"].values(), FLY["deploy"]["release_command"]]


def test_every_key_is_known() -> None:
    unknown = [
        (name, key)
        for name, table in tables(FLY)
        if name not in ("env", "processes")
        for key in table.keys() - KNOWN.get(name, frozenset())
    ]

    assert unknown == []


def test_web_and_worker_are_groups_and_each_machine_size_and_service_names_one() -> None:
    groups = set(FLY["processes"])
    named = [FLY["http_service"]["processes"], *(vm["processes"] for vm in FLY["vm"])]

    assert groups == {"web", "worker"}
    assert all(set(each) <= groups for each in named)
    assert {name for vm in FLY["vm"] for name in vm["processes"]} == groups


def test_commands_are_our_console_script() -> None:
    assert {shlex.split(command)[0] for command in commands()} == {"audit"}


@pytest.mark.skipif(
    importlib.util.find_spec("cli.main") is None, reason="the command line is not there yet"
)
@pytest.mark.parametrize("command", commands())
def test_our_command_line_understands_its_commands(command: str) -> None:
    import typer

    from cli.main import command_line

    parser: Any = typer.main.get_command(command_line())
    words = shlex.split(command)[1:]
    while hasattr(parser, "commands"):
        parser = parser.commands[words.pop(0)]

    assert parser.make_context(parser.name, words) is not None


def test_the_schema_is_brought_up_to_date_before_a_release() -> None:
    assert FLY["deploy"]["release_command"] == "audit db upgrade"


def test_one_port_in_service_command_and_image() -> None:
    words = shlex.split(FLY["processes"]["web"])
    (exposed,) = [
        int(each.rest)
        for each in instructions((ROOT / "Dockerfile").read_text())
        if each.name == "EXPOSE"
    ]

    assert FLY["http_service"]["internal_port"] == exposed
    assert int(words[words.index("--port") + 1]) == exposed
    assert words[words.index("--host") + 1] == "0.0.0.0"


def test_checks_ask_routes_of_ours() -> None:
    nothing: Any = None
    router = health_routes(nothing, nothing, nothing, nothing)
    routes = {getattr(route, "path", "") for route in router.routes}

    assert {check["path"] for check in FLY["http_service"]["checks"]} <= routes


def test_a_delivery_never_waits_for_a_cold_start() -> None:
    assert FLY["http_service"]["auto_stop_machines"] == "off"
    assert FLY["http_service"]["min_machines_running"] >= 1
    assert FLY["http_service"]["force_https"] is True


def test_a_worker_has_time_to_let_its_jobs_end() -> None:
    needed = WorkerOptions().completion_wait_s + CLOSE_LIMIT_S

    assert FLY["kill_signal"] == "SIGTERM"
    assert seconds(FLY["kill_timeout"]) >= needed + 5


def test_the_environment_has_settings_of_ours_and_no_secret() -> None:
    names = {name.removeprefix("AUDIT_").lower() for name in FLY["env"]}
    secret = {"private_key", "webhook_secret", "secret_key", "database_url", "redis_url"}

    assert names <= set(Settings.model_fields)
    assert not names & secret
