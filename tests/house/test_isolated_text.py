"""Addresses, phone numbers, ids, dates and amounts stand in `<bdi>`: an Arabic line would turn them round."""

import re

import pytest

from tests.house.reading import ROOT, texts

TEMPLATES = {path.relative_to(ROOT).as_posix(): text for path, text in texts(".html")}
DROPPED = re.compile(
    r"""
      \{\#.*?\#\} | \{%\s*comment\b.*?endcomment\s*%\}  # comments
    | <title>.*?</title> | \{%\s*block\ title\s*%\}.*?\{%\s*endblock[^%]*%\}  # plain text
    | <bdi\b[^>]*>.*?</bdi>  # what stands right
    | <[a-z][^<>]*?(?:"[^"]*"[^<>]*?|'[^']*'[^<>]*?)*>  # tags, with what is in their attributes
    """,
    re.DOTALL | re.VERBOSE,
)
NAMES = {
    "email", "phone", "tax_id", "iban", "slug", "pk", "id", "schema_name", "host", "primary_host",
    "amount", "total", "price", "balance", "size_bytes",
}  # fmt: skip
FILTERS = {
    "date", "time", "timesince", "timeuntil", "naturaltime", "floatformat", "filesizeformat", "intcomma",
}  # fmt: skip
PRINTED = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
SENTENCE = re.compile(r"\{%\s*blocktranslate\b(.*?)%\}(.*?)\{%\s*endblocktranslate\s*%\}", re.DOTALL)


def without_isolation(template: str) -> list[str]:
    """What is shown between tags and outside of `<bdi>`, also by its name in a sentence."""
    text = DROPPED.sub("", template)
    found = [shown for shown in PRINTED.findall(text) if _is_a_machines(shown)]
    for named, sentence in SENTENCE.findall(text):
        values = dict(re.findall(r"(\w+)=(\S+)", named))
        found += [name for name in PRINTED.findall(sentence) if _is_a_machines(values.get(name, ""))]
    return found


def _is_a_machines(expression: str) -> bool:
    path, *filters = expression.split("|")
    is_named_so = "." in path and path.rpartition(".")[2].strip() in NAMES
    return is_named_so or any(name.partition(":")[0].strip() in FILTERS for name in filters)


def test_what_a_machine_wrote_is_isolated_from_the_line_around_it() -> None:
    found = {name: without_isolation(text) for name, text in TEMPLATES.items()}
    assert {name: expressions for name, expressions in found.items() if expressions} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<td>{{ contact.email }}</td>", ["contact.email"]),
        ("<td>{{ contact.phone|default:'' }}</td>", ["contact.phone|default:''"]),
        ("<code>{{ tenant.pk }}</code>", ["tenant.pk"]),
        ("<p>{{ order.amount }}</p>", ["order.amount"]),
        ('<p>{{ at|date:"DATE_FORMAT" }}</p>', ['at|date:"DATE_FORMAT"']),
        ("<p>{{ n|default:0|filesizeformat }}</p>", ["n|default:0|filesizeformat"]),
        ("<time datetime=\"{{ at|date:'c' }}\">{{ at|date:'c' }}</time>", ["at|date:'c'"]),
        ("{% blocktranslate with a=b.at|date:'c' %}since {{ a }}{% endblocktranslate %}", ["a"]),
        ("{% blocktranslate trimmed with who=a.email %}for {{ who }}{% endblocktranslate %}", ["who"]),
    ],
)
def test_it_would_be_found(text: str, found: list[str]) -> None:
    assert without_isolation(text) == found


@pytest.mark.parametrize(
    "text",
    [
        '<a href="mailto:{{ contact.email }}"><bdi dir="ltr">{{ contact.email }}</bdi></a>',
        "{% email contact.email %} {% moment at %} {% identifier tenant.pk %}",
        '<td id="t-{{ tenant.pk }}" {% if a > b %}class="x"{% endif %}>{{ contact.name }}</td>',
        "{% blocktranslate with w=a.at|date:'c' %}<bdi>{{ w }}</bdi> by <bdi>{{ n }}</bdi>{% endblocktranslate %}",
        "{% block title %}{{ tenant.slug }}{% endblock %}",
        "{# {{ contact.email }} #}",
        "{{ form.email_help }}{{ paid }}{{ update }}",
    ],
)
def test_what_stands_right_is_left_alone(text: str) -> None:
    assert without_isolation(text) == []
