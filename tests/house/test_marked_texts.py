"""No corner of the project escapes the catalogues: every marked text is found, and what a tag is given is marked."""

import re
from pathlib import Path

import pytest

from config.translating.catalogues import read
from config.translating.extracting import marked_in, marked_texts
from tests.house.reading import ROOT, section, texts

TEMPLATES = {path.relative_to(ROOT).as_posix(): text for path, text in texts(".html")}
MARKED = re.compile(r"""\{%\s*translate\s+["']|\{%\s*blocktranslate\b|\b_\(["']""")
READ = "title|label|heading|text|purpose|caption|help|hint|message|placeholder|summary|description|name_of"
UNMARKED = re.compile(rf"""\{{%[^%]*?\s(?:{READ})=(["'])(?P<words>[A-Za-z][a-z]+[^"'%]*)\1""")


def test_every_template_with_a_marked_text_is_read_whatever_its_folder() -> None:
    places = {place for text in marked_texts() for place, _ in text.locations}
    marked = {name for name, text in TEMPLATES.items() if MARKED.search(text)}
    assert len(marked) > 40
    assert marked - places == set()


@pytest.mark.parametrize(
    ("template", "found"),
    [
        (
            '{% panel title=_("Trail") %}{% translate "Newest first" %}{% endpanel %}',
            ["Trail", "Newest first"],
        ),
        ('{% include "components/x.html" with label=_("Close") only %}', ["Close"]),
        ('{% translate "Saved" context "a moment" as saved %}{% panel saved %}{% endpanel %}', ["Saved"]),
        ('{% firstof name _("Nobody") %}{{ name|default:_("None") }}', ["Nobody", "None"]),
        (
            "{% panel %}{% blocktranslate count n=n %}{{ n }} row{% plural %}{{ n }} rows"
            "{% endblocktranslate %}{% endpanel %}",
            [("%(n)s row", "%(n)s rows")],
        ),
    ],
)
def test_texts_inside_and_among_the_arguments_of_a_tag_are_found(
    tmp_path: Path, template: str, found: list[str | tuple[str, str]]
) -> None:
    path = tmp_path / "x.html"
    path.write_text(template, encoding="utf-8")
    assert [text for text, *_ in marked_in(path)] == found


def test_words_that_a_tag_is_given_are_marked() -> None:
    found = {name: [match["words"] for match in UNMARKED.finditer(text)] for name, text in TEMPLATES.items()}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ('{% panel title="Trail" %}', ["Trail"]),
        ("{% include 'components/x.html' with label='Close the window' only %}", ["Close the window"]),
        ('{% panel title=_("Trail") %}', []),
        ('{% include "components/x.html" with label=label title=section.title only %}', []),
        ('{% icon "x" label="" %}', []),
    ],
)
def test_an_unmarked_one_would_be_found(template: str, words: list[str]) -> None:
    assert [match["words"] for match in UNMARKED.finditer(template)] == words


def test_the_translators_table_says_what_the_catalogues_say() -> None:
    arabic, chinese = read("ar"), read("zh-hans")
    cells = r"^\| ([^|]+?)(?: \(([^|]+)\))? \| ([^|]+) \| ([^|]+) \|$"
    rows = re.findall(cells, section("docs/translating.md", "What stands on pages"), re.MULTILINE)[1:]
    known = [row for row in rows if arabic.get(row[0], row[1] or None)]
    assert len(known) > 60
    for text, context, *said in known:
        messages = (catalog.get(text, context or None) for catalog in (arabic, chinese))
        assert [message.string for message in messages if message] == said
