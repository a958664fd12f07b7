"""A request that has to wait for a proof: afterwards it goes on where it was, and nothing that was typed is lost."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse

from accounts.visits.proving import FIELD, Answer, TooManyAnswers
from interface.returning import safe_address
from interface.typed import Typed, is_whole, typed_in

Prove = Callable[[str], Answer]

# Carried along in hidden fields of a page that nobody keeps; a secret is typed again.
NEVER_CARRIED = ("csrf", "password", "secret", FIELD)


def leads_to(name: str, request: HttpRequest) -> HttpResponse:
    """To the page `name`, and from there back to what was asked for."""
    return redirect(f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}")


def to_sign_in(request: HttpRequest) -> HttpResponse:
    asked = request.get_full_path() if request.method in {"GET", "HEAD"} else came_from(request)
    return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': asked})}")


def ask_in_place(
    request: HttpRequest, prove: Prove, template: str, status: int, **shown: Any
) -> HttpResponse | None:
    """The question stands in for the answer to a form, and carries what was typed to where it was going.

    None where the proof has come with it: the request goes on, as it was sent first.
    """
    proof = proof_in(request)
    try:
        answer = prove(proof) if proof is not None else Answer(is_right=False)
    except TooManyAnswers:
        return to_sign_in(request)
    if answer.is_right:
        _take_out_proof(request)
        return None
    page = render(request, template, {**_carried(request), "wrong": answer.words, **shown})
    page.status_code = answer.status if answer.words else status
    return answer.put_off(page)


def _carried(request: HttpRequest) -> dict[str, Any]:
    """What can't be carried, such as a file, is shown to be copied, and one goes back to the form's page afterwards."""
    typed = typed_in(request, NEVER_CARRIED)
    given = request.POST.getlist(FIELD)
    return {
        "typed": typed,
        "is_whole": is_whole(request, [*typed, *(Typed(FIELD, each) for each in given)]),
        "address": request.get_full_path(),
        "back": came_from(request),
    }


def proof_in(request: HttpRequest) -> str | None:
    return request.POST.get(FIELD) if request.method == "POST" else None


def _take_out_proof(request: HttpRequest) -> None:
    typed = request.POST.copy()
    typed.pop(FIELD, None)
    typed._mutable = False
    request.POST = typed  # type: ignore[assignment]


def came_from(request: HttpRequest) -> str:
    said = urlsplit(request.headers.get("Referer", ""))
    if said.netloc != request.get_host():
        return "/"
    return safe_address(f"{said.path}?{said.query}" if said.query else said.path)
