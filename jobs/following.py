"""Pages that follow background work: whole, and then the part that changes, until it is over."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jobs.showing import Followed, pulse, spoken

OVER = 286  # htmx: shown like a 200, and not asked for again


def page(request: HttpRequest, template: str, progress: Followed, **context: Any) -> HttpResponse:
    """The page with all around it; 409 where it is the answer to something refused."""
    status = 409 if context.get("refusal") else 200
    return render(request, template, {**_told(progress), **context}, status=status)


def changes(request: HttpRequest, template: str, progress: Followed, **context: Any) -> HttpResponse:
    """What htmx puts in place of the last. What seldom changes comes along only when it did."""
    told = _told(progress)
    told["all"] = request.GET.get("pulse") != told["pulse"]
    return render(request, template, {**told, **context}, status=OVER if progress.is_over else 200)


def _told(progress: Followed) -> dict[str, Any]:
    return {"progress": progress, "pulse": pulse(progress), "spoken": spoken(progress)}
