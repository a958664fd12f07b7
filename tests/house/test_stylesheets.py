"""Stylesheets name no colour of their own and no side of the screen: every mode and direction comes out right."""

import re

import pytest

from tests.house.reading import ROOT, texts

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SHEETS = {
    path.name: COMMENT.sub("", text)
    for path, text in texts(".css")
    if path.relative_to(ROOT).as_posix().startswith("static/css/")
}
COLOURS = "white|black|gr[ae]y|silver|red|green|blue|yellow|orange|purple|pink|brown|navy|teal"
FORBIDDEN = {
    "a file in an address": r"""url\(\s*["']?\s*data:""",
    "another site's file": r"""(?:url\(|@import)\s*["']?\s*(?:https?:)?//""",
    "a colour": (
        r"[\w-]\s*:[^;{}]*#[0-9a-f]{3,8}\b[^{}]*?[;}]"
        r"|(?<![\w-])(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\("
        rf"|:[^;{{}}]*(?<![\w-])(?:{COLOURS})(?![\w-])[^;{{}}]*[;}}]"
    ),
    "a side of the screen": (
        r"(?<![\w-])(?:scroll-)?(?:margin|padding|border|inset)-(?:left|right|top|bottom)\b"
        r"|(?<![\w-])(?:left|right|top|bottom)\s*:"
        r"|(?<![\w-])(?:text-align(?:-last)?|float|clear)\s*:\s*(?:left|right)\b"
    ),
    "a measure of the screen": r"(?<![\w-])(?:min-|max-)?(?:width|height)\s*:",
}


def faults(what: str, sheet: str) -> list[str]:
    return [found[0] for found in re.finditer(FORBIDDEN[what], sheet, re.IGNORECASE)]


def test_there_are_stylesheets() -> None:
    assert len(SHEETS) > 8


@pytest.mark.parametrize("name", SHEETS)
def test_every_brace_is_closed(name: str) -> None:
    """They are served as one: a brace too many would end the layer of the next."""
    depth = 0
    for mark in re.findall(r"[{}]", SHEETS[name]):
        depth += 1 if mark == "{" else -1
        assert depth >= 0
    assert depth == 0


@pytest.mark.parametrize("what", FORBIDDEN)
@pytest.mark.parametrize("name", SHEETS)
def test_no_stylesheet_names(name: str, what: str) -> None:
    """tokens.css is where colours are named."""
    allowed = what == "a colour" and name == "tokens.css"
    assert allowed or faults(what, SHEETS[name]) == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a file in an address", "a { background: url(data:image/svg+xml,x) }"),
        ("a file in an address", "a { background: url( 'data:image/png;base64,x') }"),
        ("another site's file", "@import '//cdn.example/x.css';"),
        ("another site's file", "a { src: url(https://cdn.example/x.woff2) }"),
        ("a colour", "a { color: #abc; }"),
        ("a colour", "a { border: 1px solid #AABBCC }"),
        ("a colour", "a { background: light-dark(#fff, var(--x)); }"),
        ("a colour", "a { color: rgb(1 2 3); }"),
        ("a colour", "a { color: oklch(50% 0 0); }"),
        ("a colour", "a { color: white; }"),
        ("a side of the screen", "a { margin-left: 1rem; }"),
        ("a side of the screen", "a { padding-right: 1rem; }"),
        ("a side of the screen", "a { border-left: 0; }"),
        ("a side of the screen", "a { border-top-left-radius: 0; }"),
        ("a side of the screen", "a { left: 0; }"),
        ("a side of the screen", "a{top:0}"),
        ("a side of the screen", "a { text-align: left; }"),
        ("a side of the screen", "a { float: right; }"),
        ("a measure of the screen", "a { width: 1rem; }"),
        ("a measure of the screen", "a { max-height: 1rem; }"),
        ("a measure of the screen", "@media (max-width: 40rem) {}"),
    ],
)
def test_it_would_be_found(what: str, text: str) -> None:
    assert faults(what, text)


@pytest.mark.parametrize(
    "text",
    [
        "#add { color: var(--accent); }",
        "a { color: color-mix(in oklab, var(--ink), transparent); }",
        "a { color: var(--ink-blue); white-space: nowrap; }",
        "a { color: currentcolor; fill: transparent; }",
        "a { inline-size: 1rem; line-height: 1; stroke-width: 2; }",
        "a { text-align: start; float: inline-start; grid-area: top; }",
        "@media (width < 40rem) { a { margin-inline-start: 0; } }",
        "a { fill: url('#mask'); }",
        "tr:hover #face { color: var(--ink); }",
    ],
)
def test_what_is_harmless_is_let_be(text: str) -> None:
    found = {what: faults(what, text) for what in FORBIDDEN}
    assert {what: words for what, words in found.items() if words} == {}
