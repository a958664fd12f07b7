"""What is wrong with a catalogue, in sentences: what people would read in English, wrongly or not at all."""

import re
from collections import Counter
from collections.abc import Iterator
from gettext import c2py

from babel.messages.catalog import Catalog, Message

from config.translating.catalogues import (
    PLURALS,
    as_mo,
    brought_up_to_date,
    languages,
    path_of,
    read,
)
from config.translating.extracting import marked_texts

PLACEHOLDER = re.compile(r"%%|%\(\w+\)[#0 +-]*[\d.]*[a-zA-Z]|%[#0 +-]*[\d.]*[diouxXeEfFgGcrs]|\{\w*\}")
TAG = re.compile(r"</?\w[^>]*>")


def findings() -> list[str]:
    """Everything that is wrong in any language; empty where all is well."""
    texts = marked_texts()
    return [f"{language}: {finding}" for language in languages() for finding in _in(language, texts)]


def _in(language: str, texts: Catalog) -> Iterator[str]:
    known = read(language)
    yield from _missing(known, texts)
    yield from _obsolete(known, texts)
    for message in known:
        if message.id:
            yield from (f"“{_shown(message)}” {what}" for what in wrong_with(message, known))
    if (known.num_plurals, known.plural_expr) != PLURALS[str(known.locale)]:
        yield "its header has other plural forms than PLURALS: run ./manage.py messages"
    compiled = path_of(language, ".mo")
    if not compiled.exists() or compiled.read_bytes() != compiled_from(known, language):
        yield "the .mo isn't what the .po compiles to: run ./manage.py messages"


def compiled_from(known: Catalog, language: str) -> bytes:
    """What is read at run time, from the .po as it stands."""
    return as_mo(brought_up_to_date(known, known, language))


def _missing(known: Catalog, texts: Catalog) -> Iterator[str]:
    for text in texts:
        entry = known.get(text.id, text.context)
        if text.id and (entry is None or bool(entry.pluralizable) is not bool(text.pluralizable)):
            yield f"“{_shown(text)}” is missing: run ./manage.py messages ({text.locations[0][0]})"


def _obsolete(known: Catalog, texts: Catalog) -> Iterator[str]:
    for message in (*known, *known.obsolete.values()):
        if message.id and texts.get(message.id, message.context) is None:
            yield f"“{_shown(message)}” is obsolete: run ./manage.py messages"


def wrong_with(message: Message, catalog: Catalog) -> Iterator[str]:
    """What a reader would stumble over in one message."""
    if message.fuzzy:
        yield "is fuzzy: somebody has to look at it"
    strings = [message.string] if isinstance(message.string, str) else [*(message.string or ())]
    number = catalog.num_plurals if message.pluralizable else 1
    if len(strings) != number:
        yield f"has {len(strings)} plural forms instead of {number}"
    elif not all(strings):
        yield "is not translated"
    else:
        for form, string in enumerate(strings):
            yield from _differences(message, string, may_say_the_number=_is_of_one_number(form, catalog))


def _differences(message: Message, string: str, *, may_say_the_number: bool) -> Iterator[str]:
    source = message.id if isinstance(message.id, str) else message.id[1]
    lost = Counter(PLACEHOLDER.findall(source)) - Counter(PLACEHOLDER.findall(string))
    added = Counter(PLACEHOLDER.findall(string)) - Counter(PLACEHOLDER.findall(source))
    in_words = message.pluralizable and may_say_the_number and lost.total() <= 1
    if added or (lost and not in_words):
        yield f"has other placeholders: {', '.join(sorted(lost + added))}"
    if Counter(TAG.findall(source)) != Counter(TAG.findall(string)):
        yield "has other tags"
    if (source[0] == "\n", source[-1] == "\n") != (string[0] == "\n", string[-1] == "\n"):
        yield "begins or ends with a line break, the translation doesn't, or the other way round"


def _is_of_one_number(form: int, catalog: Catalog) -> bool:
    """Whether this form is for one number alone, which may be said in a word: Arabic's “two contacts” is one."""
    which = c2py(catalog.plural_expr)
    return sum(which(number) == form for number in range(1000)) == 1


def _shown(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]
