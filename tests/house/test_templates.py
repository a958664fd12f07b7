import re

import pytest

from tests.house.reading import ROOT, texts

TEMPLATES = {path.relative_to(ROOT).as_posix(): text for path, text in texts(".html")}
FORBIDDEN = {
    "an inline style": r"<style\b|\sstyle\s*=",
    "an inline script": r"<script\b(?![^>]*\ssrc=)",
    "a handler": r"""\son[a-z]+\s*=""",
    "a script in an address": r"javascript:",
    "unescaped text": r"\|\s*safe\b|\{%\s*autoescape\s+off|\|\s*safeseq\b",
    "another site's file": r"""(?:src|href)\s*=\s*["'](?:https?:)?//""",
}


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 20


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_contains(what: str) -> None:
    assert [name for name, text in TEMPLATES.items() if re.search(FORBIDDEN[what], text, re.IGNORECASE)] == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("an inline style", '<p style="color: red">'),
        ("an inline script", "<script>alert(1)</script>"),
        ("a handler", '<a onclick="go()">'),
        ("a script in an address", '<a href="javascript:go()">'),
        ("unescaped text", "{{ name|safe }}"),
        ("another site's file", '<script src="//cdn.example/x.js"></script>'),
    ],
)
def test_it_would_be_found(what: str, text: str) -> None:
    assert re.search(FORBIDDEN[what], text, re.IGNORECASE)


def test_a_partial_says_what_it_needs() -> None:
    partials = {name: text for name, text in TEMPLATES.items() if "/_" in name or "/partials/" in name}
    assert [name for name, text in partials.items() if not re.match(r"\{#|\{% comment", text)] == []
