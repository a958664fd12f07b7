from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from access.declaring import requires
from backups.own.reading import read_own
from backups.targets import DRILLED, FRESH


@requires("backups.backup:view")
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    own, now = read_own(), timezone.now()
    shown = {
        "own": own,
        "is_fresh": bool(own.newest and own.newest.at > now - FRESH),
        "is_drilled": bool(own.drill and own.drill.passed and own.drill.at > now - DRILLED),
        "fresh_hours": int(FRESH.total_seconds() // 3600),
        "drill_days": DRILLED.days,
    }
    return render(request, "own_backups/overview.html", shown)
