"""For letters, whose facts are plain: `{% load visits %}`."""

from datetime import datetime

from django.template import Library

from accounts.visits.agents import in_words
from interface import words

register = Library()


@register.filter
def browser_in_words(agent: str) -> str:
    return in_words(agent)


@register.filter
def moment_in_words(at: str) -> str:
    """Of a moment in ISO 8601, in the reader's language, with its zone."""
    return words.moment(datetime.fromisoformat(at))
