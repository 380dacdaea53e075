"""The engines' own commands, as somebody without this product would call them."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.program import run, timed
from workers.scanners.code.engine import OPTIONS
from workers.scanners.code.rules import load_pack
from workers.scanners.engines import PROJECT, Engines

QUIET = {"SEMGREP_ENABLE_VERSION_CHECK": "0", "SEMGREP_SEND_METRICS": "off"}


class NoAdvisories(BaseHTTPRequestHandler):
    """An OSV service on this machine that knows no advisory: pip-audit asks it for each package."""

    def do_POST(self) -> None:
        """Answer a query."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def osv_service() -> Iterator[str]:
    """The address of a service that answers at once."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), NoAdvisories)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class EngineCommands:
    """The commands, with our rule pack as semgrep's; ``folder`` takes the pack and target lists."""

    def __init__(self, folder: Path, osv: str) -> None:
        self._engines = Engines(PROJECT / ".venv-scanners")
        self._bin = self._engines.venv / "bin"
        self._folder = folder
        self._osv = osv
        pack = load_pack(folder).folder
        self._python_rules = _rule_file(pack / "python.json", folder / "python-rules.json")
        self._all_rules = _rule_file(pack / "all.json", folder / "all-rules.json")

    async def semgrep_core(self, files: Sequence[Path]) -> None:
        """The engine itself, on Python files."""
        listed = [
            ["CodeTarget", {"path": {"fpath": str(f), "ppath": f"/{f.name}"}, "analyzer": "python", "products": ["sast"]}]
            for f in files
        ]  # fmt: skip
        targets = self._folder / "targets.json"
        targets.write_text(json.dumps(["Targets", listed]))
        core = self._engines.semgrep_core
        out = await run(
            *(core, "-rules", self._python_rules, "-targets", targets, *OPTIONS),
            cwd=self._folder,
            env=QUIET,
        )
        if len(json.loads(out)["paths"]["scanned"]) != len(files):
            raise AssertionError("semgrep-core did not read what it was given")

    async def semgrep_scan(self, folder: Path, files: Sequence[str] = (".",)) -> None:
        """The program that people call."""
        await self.semgrep_scan_seconds(folder, files)

    async def semgrep_scan_seconds(self, folder: Path, files: Sequence[str]) -> float:
        """How long `semgrep_scan` takes."""
        scan = ("scan", "--config", self._all_rules, "--metrics", "off", "--json", "--quiet")
        return await timed(self._bin / "semgrep", *scan, *files, cwd=folder, env=QUIET, ok=(0, 1))

    async def betterleaks(self, folder: Path) -> None:
        """All files of a folder."""
        plain = (folder, "--no-banner", "--silent", "--exit-code", "0", "--output", "-")
        await run(self._engines.betterleaks, *plain, cwd=folder)

    async def detect_secrets(self, folder: Path, files: Sequence[str] = ()) -> None:
        """The files, or everything below ``folder``."""
        what = ("--no-verify", *files) if files else ("--no-verify", "--all-files", ".")
        await run(self._bin / "detect-secrets", "scan", *what, cwd=folder)

    async def pip_audit(self, folder: Path) -> None:
        """The requirements file, nothing resolved."""
        pip = ("--disable-pip", "--no-deps", "-r", "requirements.txt", "--progress-spinner", "off")
        osv = ("-s", "osv", "--osv-url", f"{self._osv}/query")
        await run(self._bin / "pip-audit", *pip, *osv, cwd=folder)

    async def zizmor(self, folder: Path, files: Sequence[str]) -> None:
        """The workflow files."""
        how = ("--offline", "--no-progress", "--format", "json", "--no-exit-codes")
        await run(self._engines.zizmor, *how, *files, cwd=folder)


def _rule_file(rules: Path, place: Path) -> Path:
    """The rules of our pack's file in the form that semgrep reads."""
    place.write_text(json.dumps({"rules": json.loads(rules.read_bytes())}))
    return place
