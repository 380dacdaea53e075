"""What encloses a match, in every language that has a grammar here."""

from pathlib import Path

import pytest

from app.domain.scan import CodeIdentity
from tests.scanners.code.pack import a_pack, rule
from tests.scanners.place import ENGINES, RecordingBox, material
from workers.scanners.code.cache import NoCache
from workers.scanners.code.scanner import CodeScanner

pytestmark = pytest.mark.integration

ANY = rule(
    "danger",
    "pattern: danger(...)",
    languages="python, javascript, typescript, go, java, ruby, php",
)
PLACES = {
    "top.py": ("danger(1)\n", ""),
    "nested.py": ("class A:\n    def b(self):\n        def c():\n            danger(1)\n", "A.b.c"),
    "decorated.py": ("@route\nasync def view():\n    danger(1)\n", "view"),
    "named.js": ("function f() { danger(1) }", "f"),
    "arrow.js": ("const go = async () => { danger(1) }", "go"),
    "class.js": ("class A { run() { danger(1) } }", "A.run"),
    "field.ts": ("class A { run = (x: string): void => { danger(x) } }", "A.run"),
    "pair.tsx": ("const api = { get: function () { return <b>{danger(1)}</b> } }", "get"),
    "method.go": ("package p\nfunc (s *Store) Get() { danger(1) }\n", "Store.Get"),
    "A.java": ("class A { A() { danger(1); } }", "A.A"),
    "b.rb": ("module M\n  class A\n    def b\n      danger(1)\n    end\n  end\nend\n", "M.A.b"),
    "c.php": ("<?php\nclass A { function b() { danger(1); } }\n", "A.b"),
}


async def identities(folder: Path, files: dict[str, str | bytes]) -> dict[str, CodeIdentity]:
    root = folder / "material"
    root.mkdir()
    scanner = CodeScanner(
        engines=ENGINES, box=RecordingBox(), pack=a_pack(folder, ANY), cache=NoCache()
    )
    report = await scanner.scan(material(root, head=files))
    found = {}
    for sighting in report.sightings:
        assert isinstance(sighting.identity, CodeIdentity)
        found[sighting.path] = sighting.identity
    return found


async def test_the_scope_is_the_qualified_name(tmp_path: Path) -> None:
    found = await identities(tmp_path, {path: code for path, (code, _) in PLACES.items()})
    assert {path: each.scope for path, each in found.items()} == {
        path: scope for path, (_, scope) in PLACES.items()
    }
    assert found["top.py"].definition is None


async def test_a_definition_is_known_by_its_text_without_name_and_comments(tmp_path: Path) -> None:
    one = "const a = () => {\n  // why\n  danger(1)\n}\n"
    other = "const b = () => { /* because */ danger(1)   }\n"
    found = await identities(tmp_path, {"one.js": one, "other.js": other})
    assert found["one.js"].definition == found["other.js"].definition
    assert found["one.js"].scope != found["other.js"].scope


async def test_a_very_long_definition_is_known_by_its_hash(tmp_path: Path) -> None:
    code = "def f():\n    danger(1)\n" + "    x = 'some text that is long'\n" * 1000
    definition = (await identities(tmp_path, {"a.py": code}))["a.py"].definition
    assert definition is not None
    assert "sha256:" in definition
    assert len(definition) < 300


async def test_very_deep_code_ends_in_time(tmp_path: Path) -> None:
    code = "def f():\n    danger(1)\n    x = " + "(" * 5000 + "1" + ")" * 5000 + "\n"
    assert (await identities(tmp_path, {"a.py": code}))["a.py"].scope == "f"
