from typing import cast
from uuid import UUID

from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from access.declaring import signed_in, signed_in_and_confirmed
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
    told = shown(job, may_change=_may_change(request, job))
    return following.changes(request, "jobs/_job_changes.html", told, job=job)


@signed_in_and_confirmed
@require_POST
def job_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    job = _job_to_change(request, pk)
    try:
        job.cancel()
    except JobRefused as refusal:
        return _page(request, job, refusal=str(refusal))
    return redirect(job)


@signed_in_and_confirmed
@require_POST
def job_retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    job = _job_to_change(request, pk)
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
    """A file outlives the right to have it made, and so does a job the right to start it."""
    if not _may_change(request, job):
        raise NotPermitted(job.registered.permission if job.registered else "")


def _may_change(request: HttpRequest, job: Job) -> bool:
    """Whoever may do what started it. To see it isn't enough."""
    kind = job.registered
    return not (kind and kind.permission) or request.user.has_perm(kind.permission)


def _visible(request: HttpRequest) -> JobQuerySet:
    return Job.objects.visible_to(cast("Person", request.user))


def _job(request: HttpRequest, pk: UUID) -> Job:
    return get_object_or_404(_visible(request), pk=pk)


def _job_to_change(request: HttpRequest, pk: UUID) -> Job:
    """What has a page of its own is cancelled and tried again there."""
    job = _job(request, pk)
    if job.has_page_of_its_own:
        raise Http404
    _refuse_who_lost_the_right(request, job)
    return job


def _page(request: HttpRequest, job: Job, refusal: str = "") -> HttpResponse:
    [(_, owner)] = with_owners([job])
    shell = {"job": job, "owner": owner, "refusal": refusal}
    told = shown(job, may_change=_may_change(request, job))
    return following.page(request, "jobs/job_detail.html", told, **shell)
