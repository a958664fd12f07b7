"""Our modules hold no words for people: those come from the server, translated, in the page."""

import re

import pytest

from tests.house.reading import ROOT, texts

MODULES = {
    path.relative_to(ROOT).as_posix(): text
    for path, text in texts(".js")
    if path.is_relative_to(ROOT / "static" / "js")
}
COMMENT_OR_STRING = re.compile(
    r"""
      /\*.*?\*/ | (?<![:\\])//[^\n]*
    | "(?P<double>(?:[^"\\\n]|\\.)*)" | '(?P<single>(?:[^'\\\n]|\\.)*)' | `(?P<template>(?:[^`\\]|\\.)*)`
    """,
    re.DOTALL | re.VERBOSE,
)
HOLE = re.compile(r"\$\{[^}]*\}")
# Marks of selectors, addresses, events and media queries, which no sentence has.
TECHNICAL = re.compile(r"[\[\]#>{}=<:*()~]|^\.|\.[a-z]|--")
SPOKEN = re.compile(r"[A-Z][a-z']+|[\u0600-\u06ff\u4e00-\u9fff]")
# Names of keys, as browsers spell them.
NAMES = {
    "Enter", "Escape", "Tab", "Home", "End", "Backspace", "Delete", "Control", "Meta", "Shift", "Alt", "Accept",
    "ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Content-Type", "Key", "Slash", "Space",
}  # fmt: skip


def sentences(script: str) -> list[str]:
    """String literals that look as if somebody were to read them."""
    found = (match[match.lastgroup] for match in COMMENT_OR_STRING.finditer(script) if match.lastgroup)
    return [text for text in found if _is_for_people(text)]


def _is_for_people(text: str) -> bool:
    rest = HOLE.sub(" ", text).strip()
    if rest in NAMES or re.fullmatch("Key[A-Z]", rest) or TECHNICAL.search(rest):
        return bool(re.search(r"[\u0600-\u06ff\u4e00-\u9fff]|[A-Za-z']+ [a-z']+ [a-z']+ [a-z']+", rest))
    return bool(SPOKEN.match(rest) or re.search(r"[A-Za-z]{2,} .*[a-z][.!?…]$|\w+ \w+ \w+ \w+", rest))


def test_no_module_holds_words_for_people() -> None:
    found = {name: sentences(script) for name, script in MODULES.items()}
    assert {name: spoken for name, spoken in found.items() if spoken} == {}


@pytest.mark.parametrize(
    "script",
    [
        'toast("Saved");',
        "button.textContent = 'Please wait…';",
        "say(`Row ${n} was saved.`);",
        'confirm("are you sure that you want this");',
        'label = "تسجيل الخروج"',
        'label = "退出登录"',
        'x = "a"; // fine\ny = "Sorry, you are offline";',
    ],
)
def test_a_sentence_would_be_found(script: str) -> None:
    assert len(sentences(script)) == 1


@pytest.mark.parametrize(
    "script",
    [
        '// Says "Saved" when done.',
        '/* The server says "Nothing was found". */',
        'document.querySelector("dialog[open] .close:not(:disabled)");',
        'event.key === "Escape" || event.key === "ArrowDown"',
        'addEventListener("htmx:afterSwap", show);',
        'element.classList.add("is-open", "shown");',
        'matchMedia("(prefers-reduced-motion: reduce)")',
        "fetch(`/palette/?q=${encodeURIComponent(text)}`)",
        'const words = document.body.dataset.words; button.dataset.state = "busy";',
        '"use strict";',
        'event.code === "KeyK" || event.code === "Slash"',
    ],
)
def test_what_only_machines_read_is_left_alone(script: str) -> None:
    assert sentences(script) == []
