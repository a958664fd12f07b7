"""Ways to fail with somebody's name in one's mouth."""

import logging
import warnings
from collections.abc import Iterator

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import DataError, connection
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse

from accounts.models import User

ours = logging.getLogger("config.tests")
theirs = logging.getLogger("some.library")


def uniquely(words: str) -> None:
    """The DETAIL of PostgreSQL names the address that exists already."""
    User.objects.create(email=words, name="first")
    User.objects.create(email=words, name="second")


def in_a_literal(words: str) -> None:
    """The primary message of PostgreSQL quotes the value."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::date", [words])


def with_a_cause(words: str) -> None:
    try:
        in_a_literal(words)
    except DataError as error:
        raise LookupError(f"Nobody is called {words}") from error


def plainly(words: str) -> None:
    raise ValueError(f"{words} isn't a number")


def not_found(words: str) -> None:
    raise Http404(words)


def forbidden(words: str) -> None:
    raise PermissionDenied(words)


def bad(words: str) -> None:
    raise BadRequest(words)


def suspicious(words: str) -> None:
    raise SuspiciousOperation(words)


def by_saying_it(words: str) -> None:
    """Other people's code: it logs and warns with values in its sentences, and with line ends."""
    theirs.error("Can't deliver to %s", words)
    theirs.error(f"Can't deliver to: {words}")
    theirs.error("Can't deliver", extra={"recipient": words})
    theirs.error("Can't deliver %d", words)
    warnings.warn(words, stacklevel=1)
    ours.error('One line\n{"level": "FORGED"}\r\x1b[31m%s', ValueError(words))


WAYS = {
    way.__name__: way
    for way in (
        uniquely,
        in_a_literal,
        with_a_cause,
        plainly,
        not_found,
        forbidden,
        bad,
        suspicious,
        by_saying_it,
    )
}


def fail(request: HttpRequest, way: str) -> HttpResponse:
    WAYS[way](request.GET["words"])
    return HttpResponse("It didn't fail.")


def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(_pieces(request.GET.get("words", "")))


def _pieces(words: str) -> Iterator[str]:
    yield "begun "
    ours.info("In the middle of a stream")
    if words:
        plainly(words)
    yield "ended"
