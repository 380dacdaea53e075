"""Real git repositories, and a real smart HTTP server on loopback, for the tests of the fetch."""

import base64
import http.server
import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

QUIET = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "dev",
    "GIT_AUTHOR_EMAIL": "dev@example.test",
    "GIT_COMMITTER_NAME": "dev",
    "GIT_COMMITTER_EMAIL": "dev@example.test",
    "PATH": os.environ["PATH"],
}


@dataclass
class Origin:
    """A repository that commits are made in; `path` is its bare folder."""

    path: Path
    clock: int = 1_700_000_000

    def git(self, *arguments: str | bytes, stdin: bytes = b"") -> str:
        """The stripped output of one git command."""
        dates = {
            "GIT_AUTHOR_DATE": f"{self.clock} +0000",
            "GIT_COMMITTER_DATE": f"{self.clock} +0000",
        }
        done = subprocess.run(
            ["git", f"--git-dir={self.path}", *arguments],
            input=stdin,
            capture_output=True,
            env=QUIET | dates,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return os.fsdecode(done.stdout).strip()

    def blob(self, data: bytes) -> str:
        """The id of a stored blob."""
        return self.git("hash-object", "-w", "--stdin", stdin=data)

    def commit(
        self,
        files: Mapping[str | bytes, bytes | tuple[str, str]],
        *parents: str,
        message: str = "work",
    ) -> str:
        """A commit whose whole tree is ``files``: name to bytes, or to (mode, id)."""
        self.clock += 60
        index = {"GIT_INDEX_FILE": str(self.path / "test-index")}
        (self.path / "test-index").unlink(missing_ok=True)
        lines = b"".join(self._index_line(name, entry) for name, entry in files.items())
        env = QUIET | index
        command = ["git", f"--git-dir={self.path}"]
        subprocess.run(
            [*command, "update-index", "-z", "--index-info"], input=lines, env=env, check=True
        )
        tree = subprocess.run([*command, "write-tree"], env=env, check=True, stdout=subprocess.PIPE)
        return self.commit_tree(tree.stdout.decode().strip(), *parents, message=message)

    def commit_tree(self, tree: str, *parents: str, message: str = "work") -> str:
        """A commit of an existing tree."""
        options = [part for parent in parents for part in ("-p", parent)]
        return self.git("commit-tree", tree, *options, "-m", message)

    def branch(self, name: str, commit: str) -> None:
        """Let a reference point at a commit; a name without slash is a branch."""
        full = name if name.startswith("refs/") else f"refs/heads/{name}"
        self.git("update-ref", full, commit)

    def _index_line(self, name: str | bytes, entry: bytes | tuple[str, str]) -> bytes:
        mode, id_ = entry if isinstance(entry, tuple) else ("100644", self.blob(entry))
        return f"{mode} {id_}\t".encode() + os.fsencode(name) + b"\0"


def new_origin(folder: Path) -> Origin:
    """An empty repository that answers as the hosted service does."""
    subprocess.run(
        ["git", "init", "-q", "--bare", "-b", "main", str(folder)], env=QUIET, check=True
    )
    origin = Origin(folder)
    origin.git("config", "uploadpack.allowFilter", "true")
    origin.git("config", "uploadpack.allowAnySHA1InWant", "true")
    return origin


@dataclass
class Server:
    """A smart HTTP server; ``requests`` are (method, path, whether the right token came)."""

    root: Path
    token: str | None
    port: int = 0
    requests: list[tuple[str, str, bool]] = field(default_factory=list)
    sent: int = 0

    def url(self, name: str) -> str:
        """The clone address of a repository below the root."""
        return f"http://127.0.0.1:{self.port}/{name}"

    def admits(self, header: str | None) -> bool:
        """Whether the Authorization header is the expected one."""
        if self.token is None:
            return True
        pair = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
        return header == f"Basic {pair}"


@contextmanager
def serving(root: Path, token: str | None = None) -> Iterator[Server]:
    """Serve the repositories below ``root`` until the end of the block."""
    server = Server(root, token)
    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler_of(server))
    server.port = listener.server_address[1]
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()


def handler_of(server: Server) -> type[http.server.BaseHTTPRequestHandler]:
    """A request handler around ``git http-backend``."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            allowed = server.admits(self.headers.get("authorization"))
            server.requests.append((self.command, self.path, allowed))
            if not allowed:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="git"')
                self.end_headers()
                return
            self.answer(self.backend(self.body()))

        do_POST = do_GET  # noqa: N815

        def body(self) -> bytes:
            if self.headers.get("transfer-encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("content-length") or 0))
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            return b"".join(parts)

        def backend(self, body: bytes) -> bytes:
            path, _, query = self.path.partition("?")
            env = QUIET | {
                "GIT_PROJECT_ROOT": str(server.root),
                "GIT_HTTP_EXPORT_ALL": "1",
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("content-type", ""),
                "CONTENT_LENGTH": str(len(body)),
                "GIT_PROTOCOL": self.headers.get("git-protocol", ""),
                "HTTP_CONTENT_ENCODING": self.headers.get("content-encoding", ""),
                "REMOTE_ADDR": "127.0.0.1",
            }
            done = subprocess.run(
                ["git", "http-backend"], input=body, env=env, capture_output=True, check=False
            )
            return done.stdout

        def answer(self, raw: bytes) -> None:
            head, _, body = raw.partition(b"\r\n\r\n")
            server.sent += len(body)
            fields = [line.decode().split(": ", 1) for line in head.split(b"\r\n") if line]
            status = next((value for name, value in fields if name.lower() == "status"), "200")
            self.send_response(int(status.split()[0]))
            for name, value in fields:
                if name.lower() != "status":
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
