import re
from hashlib import sha256
from pathlib import Path

import pytest

from interface.sprite import sprite
from tests.house.reading import ROOT, page, texts

VENDOR = ROOT / "static" / "vendor"
# Not served to anybody: they say how the others were made.
ABOUT = {"README.md", "names.txt", "characters.txt", "LICENSE"}
ROW = re.compile(
    r"^\| ([a-z0-9./-]+) \| (\S+) (\d+(?:\.\d+)+) \| ([A-Za-z0-9./-]+) \| ([0-9a-f]{64}) \|$", re.MULTILINE
)
ICON = re.compile(r"""\{%\s*icon\s+["']([^"']*)["']|\bicon(?::\s*str)?\s*=\s*["']([^"']+)["']""")


def listed() -> dict[str, tuple[str, str]]:
    """The files of the table, each with its licence and its sum."""
    return {
        name: (licence, digest)
        for name, _, _, licence, digest in ROW.findall(page("static/vendor/README.md"))
    }


def vendored() -> dict[str, Path]:
    found = {path.relative_to(VENDOR).as_posix(): path for path in VENDOR.rglob("*") if path.is_file()}
    return {name: path for name, path in found.items() if path.name not in ABOUT}


def icons() -> list[str]:
    return re.findall(r'<symbol id="([^"]+)"', page("static/vendor/lucide/icons.svg"))


def icons_in(text: str) -> set[str]:
    return {name for pair in ICON.findall(text) for name in pair if name}


def test_every_vendored_file_is_listed_with_its_version_and_its_sum() -> None:
    sums = {name: sha256(path.read_bytes()).hexdigest() for name, path in vendored().items()}
    assert sums == {name: digest for name, (_, digest) in listed().items()}


def test_every_licence_lies_beside_its_files() -> None:
    licences = {name: licence for name, (licence, _) in listed().items()}
    assert {name for name, licence in licences.items() if Path(licence).parent != Path(name).parent} == set()
    assert {
        licence for licence in licences.values() if "icense" not in page(f"static/vendor/{licence}")
    } == set()


def test_the_sprite_holds_the_icons_of_the_list_and_no_others() -> None:
    names = page("static/vendor/lucide/names.txt").split()
    assert names == sorted(set(names))
    assert icons() == names


def test_an_icon_is_drawn_without_a_line_or_colour_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "dash.svg").write_text(
        '<!-- Lucide -->\n<svg\n  stroke="red"\n>\n  <path d="M5 12h14" />\n</svg>\n'
    )
    assert sprite(tmp_path, ["dash"]).splitlines() == [
        '<svg xmlns="http://www.w3.org/2000/svg">',
        '<symbol id="dash" viewBox="0 0 24 24"><path d="M5 12h14"/></symbol>',
        "</svg>",
    ]
    with pytest.raises(FileNotFoundError):
        sprite(tmp_path, ["dot"])


@pytest.mark.parametrize("suffix", [".html", ".py"])
def test_every_icon_that_is_named_is_in_the_sprite(suffix: str) -> None:
    """Another one: see “Another icon” in static/vendor/README.md."""
    named = {path.relative_to(ROOT): icons_in(text) for path, text in texts(suffix)}
    unknown = {str(path): names - set(icons()) for path, names in named.items() if path.parts[0] != "tests"}
    assert {path: names for path, names in unknown.items() if names} == {}


@pytest.mark.parametrize(
    "text",
    [
        '{% icon "star" css="mirrored" %}',
        "{% icon 'star' %}",
        'Entry(_("Contacts"), icon="star")',
        'icon: str = "star"',
        '{% include "components/empty.html" with icon="star" only %}',
    ],
)
def test_a_named_icon_would_be_found(text: str) -> None:
    assert icons_in(text) == {"star"}
