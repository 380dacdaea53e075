"""package-lock.json of every version."""

import json
from typing import Any

from tests.scanners.dependencies.manifests import gaps, named, pins, read

PACKAGES: dict[str, Any] = {
    "": {"dependencies": {"express": "^4"}, "devDependencies": {"mocha": "^9"}},
    "node_modules/express": {
        "version": "4.17.1",
        "integrity": "sha512-a",
        "dependencies": {"qs": "6.7.0", "@scope/tool": "*"},
    },
    "node_modules/qs": {"version": "6.9.0", "integrity": "sha512-b"},
    "node_modules/express/node_modules/qs": {"version": "6.7.0"},
    "node_modules/@scope/tool": {"version": "1.0.0", "integrity": "sha512-c"},
    "node_modules/mocha": {"version": "9.0.0", "dev": True, "dependencies": {"qs": "*"}},
    "node_modules/alias": {"name": "lodash", "version": "4.17.11"},
    "node_modules/ours": {"resolved": "packages/ours", "link": True},
    "packages/ours": {"version": "1.0.0", "dependencies": {"minimist": "*"}},
    "node_modules/minimist": {"version": "1.2.5"},
}


def lock(version: int, **parts: Any) -> str:
    return json.dumps({"name": "app", "lockfileVersion": version, **parts}, indent=2)


def test_a_version_3_lock_tells_direct_parents_development_and_hash() -> None:
    manifest = read("package-lock.json", lock(3, packages=PACKAGES))
    found = {
        (d.name, d.version): (d.direct, d.development, d.via, d.hashed)
        for d in manifest.dependencies
    }
    assert found == {
        ("express", "4.17.1"): (True, False, (), True),
        ("qs", "6.9.0"): (False, False, ("mocha",), True),
        ("qs", "6.7.0"): (False, False, ("express",), False),
        ("@scope/tool", "1.0.0"): (False, False, ("express",), True),
        ("mocha", "9.0.0"): (True, True, (), False),
        ("lodash", "4.17.11"): (False, False, (), False),
        ("minimist", "1.2.5"): (True, False, (), False),
    }
    assert gaps(manifest) == []


def test_lines_are_those_of_the_entries() -> None:
    text = lock(3, packages=PACKAGES)
    lines = text.split("\n")
    entry = named(read("package-lock.json", text), "mocha")
    assert lines[entry.line - 1].strip() == '"node_modules/mocha": {'


def test_a_version_1_lock_is_a_tree() -> None:
    tree = {
        "express": {
            "version": "4.17.1",
            "integrity": "sha512-a",
            "requires": {"qs": "6.7.0"},
            "dependencies": {"qs": {"version": "6.7.0", "dev": True}},
        },
        "fork": {"version": "git+ssh://git@git.example/fork.git#abc"},
        "alias": {"version": "npm:@scope/lodash@4.17.11"},
    }
    manifest = read("npm-shrinkwrap.json", lock(1, dependencies=tree))
    assert {name for name, _, _ in pins(manifest)} == {"express", "qs", "@scope/lodash"}
    qs = named(manifest, "qs")
    assert (qs.version, qs.direct, qs.development, qs.via) == ("6.7.0", None, True, ("express",))
    assert [why.split(" has ")[0] for _, why in gaps(manifest)] == ["fork"]


def test_neither_half_of_a_version_2_lock_can_hide_a_package() -> None:
    packages = {"": {}, "node_modules/a": {"version": "1.0.0"}}
    tree = {"a": {"version": "1.0.0"}, "b": {"version": "2.0.0"}}
    manifest = read("package-lock.json", lock(2, packages=packages, dependencies=tree))
    assert [(name, version) for name, version, _ in pins(manifest)] == [
        ("a", "1.0.0"),
        ("b", "2.0.0"),
    ]


def test_one_version_at_two_places_is_direct_if_either_is() -> None:
    packages = {
        "": {"dependencies": {"a": "*"}},
        "node_modules/a": {"version": "1.0.0", "dev": True},
        "node_modules/b": {"version": "1.0.0", "dependencies": {"a": "*"}},
        "node_modules/b/node_modules/a": {"version": "1.0.0"},
    }
    entry = named(read("package-lock.json", lock(3, packages=packages)), "a")
    assert (entry.direct, entry.development, entry.via) == (True, False, ("b",))
