"""go.mod and go.sum."""

import pytest

from tests.scanners.dependencies.manifests import gaps, named, pins, read
from workers.scanners.dependencies.manifests.manifest import ManifestError

MODULE = """\
module example.test/app // the module

go 1.20

require github.com/pkg/errors v0.9.1

require (
\tgolang.org/x/text v0.3.7 // indirect
\tgithub.com/dgrijalva/jwt-go v3.2.0+incompatible
\t"github.com/quoted/path" v1.0.0
\tgithub.com/local/fork v1.0.0
\tgithub.com/kept/one v1.5.0
)

replace (
\tgithub.com/dgrijalva/jwt-go => github.com/golang-jwt/jwt/v4 v4.4.0
\tgithub.com/local/fork v1.0.0 => ../fork
\tgithub.com/kept/one v1.4.0 => github.com/other/one v9.0.0
)

exclude golang.org/x/net v0.1.0
retract [v1.0.0, v1.1.0]
"""
SUMS = """\
github.com/pkg/errors v0.9.1 h1:aaaa=
github.com/pkg/errors v0.9.1/go.mod h1:bbbb=
golang.org/x/net v0.1.0 h1:cccc=
golang.org/x/net v0.10.0 h1:dddd=
golang.org/x/net v0.11.0/go.mod h1:eeee=
"""


def test_requirements_are_read_with_replacements() -> None:
    assert pins(read("go.mod", MODULE)) == [
        ("github.com/pkg/errors", "v0.9.1", 5),
        ("golang.org/x/text", "v0.3.7", 8),
        ("github.com/golang-jwt/jwt/v4", "v4.4.0", 9),
        ("github.com/quoted/path", "v1.0.0", 10),
        ("github.com/kept/one", "v1.5.0", 12),
    ]


def test_indirect_is_what_its_comment_says() -> None:
    manifest = read("go.mod", MODULE)
    assert named(manifest, "golang.org/x/text").direct is False
    assert named(manifest, "github.com/pkg/errors").direct is True


def test_a_replacement_by_a_folder_has_no_version() -> None:
    assert gaps(read("go.mod", MODULE)) == [
        (11, "github.com/local/fork is replaced by a folder: it has no released version")
    ]


def test_the_sums_beside_it_say_what_is_hashed() -> None:
    manifest = read("go.mod", MODULE, go_sum=SUMS)
    assert named(manifest, "github.com/pkg/errors").hashed
    assert not named(manifest, "golang.org/x/text").hashed


def test_since_go_1_17_the_sums_add_nothing() -> None:
    assert pins(read("go.sum", SUMS, go_mod=MODULE)) == []


def test_before_go_1_17_the_sums_hold_what_others_ask_for() -> None:
    old = "module example.test/app\n\ngo 1.16\n\nrequire github.com/pkg/errors v0.9.1\n"
    manifest = read("go.sum", SUMS, go_mod=old)
    assert pins(manifest) == [("golang.org/x/net", "v0.10.0", 4)]
    assert manifest.dependencies[0].direct is False


def test_sums_alone_are_read_for_every_module() -> None:
    manifest = read("go.sum", SUMS)
    assert [name for name, _, _ in pins(manifest)] == ["github.com/pkg/errors", "golang.org/x/net"]
    assert {entry.direct for entry in manifest.dependencies} == {None}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("go.mod", ""),
        ("go.mod", "require a v1"),
        ("go.mod", "module m\nrequire (\n a v1\n"),
        ("go.mod", "module m\nreplace a b\n"),
        ("go.sum", "a v1\n"),
        ("go.sum", "<<<<<<< HEAD\n"),
    ],
)
def test_what_is_not_of_gos_form_is_one_clear_error(path: str, text: str) -> None:
    with pytest.raises(ManifestError):
        read(path, text)


def test_one_odd_requirement_does_not_stop_the_rest() -> None:
    manifest = read("go.mod", "module m\nrequire (\n a\n b v1.0.0\n)\n")
    assert pins(manifest) == [("b", "v1.0.0", 4)]
    assert [line for line, _ in gaps(manifest)] == [3]
