from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from access.declaring import requires
from accounts.models import Role
from accounts.roles.exporting import csv_of
from accounts.roles.matrix import RISKS, Asked, Column, Matrix, areas_of, columns_of, matrix_of
from accounts.roles.news import surface
from accounts.roles.pages import in_order
from audit.recording import record


@requires("accounts.role:view")
@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    asked, columns, made = _matrix(request)
    shown = {
        "asked": asked,
        "columns": columns,
        "matrix": made,
        "areas": areas_of(surface()),
        "risks": [(name, label) for name, (_flag, label) in RISKS.items()],
    }
    return render(request, "roles/matrix.html", shown)


@requires("accounts.role:export")
@require_POST
def matrix_export(request: HttpRequest) -> HttpResponse:
    """What the page shows under the same address, as a file."""
    _asked, _columns, made = _matrix(request)
    record("accounts.roles_exported", number=len(made.columns))
    answer = HttpResponse(csv_of(made), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="permissions.csv"'
    return answer


def _matrix(request: HttpRequest) -> tuple[Asked, list[Column], Matrix]:
    asked = Asked.of(request.GET, request.GET.getlist("role"))
    columns = columns_of(in_order(Role.objects.all()))
    return asked, columns, matrix_of(surface(), columns, asked)
