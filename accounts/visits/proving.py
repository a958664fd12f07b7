"""Proving again that it is them: by the code of one's app or by the password, counted before it is looked at."""

import re
from dataclasses import dataclass

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.models import Session, User
from accounts.second_factor.verifying import verify_code
from accounts.visits.browsers import is_known
from accounts.visits.ending import sign_out_because
from accounts.visits.session import session_of

MOST = 5
FIELD = "proof"
CODE = re.compile(r"\d{6}")


class TooManyAnswers(Exception):
    """Whoever is there has guessed too often: the session is over."""


@dataclass(frozen=True)
class Answer:
    """`words`: what is said of a wrong one. `retry_after`: seconds until a code is looked at again, 0 where now."""

    is_right: bool
    words: str = ""
    retry_after: int = 0

    @property
    def status(self) -> int:
        return 429 if self.retry_after else 422

    def put_off(self, page: HttpResponse) -> HttpResponse:
        if self.retry_after:
            page["Retry-After"] = str(self.retry_after)
        return page


def judge(request: HttpRequest, person: User, secret: str, *, by_code: bool) -> Answer:
    """Whether `secret` is the person's code or else their password. Outside of any transaction.

    Raises TooManyAnswers after the fifth wrong password. How often codes are looked at is the device's own matter.
    """
    if by_code:
        return _judge_code(request, person, secret)
    if not _count(request):
        raise _over(request)
    if person.check_password(secret):
        session_of(request).mark(wrong_answers=0)
        return Answer(is_right=True)
    if not Session.objects.filter(pk=request.session.session_key, wrong_answers__lt=MOST).exists():
        raise _over(request)
    return Answer(is_right=False, words=_("This password is wrong. Check it and try again."))


def looks_like_a_code(secret: str) -> bool:
    return CODE.fullmatch(re.sub(r"\s", "", secret)) is not None


def _judge_code(request: HttpRequest, person: User, code: str) -> Answer:
    verdict = verify_code(person, code, at_home=is_known(request, person))
    return Answer(verdict.is_right, str(verdict.words), verdict.retry_after)


def _count(request: HttpRequest) -> bool:
    """One more, whatever becomes of it: many at the same time are as many."""
    row = Session.objects.filter(pk=request.session.session_key, wrong_answers__lt=MOST)
    return bool(row.update(wrong_answers=F("wrong_answers") + 1))


def _over(request: HttpRequest) -> TooManyAnswers:
    sign_out_because(request, "wrong answers")
    return TooManyAnswers()
