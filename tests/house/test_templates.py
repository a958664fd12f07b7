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
    "a handler of htmx": r"\bhx-on\b",
    "a program in what htmx sends": r"""\bhx-(?:vals|headers|vars)\s*=\s*["']\s*(?:js|javascript):|\bhx-vars\b""",
    "a program in what htmx waits for": r"""\bhx-trigger\s*=\s*(?:"[^"]*\[|'[^']*\[)""",
    "a part where htmx is off": r"\bhx-disable\b(?!d|-)",
    "a file in an address": r"""(?:["'(,\s]|\burl\()\s*data:[\w/;,]""",
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
        ("a handler of htmx", '<a hx-on:click="go()">'),
        ("a handler of htmx", '<a data-hx-on="click: go()">'),
        ("a program in what htmx sends", """<a hx-vals='js:{"a": go()}'>"""),
        ("a program in what htmx sends", '<a hx-headers="javascript: go()">'),
        ("a program in what htmx sends", '<a hx-vars="a:go()">'),
        ("a program in what htmx waits for", '<a hx-trigger="click[ctrlKey]">'),
        ("a program in what htmx waits for", "<a hx-trigger='every 1s [go()]'>"),
        ("a part where htmx is off", "<div hx-disable>"),
        ("a part where htmx is off", '<div data-hx-disable="true">'),
        ("a file in an address", '<img src="data:image/png;base64,AAAA">'),
        ("a file in an address", "<img srcset='/a.png 1x, data:image/png;base64,AAAA 2x'>"),
    ],
)
def test_it_would_be_found(what: str, text: str) -> None:
    assert re.search(FORBIDDEN[what], text, re.IGNORECASE)


@pytest.mark.parametrize(
    "text",
    [
        '<button hx-disabled-elt="this">',
        '<a hx-trigger="every 1s">',
        """<a hx-vals='{"js": "javascript"}'>""",
        '<td data-label="Page">',
    ],
)
def test_what_is_harmless_is_let_be(text: str) -> None:
    assert [what for what, found in FORBIDDEN.items() if re.search(found, text, re.IGNORECASE)] == []


MARKED = re.compile(r"\{%\s*blocktranslate\b.*?\{%\s*endblocktranslate\s*%\}", re.DOTALL)
CLASS = re.compile(r"\{%\s*block body_class\s*%\}.*?\{%\s*endblock[^%]*%\}")
CODE = re.compile(r"<code\b[^>]*>.*?</code>", re.DOTALL)  # a command is typed as it is, in every language
COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?endcomment\s*%\}", re.DOTALL)
READ = re.compile(
    r"""\s(?:title|alt|placeholder|label|aria-label|aria-description|data-label)\s*=\s*"([^"]*)\""""
)
UNTRANSLATED = {"Amana", "UTC"}


def words_for_people(template: str) -> set[str]:
    """What a reader would find in English whatever the language: words between tags, and in attributes they read."""
    rest = CODE.sub("", CLASS.sub("", COMMENT.sub("", MARKED.sub("", template))))
    rest = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", rest, flags=re.DOTALL)
    shown = re.sub(r"<[^>]*>", " ", rest)
    return {*re.findall(r"[A-Za-z]{2,}", " ".join([shown, *READ.findall(rest)]))} - UNTRANSLATED


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_word_for_people_is_marked_for_translation(name: str) -> None:
    assert words_for_people(TEMPLATES[name]) == set()


@pytest.mark.parametrize(
    "text",
    [
        "<p>Hello</p>",
        '<input placeholder="Hello">',
        '<nav aria-label="Hello">',
        "{% if a %}Hello{% endif %}",
        "{% blocktranslate %}Good{% endblocktranslate %} Hello",
    ],
)
def test_an_unmarked_word_would_be_found(text: str) -> None:
    assert words_for_people(text) == {"Hello"}


def test_a_partial_says_what_it_needs() -> None:
    partials = {name: text for name, text in TEMPLATES.items() if "/_" in name or "/partials/" in name}
    assert [name for name, text in partials.items() if not re.match(r"\{#|\{% comment", text)] == []
