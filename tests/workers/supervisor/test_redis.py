"""The Redis that comes along: which server, where, started over what a killed one left."""

import asyncio
import os
import stat
from pathlib import Path

import pytest

from app.queue import ArqQueue, JobName, QueuedJob, redis_settings
from tests.workers.redis_server import RedisServer, running_redis
from workers.supervisor.redis import (
    MAX_SOCKET_PATH,
    DataInUseError,
    RedisPlace,
    answers,
    clear_stale_socket,
    command,
    find_server,
    forget_place,
    redis_place,
)


def a_program(folder: Path, name: str) -> Path:
    program = folder / name
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return program


def test_a_redis_on_path_comes_first(tmp_path: Path) -> None:
    a_program(tmp_path, "valkey-server")
    redis = a_program(tmp_path, "redis-server")

    assert find_server(str(tmp_path)) == redis


def test_a_valkey_on_path_comes_second(tmp_path: Path) -> None:
    valkey = a_program(tmp_path, "valkey-server")

    assert find_server(str(tmp_path)) == valkey


def test_without_any_on_path_the_installed_binary_is_used(tmp_path: Path) -> None:
    server = find_server(str(tmp_path))

    assert server.name == "valkey-server"
    assert os.access(server, os.X_OK)


def test_the_socket_lies_with_the_data(tmp_path: Path) -> None:
    short = Path(os.path.realpath(tmp_path))

    place = redis_place(short)

    assert place == RedisPlace(socket=short / "redis.sock", data=short / "redis")
    assert redis_settings(place.url).unix_socket_path == str(place.socket)


@pytest.mark.parametrize("folder", ["a" * 120, "100%25", "what?", "number#1"])
def test_a_folder_that_makes_no_address_gets_a_private_short_socket(
    tmp_path: Path, folder: str
) -> None:
    place = redis_place(tmp_path / folder)

    assert len(os.fsencode(place.socket)) < MAX_SOCKET_PATH
    assert stat.S_IMODE(place.socket.parent.stat().st_mode) == 0o700
    assert redis_settings(place.url).unix_socket_path == str(place.socket)
    forget_place(place)
    assert not place.socket.parent.exists()
    assert place.data.exists()


def test_forgetting_a_place_keeps_the_data(tmp_path: Path) -> None:
    place = redis_place(tmp_path)

    forget_place(place)

    assert place.data.exists()


def test_the_server_listens_on_its_socket_alone_and_evicts_nothing(tmp_path: Path) -> None:
    words = command(Path("valkey-server"), redis_place(tmp_path))

    assert words[words.index("--port") + 1] == "0"
    assert words[words.index("--maxmemory-policy") + 1] == "noeviction"
    assert words[words.index("--unixsocketperm") + 1] == "600"


@pytest.mark.integration
async def test_a_server_in_a_folder_with_a_long_name_answers(tmp_path: Path) -> None:
    with running_redis(tmp_path / ("long" * 30)) as redis:
        assert await answers(redis.place)


@pytest.mark.integration
async def test_a_killed_server_leaves_a_socket_that_says_nothing(tmp_path: Path) -> None:
    with running_redis(tmp_path) as redis:
        redis.kill()

        assert redis.place.socket.exists()
        assert not await answers(redis.place)


@pytest.mark.integration
async def test_a_killed_server_starts_again_with_what_was_queued(tmp_path: Path) -> None:
    with running_redis(tmp_path) as redis:
        queue = ArqQueue.open(redis.url)
        await queue.enqueue(QueuedJob(name=JobName.AUDIT, id="audit:1"))
        await queue.close()
        await written(redis)
        redis.kill()
        redis.start()
        queue = ArqQueue.open(redis.url)
        depth = await queue.depth()
        await queue.close()

    assert depth["audit:interactive"] == 1


async def written(redis: RedisServer) -> None:
    """Wait until the append-only file has what was queued."""
    while not any(b"audit:1" in file.read_bytes() for file in redis.place.data.rglob("*.aof")):
        await asyncio.sleep(0.02)


@pytest.mark.integration
def test_a_second_server_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with running_redis(tmp_path) as redis:
        with pytest.raises(DataInUseError, match="stop it first"):
            clear_stale_socket(redis.place)

        assert redis.place.socket.exists()


def test_nothing_to_clear_is_fine(tmp_path: Path) -> None:
    place = redis_place(tmp_path)

    clear_stale_socket(place)

    assert not place.socket.exists()
