"""Manifests made to hurt: one clear error each, or one gap, and no more."""

import json

import pytest

from tests.scanners.dependencies.manifests import pins, read
from workers.scanners.dependencies.manifests.manifest import ManifestError

DEEP = "[" * 100_000 + "]" * 100_000
JSON_LOCKS = ["package-lock.json", "Pipfile.lock"]
TOML_LOCKS = ["poetry.lock", "uv.lock", "pylock.toml", "pyproject.toml"]


@pytest.mark.parametrize("path", JSON_LOCKS)
@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "null", "{", '{"a": NaN}', '{"a": Infinity}', '{"a": 1, "a": 2}', '{"packages": []}',
        '{"a": ' + DEEP + "}", '{"a": ' + "9" * 10_000 + "}", '{"default": {"x": 1}, "packages": {"x": 1}}',
    ],
)  # fmt: skip
def test_json_that_is_no_lock_is_one_clear_error(path: str, text: str) -> None:
    if path == "Pipfile.lock" and text == '{"packages": []}':
        text = '{"default": []}'
    with pytest.raises(ManifestError) as caught:
        read(path, text)
    assert 0 < len(str(caught.value)) < 200


@pytest.mark.parametrize("path", TOML_LOCKS)
@pytest.mark.parametrize(
    "text",
    [
        "=", "a = 1\na = 2", "a = " + DEEP, "a = {b = " * 5000, "[[package]]\n[package]\n",
        "package = 1\npackages = 1\nproject = 1\nlock-version = '1.0'", "a = " + "9" * 10_000,
        "[" + ".".join("a" * 5000) + "]",
    ],
)  # fmt: skip
def test_toml_that_is_no_lock_is_one_clear_error(path: str, text: str) -> None:
    with pytest.raises(ManifestError) as caught:
        read(path, text)
    assert 0 < len(str(caught.value)) < 200


def test_a_chain_of_packages_that_ask_for_each_other_ends() -> None:
    entries = "".join(
        f'[[package]]\nname = "p{n}"\nversion = "1"\nsource = {{registry = "x"}}\n'
        f'dependencies = [{{name = "p{(n + 1) % 3000}"}}]\n'
        for n in range(3000)
    )
    assert len(read("uv.lock", entries).dependencies) == 3000


def test_a_tree_of_npm_packages_many_deep_ends() -> None:
    tree: dict[str, object] = {}
    for number in range(200):
        tree = {f"p{number}": {"version": "1.0.0", "dependencies": tree}}
    text = json.dumps({"lockfileVersion": 1, "dependencies": tree})
    assert len(read("package-lock.json", text).dependencies) == 200


def test_names_that_are_keys_of_every_object_are_only_names() -> None:
    packages = {
        "node_modules/__proto__": {"version": "1.0.0"},
        "node_modules/constructor": {"version": "1.0.0"},
    }
    text = json.dumps({"lockfileVersion": 3, "packages": packages})
    assert [name for name, _, _ in pins(read("package-lock.json", text))] == [
        "__proto__",
        "constructor",
    ]


@pytest.mark.parametrize(
    "line",
    ["a" * 100_000 + "==1", "a==" + "1." * 50_000, "a==1 " + "\\" * 1000, "--hash=sha256:x", "-r", "a==1 --global-option=x",
     "${HOME}==1", "a[" + "b," * 20_000 + "]==1", "; ; ;", "@", "-e", "--no-such-option"],
)  # fmt: skip
def test_an_odd_line_never_stops_the_next(line: str) -> None:
    manifest = read("requirements.txt", f"{line}\n\nlast==1.0\n")
    assert ("last", "1.0", 3) in pins(manifest)
