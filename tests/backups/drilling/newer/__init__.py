"""The migrations of contacts as a later release might have them: all of today's, and one more."""

from business.contacts import migrations

__path__ = [*migrations.__path__, *__path__]
