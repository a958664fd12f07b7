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
SHOWN_IN_CHINESE = (
    "locale/zh_Hans/LC_MESSAGES/django.po",
    "accounts/demo.py",
    "business/contacts/countries.csv",
    "business/contacts/demo_contacts/qiming.json",
    "config/demo.py",
    "interface/styleguide/samples.py",
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


HAN = re.compile(r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff65\uffe0-\uffe6]")
SCRIPTS = {"Latin": "inter", "Arabic": "noto-sans-arabic", "Han": "noto-sans-sc"}


def test_every_chinese_character_of_the_interface_and_the_demo_is_in_the_font() -> None:
    covered = set(page("static/vendor/noto-sans-sc/characters.txt"))
    shown = "".join(page(name) for name in SHOWN_IN_CHINESE)
    missing = "".join(sorted({*HAN.findall(shown)} - covered))
    assert missing == "", "Not in the font: see “Another Chinese character” in static/vendor/README.md."


def test_the_list_of_characters_names_each_once() -> None:
    characters = page("static/vendor/noto-sans-sc/characters.txt").replace("\n", "")
    assert len(characters) == len(set(characters)) > 1000
    assert "".join(HAN.findall(characters)) == characters


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_fonts_of_a_script_weigh_at_most_120_kilobytes(script: str) -> None:
    """Without its name for itself: that is loaded where the rest isn't."""
    fonts = [font for font in (VENDOR / SCRIPTS[script]).glob("*.woff2") if font.name != "name.woff2"]
    assert fonts
    assert sum(font.stat().st_size for font in fonts) <= 120_000
