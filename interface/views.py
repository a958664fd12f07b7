from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access.declaring import requires
from audit.recording import record
from interface.models import PolicyViolation


@requires("platform.security_event:view")
@require_safe
def violation_list(request: HttpRequest) -> HttpResponse:
    shown = {"violations": PolicyViolation.objects.seen().latest_first()}
    return render(request, "interface/violation_list.html", shown)


@requires("platform.security_event:delete")
@require_http_methods(["GET", "HEAD", "POST"])
def violation_forget(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        number = PolicyViolation.objects.seen().count()
        return render(request, "interface/violation_forget.html", {"number": number})
    with transaction.atomic():
        number = PolicyViolation.objects.seen().count()
        PolicyViolation.objects.all().delete()
        record("interface.policy_reports_forgotten", number=number)
    messages.success(request, _("What browsers refused so far is forgotten."))
    return redirect("interface:violation-list")
