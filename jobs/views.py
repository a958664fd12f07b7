from typing import cast
from uuid import UUID

from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from access.declaring import signed_in
from access.exceptions import NotPermitted
from audit.recording import record
from jobs import following
from jobs.exceptions import JobRefused
from jobs.files import name_of
from jobs.kinds import Person
from jobs.models import Job
from jobs.owners import with_owners
from jobs.querysets import JobQuerySet
from jobs.showing import shown
from jobs.starting import start_again

PAGE = 50


@signed_in
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(_visible(request), PAGE).get_page(request.GET.get("page"))
    numbers = page.paginator.get_elided_page_range(page.number)
    shown_page = {"page": page, "numbers": numbers, "rows": with_owners(page.object_list)}
    return render(request, "jobs/job_list.html", shown_page)


@signed_in
@never_cache
@require_safe
def job_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    job = _job(request, pk)
    if job.has_page_of_its_own:
        return redirect(job)
    return _page(request, job)


@signed_in
@never_cache
@require_safe
def job_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    job = _job(request, pk)
    return following.changes(request, "jobs/_job_changes.html", shown(job), job=job)


@signed_in
@require_POST
def job_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    job = _job(request, pk)
    try:
        job.cancel()
    except JobRefused as refusal:
        return _page(request, job, refusal=str(refusal))
    return redirect(job)


@signed_in
@require_POST
def job_retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    job = _job(request, pk)
    try:
        start_again(job)
    except JobRefused as refusal:
        return _page(request, job, refusal=str(refusal))
    return redirect(job)


@signed_in
@never_cache
@require_safe
def job_file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    job = _job(request, pk)
    if not job.has_file or job.has_page_of_its_own:
        raise Http404
    _refuse_who_lost_the_right(request, job)
    try:
        content = default_storage.open(job.file)
    except FileNotFoundError as error:
        raise Http404 from error
    record("jobs.file_fetched", subject="jobs_job", object_id=job.pk, file=name_of(job.file))
    return FileResponse(content, as_attachment=True, filename=name_of(job.file))


def _refuse_who_lost_the_right(request: HttpRequest, job: Job) -> None:
    """A file outlives the right to have it made."""
    kind = job.registered
    if kind and kind.permission and not request.user.has_perm(kind.permission):
        raise NotPermitted(kind.permission)


def _visible(request: HttpRequest) -> JobQuerySet:
    return Job.objects.visible_to(cast("Person", request.user))


def _job(request: HttpRequest, pk: UUID) -> Job:
    return get_object_or_404(_visible(request), pk=pk)


def _page(request: HttpRequest, job: Job, refusal: str = "") -> HttpResponse:
    [(_, owner)] = with_owners([job])
    shell = {"job": job, "owner": owner, "refusal": refusal}
    return following.page(request, "jobs/job_detail.html", shown(job), **shell)
