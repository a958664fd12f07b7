"""Whether the application works on a restored copy: run as `python -m backups.drilling.answering`, a process that can
reach nothing but `scratch` and speaks to nobody. Says what it found as JSON.

Arguments: a handle to write the answer to, the tenant's id ("-" for the catalog), its era, its slug and name.
"""

import json
import logging
import os
import sys
from typing import Any
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from backups.drilling.quiet import keep_quiet, send_no_tasks

LISTS = {"tenant": "/contacts/", "operator": "/"}


def main(tenant: str, era: str, slug: str, name: str) -> dict[str, Any]:
    import django  # noqa: PLC0415 - the settings are changed first

    keep_quiet()
    django.setup()
    send_no_tasks()
    from audit.context import acting  # noqa: PLC0415 - apps are loaded by now
    from backups.drilling.subjects import Subject  # noqa: PLC0415
    from tenants.binding import bound_to  # noqa: PLC0415

    subject = Subject(None if tenant == "-" else UUID(tenant), int(era), slug, name)
    with acting("system:drill"), bound_to(subject):
        return answers_of(subject)


def answers_of(subject: Any) -> dict[str, Any]:
    """Each model reads a row, an owner's rights are compiled, a list is shown. Bound to the copy."""
    models, rows = read_each_model()
    told = {"models": models, "models_with_rows": rows}
    person = an_owner()
    if person is None:
        return told
    page, status = shown_list(subject, person)
    return told | {"rights": len(person.rights.everywhere), "page": page, "status": status}


def read_each_model() -> tuple[int, int]:
    from django.apps import apps  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415

    from tenants.binding import bound_place  # noqa: PLC0415

    labels = settings.CATALOG_LABELS if bound_place().is_catalog else settings.TENANT_LABELS
    ours = [each for each in apps.get_models() if each._meta.app_label in labels and each._meta.managed]
    return len(ours), sum(model._base_manager.first() is not None for model in ours)


def an_owner() -> Any:
    """Of the site in the copy; None where nobody is one yet."""
    from accounts.models import Assignment  # noqa: PLC0415

    held = Assignment.objects.of_owners().select_related("user").first()
    return held and held.user


def shown_list(subject: Any, person: Any) -> tuple[str, int]:
    """By the view itself, with its door, for that owner, signed in as far as this copy is concerned."""
    from django.conf import settings  # noqa: PLC0415
    from django.test import RequestFactory  # noqa: PLC0415
    from django.urls import resolve, set_urlconf  # noqa: PLC0415

    from access.middleware import DeclaredAccess  # noqa: PLC0415

    surface = "operator" if subject.place.is_catalog else "tenant"
    urlconf = settings.OPERATOR_URLCONF if surface == "operator" else settings.ROOT_URLCONF
    path = LISTS[surface]
    request = RequestFactory().get(path, SERVER_NAME=subject.primary_host)
    set_urlconf(urlconf)
    request.urlconf, request.user, request.session = urlconf, person, session_for(person)  # type: ignore[attr-defined]
    request.tenant = None if subject.place.is_catalog else subject  # type: ignore[attr-defined]
    request.htmx = False  # type: ignore[attr-defined]
    match = request.resolver_match = resolve(path, urlconf)
    DeclaredAccess(lambda _: None).process_view(request, match.func)  # type: ignore[arg-type,return-value]
    response = match.func(request, *match.args, **match.kwargs)
    if b"<main" not in response.content:
        raise LookupError(f"{path} isn't a page")
    return path, response.status_code


def session_for(person: Any) -> Any:
    """A row in the copy, which goes with it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from accounts.sessions import SessionStore  # noqa: PLC0415

    begun, now = SessionStore(), timezone.now()
    begun[SESSION_KEY] = str(person.pk)
    begun[BACKEND_SESSION_KEY] = "accounts.authentication.EmailBackend"
    begun[HASH_SESSION_KEY] = person.get_session_auth_hash()
    begun.save()
    begun.mark(signed_in_at=now, factor_at=now, confirmed_at=now)
    return SessionStore(begun.session_key)


def run(handle: int, *about: str) -> int:
    """Writes what it found to `handle`, and why not to the log. Returns the exit code."""
    try:
        told, code = main(*about), 0
    except Exception as problem:  # its words may hold what is in a row: only its kind leaves this process
        logging.getLogger(__name__).exception("The application doesn't work on the copy.")
        told, code = {"trouble": type(problem).__name__}, 1
    with os.fdopen(handle, "w") as answer:
        json.dump(told, answer)
    return code


if __name__ == "__main__":
    sys.exit(run(int(sys.argv[1]), *sys.argv[2:]))
