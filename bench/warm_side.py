"""One side of `warm_request.py`: sets itself up, then answers N requests for each line that says N."""

import cProfile
import os
import pstats
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import django
import psycopg

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.utils.module_loading import import_string  # noqa: E402

from accounts.models import User  # noqa: E402
from audit.context import acting  # noqa: E402
from business.contacts.models import Contact  # noqa: E402
from tenants.belonging import OfOneTenant  # noqa: E402
from tests.storm.browser import Browser  # noqa: E402

CHECKS = ("_prepare_related_fields_for_save", "prepare_database_save", "refresh_from_db", "delete")


def fill() -> str:
    """Fifty contacts and a person signed in; gives the session's key."""
    user = User.objects.create(email="sam@bench.example", name="Sam", password="!")  # noqa: S106
    company = Contact.objects.create(kind="company", name="Tea & Co")
    for number in range(50):
        Contact(name=f"Contact {number:02}", company=company, email="a@b.example", city="York").create(
            by=user
        )
    session = import_string(f"{settings.SESSION_ENGINE}.SessionStore")()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def ours() -> tuple[str, str]:
    from tenants.binding import bound_to  # noqa: PLC0415 - the other side has no tenants
    from tests.support import fleet  # noqa: PLC0415

    fleet.prepare()
    tenant = fleet.provision()
    with bound_to(tenant):
        return tenant.primary_host, fill()


def plain() -> tuple[str, str]:
    with psycopg.connect(os.environ["AMANA_SUPERUSER_URL"], autocommit=True) as superuser:
        superuser.execute("DROP DATABASE IF EXISTS bench_plain")
        superuser.execute("CREATE DATABASE bench_plain")
    for name in CHECKS:
        delattr(OfOneTenant, name)
    call_command("migrate", verbosity=0, interactive=False)
    return "bench.localhost", fill()


@acting("system:bench")
def main(kind: str, threads: int, *, profile: bool) -> None:
    host, key = {"ours": ours, "plain": plain}[kind]()
    application = get_wsgi_application()
    browsers = [Browser(application, host) for _ in range(threads)]
    for browser in browsers:
        browser.cookies = {settings.SESSION_COOKIE_NAME: key}
    page = browsers[0].get("/contacts/")
    assert (page.status, page.body.count("/contacts/0")) == (200, 50), page
    print(len(page.body), flush=True)

    def work(browser: Browser, requests: int) -> None:
        for _ in range(requests):
            assert browser.get("/contacts/").status == 200

    profiler = cProfile.Profile()
    with ThreadPoolExecutor(threads) as pool:
        for line in sys.stdin:
            began = time.perf_counter()
            if profile:
                profiler.runcall(work, browsers[0], int(line))
            else:
                list(pool.map(work, browsers, [int(line) // threads] * threads))
            print(time.perf_counter() - began, flush=True)
    if profile:
        pstats.Stats(profiler, stream=sys.stderr).sort_stats("cumtime").print_stats(
            "tenants|redis|psycopg|backends|middleware|sessions", 70
        )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), profile="--profile" in sys.argv)
