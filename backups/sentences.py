"""Sentences of ours that a worker writes down: in English, as reports, letters and webhooks have them, and what is in
them beside. A page says them in the reader's language; in what a program or another part said there is nothing to say.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from jobs.words import filled, in_words

Facts = Mapping[str, Any]


class Sentence(str):
    """English, and where it is kept, what it was made of. str() of it is the English alone."""

    facts: dict[str, Any]


def sentence(text: str, **values: Any) -> Sentence:
    """`text` as it is marked with gettext_noop where it is written; `values`: JSON, or sentences themselves."""
    said = Sentence(filled(text, values))
    said.facts = {"text": text, "values": {name: facts_of(each) or each for name, each in values.items()}}
    return said


def facts_of(says: object) -> dict[str, Any]:
    """What is kept beside the English; nothing where it isn't a sentence of ours."""
    return says.facts if isinstance(says, Sentence) else {}


def words_of(trouble: BaseException) -> str:
    """What it was raised with, as a sentence where it was one: str() of it would lose that."""
    [words] = trouble.args if len(trouble.args) == 1 else [None]
    return words if isinstance(words, Sentence) else str(trouble)


def told(says: str, facts: Facts) -> str:
    """In the reader's language; as it stands where that isn't known."""
    if not facts:
        return gettext(says) if says else ""
    values = {
        name: told("", each) if isinstance(each, dict) else each for name, each in facts["values"].items()
    }
    return in_words(facts["text"], values)
