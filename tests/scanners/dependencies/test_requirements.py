"""Requirements files, as pip reads them, line by line."""

import codecs

import pytest

from app.domain.scan import GapReason
from tests.scanners.dependencies.manifests import gaps, named, pins, read
from workers.scanners.dependencies.manifests.manifest import Include, ManifestError

FILE = """\
# what the service needs
--index-url https://index.example/simple
-r base.txt
--constraint ../constraints.txt

jinja2==2.10  # templates
requests [security] == 2.19.1 ; python_version >= "3.8"
urllib3==1.26.4 \\
    --hash=sha256:aaaa \\
    --hash=sha256:bbbb
flask>=1.0
django
celery==5.*
numpy==1.24.0,!=1.24.1
old===2004d
-e ./local
git+https://git.example/a/b.git@v1#egg=b
wheel @ https://files.example/wheel-1.0.tar.gz
what is this line
pillow==9.5.0
"""


def test_pins_have_their_lines() -> None:
    assert pins(read("requirements.txt", FILE)) == [
        ("jinja2", "2.10", 6),
        ("requests", "2.19.1", 7),
        ("urllib3", "1.26.4", 8),
        ("numpy", "1.24.0", 14),
        ("old", "2004d", 15),
        ("pillow", "9.5.0", 20),
    ]


def test_every_entry_without_a_version_is_one_gap() -> None:
    lines = [line for line, _ in gaps(read("requirements.txt", FILE))]
    assert sorted(lines) == [2, 11, 12, 13, 16, 17, 18, 19]


def test_a_custom_index_is_said() -> None:
    assert (2, "packages may come from elsewhere than the public index (index_url)") in gaps(
        read("requirements.txt", FILE)
    )


def test_includes_are_named_and_not_followed_by_the_reader() -> None:
    assert read("requirements.txt", FILE).includes == (
        Include(3, "base.txt", constraint=False),
        Include(4, "../constraints.txt", constraint=True),
    )


def test_continued_lines_are_one_entry_with_its_hashes() -> None:
    entry = named(read("requirements.txt", FILE), "urllib3")
    assert (entry.line, entry.end_line, entry.hashed, entry.pin) == (8, 10, True, None)


def test_a_simple_pin_is_ready_for_a_suggestion() -> None:
    manifest = read("requirements.txt", FILE)
    assert named(manifest, "jinja2").pin == "jinja2==2.10  # templates"
    assert (
        named(manifest, "requests").pin == 'requests [security] == 2.19.1 ; python_version >= "3.8"'
    )
    assert named(manifest, "numpy").pin is None


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF8 + b"a==1\nb==2\n",
        codecs.BOM_UTF16_LE + "a==1\nb==2\n".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "a==1\nb==2\n".encode("utf-16-be"),
        b"a==1\r\nb==2\r\n",
        b"a==1\nb==2",
    ],
)
def test_encodings_and_line_ends_change_nothing(data: bytes) -> None:
    assert pins(read("requirements.txt", data)) == [("a", "1", 1), ("b", "2", 2)]


def test_what_hides_behind_a_line_separator_is_seen_as_pip_sees_it() -> None:
    manifest = read("requirements.txt", "a==1 # fine\u2028evil==6.6\nb==2\n")
    assert pins(manifest) == [("a", "1", 1), ("evil", "6.6", 1), ("b", "2", 2)]
    assert named(manifest, "evil").pin is None


def test_one_package_pinned_twice_by_marker_is_two_pins() -> None:
    text = 'a==1; python_version < "3.9"\na==2; python_version >= "3.9"\n'
    assert pins(read("requirements.txt", text)) == [("a", "1", 1), ("a", "2", 2)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("ä==1".encode("latin-1"), GapReason.UNDECODABLE),
        ("a==1".encode("utf-16-le"), GapReason.UNDECODABLE),
        (b"a==1\0", GapReason.UNDECODABLE),
        (codecs.BOM_UTF16_LE + b"a", GapReason.UNDECODABLE),
    ],
)
def test_what_is_no_text_is_one_clear_error(data: bytes, reason: GapReason) -> None:
    with pytest.raises(ManifestError) as caught:
        read("requirements.txt", data)
    assert caught.value.reason is reason


def test_an_empty_file_needs_nothing() -> None:
    assert read("requirements.txt", "") == read("requirements.txt", "# nothing\n\n")
