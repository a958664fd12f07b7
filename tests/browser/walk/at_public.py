"""The public site, and the pages that need nothing: those of errors."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language

from tests.browser.walk.acting import showing
from tests.browser.walk.routes import visits_of_routes
from tests.browser.walk.samples import Sample, Samples
from tests.browser.walk.visit import Visit
from tests.browser.walk.world import World

URLCONF = settings.PUBLIC_SCHEMA_URLCONF
HOST = settings.AMANA_PUBLIC_HOST
FOR_MACHINES = "backups-health"


def samples() -> Samples:
    """A page whose address says its language is read by who reads that."""
    return {"": [Sample({"language": str(get_language())})]}


def visits(world: World) -> Iterator[Visit]:
    del world  # this site knows nobody
    pages = visits_of_routes(URLCONF, HOST, samples())
    yield from (visit for visit in pages if visit.name != FOR_MACHINES)
    yield Visit("nowhere", HOST, "/nowhere/", 404, is_open=True)
    for template in sorted(Path(settings.BASE_DIR, "templates").glob("[0-9][0-9][0-9].html")):
        status = int(template.stem)
        then = showing(render_to_string(template.name), status)
        yield Visit(template.name, HOST, "/", status, is_open=True, then=then)
