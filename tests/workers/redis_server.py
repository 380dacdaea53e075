"""A real Redis of the tests' own, on a socket, that can be killed and started again."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from workers.supervisor.redis import (
    RedisPlace,
    clear_stale_socket,
    command,
    find_server,
    forget_place,
    redis_place,
)


class RedisServer:
    """One server; ``start`` returns when it answers PING."""

    def __init__(self, place: RedisPlace) -> None:
        self.place = place
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self.place.url

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        clear_stale_socket(self.place)
        self._process = subprocess.Popen(
            command(find_server(), self.place), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        with Redis(unix_socket_path=str(self.place.socket)) as client:
            while not self._answers(client):
                assert self._process.poll() is None, "the server ended at its start"
                time.sleep(0.01)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def flush(self) -> None:
        with Redis(unix_socket_path=str(self.place.socket)) as client:
            client.flushall()

    @staticmethod
    def _answers(client: Redis) -> bool:
        try:
            return bool(client.ping())
        except RedisConnectionError:
            return False


@contextmanager
def running_redis(folder: Path) -> Iterator[RedisServer]:
    """A server with its data in ``folder``."""
    server = RedisServer(redis_place(folder))
    server.start()
    try:
        yield server
    finally:
        server.kill()
        forget_place(server.place)
