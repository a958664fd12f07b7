from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access.declaring import requires
from backups.console.unclaimed import rows_of
from backups.models import Pulse, UnclaimedCopy

PAGE = 50


@requires("platform.backup:view")
@require_safe
def unclaimed(request: HttpRequest) -> HttpResponse:
    page = Paginator(UnclaimedCopy.objects.standing(), PAGE).get_page(request.GET.get("page"))
    shown = {
        "above": [(_("Backups"), reverse("backups:fleet"))],
        "page": page,
        "rows": rows_of([*page]),
        "numbers": page.paginator.get_elided_page_range(page.number),
        "compared_at": Pulse.objects.moment_of(Pulse.RECONCILED),
        "is_any_signed": UnclaimedCopy.objects.standing().filter(is_signed=True).exists(),
        "is_any_forged": UnclaimedCopy.objects.standing().filter(is_signed=False).exists(),
    }
    return render(request, "backups/unclaimed.html", shown)
