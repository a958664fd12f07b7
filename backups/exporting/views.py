from uuid import UUID

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.declaring import requires
from accounts.requests import PersonRequest
from backups.exceptions import ExportRefused
from backups.exporting.asking import ask_for_export, cancel_export, exports, open_export
from backups.exporting.forms import ExportForm
from backups.exporting.showing import shown
from jobs import following
from jobs.exceptions import JobRefused
from jobs.files import name_of
from jobs.models import Job
from jobs.owners import with_owners

PAGE = 50


@requires("backups.data_export:view")
@require_safe
def export_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(exports(), PAGE).get_page(request.GET.get("page"))
    numbers = page.paginator.get_elided_page_range(page.number)
    told = {"page": page, "numbers": numbers, "rows": with_owners(page.object_list)}
    return render(request, "backups/exporting/export_list.html", told)


@requires("backups.data_export:create", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def export_create(request: PersonRequest) -> HttpResponse:
    form = ExportForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        asked = form.cleaned_data
        try:
            return redirect(ask_for_export(request.user, asked["recipient"], asked["purpose"]))
        except ExportRefused as refusal:
            form.add_error(None, str(refusal))
            status = 409
    return render(request, "backups/exporting/export_create.html", {"form": form}, status=status)


@requires("backups.data_export:view")
@never_cache
@require_safe
def export_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, _export(pk))


@requires("backups.data_export:view")
@never_cache
@require_safe
def export_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    job = _export(pk)
    return following.changes(request, "jobs/_job_changes.html", shown(job), job=job)


@requires("backups.data_export:cancel", confirmed=True)
@require_POST
def export_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    job = _export(pk)
    try:
        cancel_export(job)
    except JobRefused as refusal:
        return _page(request, job, refusal=str(refusal))
    return redirect(job)


@requires("backups.data_export:download", confirmed=True)
@never_cache
@require_safe
def export_file(_request: HttpRequest, pk: UUID) -> FileResponse:
    job = _export(pk)
    try:
        content = open_export(job)
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(content, as_attachment=True, filename=name_of(job.file))


def _export(pk: UUID) -> Job:
    return get_object_or_404(exports(), pk=pk)


def _page(request: HttpRequest, job: Job, refusal: str = "") -> HttpResponse:
    [(_, owner)] = with_owners([job])
    shell = {"job": job, "owner": owner, "refusal": refusal}
    return following.page(request, "backups/exporting/export_detail.html", shown(job), **shell)
