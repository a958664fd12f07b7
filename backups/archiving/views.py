"""The operators' pages of the archive. Its files pass through here sealed: nothing of ours opens them."""

from collections.abc import Callable
from uuid import UUID

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.declaring import requires
from accounts.requests import PersonRequest
from backups.archiving import retrieving
from backups.archiving.asking import archive
from backups.archiving.forms import ArchiveForm, RetrievalForm
from backups.archiving.showing import shown_to
from backups.exceptions import ArchiveRefused, BackupRefused
from backups.models import ArchivedCopy, Retrieval
from backups.persons import named_operator
from backups.restoring.forms import ReasonForm

PAGE = 50


@requires("platform.archive:view")
@require_safe
def archive_list(request: HttpRequest) -> HttpResponse:
    copies = ArchivedCopy.objects.select_related("tenant")
    page = Paginator(copies, PAGE).get_page(request.GET.get("page"))
    numbers = page.paginator.get_elided_page_range(page.number)
    return render(request, "archive/archive_list.html", {"page": page, "numbers": numbers})


@requires("platform.archive:create", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def archive_create(request: PersonRequest) -> HttpResponse:
    form = ArchiveForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            copy = archive(form.cleaned_data["slug"], form.wish(), named_operator(request.user))
            return redirect("archive:archive-detail", copy.pk)
        except (ArchiveRefused, BackupRefused) as refusal:
            form.add_error(None, str(refusal))
    shown = {"form": form, "above": _above()}
    return render(request, "archive/archive_create.html", shown, status=422 if form.is_bound else 200)


@requires("platform.archive:view")
@never_cache
@require_safe
def archive_detail(request: PersonRequest, pk: UUID) -> HttpResponse:
    return _page(request, pk)


@requires("platform.archive:request", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def retrieval_create(request: PersonRequest, pk: UUID) -> HttpResponse:
    copy = _copy(pk)
    form = RetrievalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = form.cleaned_data
        try:
            retrieving.ask(copy, named_operator(request.user), said["purpose"], said["reason"])
            return redirect("archive:archive-detail", pk)
        except ArchiveRefused as refusal:
            form.add_error(None, str(refusal))
    return _form_page(request, "archive/retrieval_create.html", copy, form)


@requires("platform.archive:approve", confirmed=True)
@require_POST
def retrieval_approve(request: PersonRequest, pk: UUID) -> HttpResponseBase:
    return _changed(request, pk, lambda found: retrieving.approve(found, named_operator(request.user)))


@requires("platform.archive:abort", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def retrieval_stop(request: PersonRequest, pk: UUID) -> HttpResponseBase:
    """Or refuse what was asked for."""
    retrieval = _retrieval(pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        why = form.cleaned_data["reason"]
        return _changed(request, pk, lambda found: retrieving.stop(found, named_operator(request.user), why))
    return _form_page(request, "archive/retrieval_stop.html", retrieval.archived, form)


@requires("platform.archive:download", confirmed=True)
@require_POST
def retrieval_fetch(request: PersonRequest, pk: UUID) -> HttpResponseBase:
    """Once: a POST, since a second one finds nothing."""
    retrieval = _retrieval(pk)
    try:
        content, name = retrieving.fetch(retrieval, named_operator(request.user))
    except ArchiveRefused as refusal:
        return _page(request, retrieval.archived_id, refusal=str(refusal))
    return FileResponse(content, as_attachment=True, filename=name)


def _copy(pk: UUID) -> ArchivedCopy:
    found: ArchivedCopy = get_object_or_404(ArchivedCopy.objects.select_related("tenant"), pk=pk)
    return found


def _retrieval(pk: UUID) -> Retrieval:
    return get_object_or_404(Retrieval.objects.select_related("archived__tenant"), pk=pk)


def _above() -> list[tuple[str, str]]:
    return [(_("Archived copies"), reverse("archive:archive-list"))]


def _changed(request: PersonRequest, pk: UUID, change: Callable[[Retrieval], None]) -> HttpResponse:
    """Done, or nothing and a sentence."""
    retrieval = _retrieval(pk)
    try:
        change(retrieval)
    except ArchiveRefused as refusal:
        return _page(request, retrieval.archived_id, refusal=str(refusal))
    return redirect("archive:archive-detail", retrieval.archived_id)


def _form_page(request: PersonRequest, template: str, copy: ArchivedCopy, form: ReasonForm) -> HttpResponse:
    page = reverse("archive:archive-detail", args=[copy.pk])
    shown = {"copy": copy, "form": form, "above": [*_above(), (str(copy.tenant), page)]}
    return render(request, template, shown, status=422 if form.is_bound else 200)


def _page(request: PersonRequest, pk: UUID, refusal: str = "") -> HttpResponse:
    shown = {**shown_to(request.user, _copy(pk)), "refusal": refusal, "above": _above()}
    return render(request, "archive/archive_detail.html", shown, status=409 if refusal else 200)
