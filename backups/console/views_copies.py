import json
from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.declaring import requires
from accounts.requests import PersonRequest
from backups.console.copies import content_of, objects_of, stages_of
from backups.console.forms import HoldForm, ReleaseForm, RemoveForm
from backups.console.history import Past
from backups.console.naming import above_copy, above_form_of, operator_of
from backups.console.sizes import OF_THE_LAST, odd_among
from backups.exceptions import BackupRefused
from backups.keeping import holding
from backups.keeping.asking import remove_soon, verify_soon
from backups.keeping.guarding import reason_to_keep
from backups.models import Backup
from backups.owners import full_name
from backups.persons import is_same_person
from backups.recovery_keys.finding import openable
from interface.filtering import FilterBar
from jobs.models import Job

OVER = 286  # htmx: shown like a 200, and not asked for again


@requires("platform.backup:view")
@never_cache
@require_safe
def copy_detail(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Or, for htmx, the part of it that follows the taking."""
    backup = _copy(pk)
    if "HX-Request" in request.headers:
        return _taking(request, backup)
    return _page(request, backup)


@requires("platform.backup:view")
@require_safe
def copy_manifest(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Byte for byte what was signed: manifest.sig in the storage holds for it."""
    backup = _copy(pk)
    content = json.dumps(backup.manifest, indent=1, sort_keys=True)
    answer = HttpResponse(content, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{backup.name}-manifest.json"'
    return answer


@requires("platform.backup:verify", confirmed=True)
@require_POST
def copy_verify(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Its job tells how far that is, and what came of it."""
    return _begun(request, pk, lambda copy: verify_soon(copy, request.user))


@requires("platform.backup:update", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def copy_hold(request: PersonRequest, pk: UUID) -> HttpResponse:
    backup = _copy(pk)
    form = HoldForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _form_page(request, "backups/copy_hold.html", backup, form)
    reason, until = form.cleaned_data["reason"], form.look_at
    return _changed(
        request, pk, lambda held: holding.hold(held, until, reason, operator_of(request)), _("It is held.")
    )


@requires("platform.backup:release", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def copy_release(request: PersonRequest, pk: UUID) -> HttpResponse:
    backup = _copy(pk)
    form = ReleaseForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _form_page(request, "backups/copy_release.html", backup, form)
    reason, said = form.cleaned_data["reason"], _("The hold is ended: the policy decides again.")
    return _changed(request, pk, lambda held: holding.release(held, reason, operator_of(request)), said)


@requires("platform.backup:delete", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def copy_remove(request: PersonRequest, pk: UUID) -> HttpResponse:
    backup = _copy(pk)
    form = RemoveForm(backup.name, request.POST if request.method == "POST" else None)
    if not reason_to_keep(backup) and not form.is_valid():
        return _form_page(request, "backups/copy_remove.html", backup, form)
    reason = form.data.get("reason", "")
    return _begun(request, pk, lambda copy: remove_soon(copy, reason, request.user))


def _copy(pk: UUID) -> Backup:
    found: Backup = get_object_or_404(Backup.objects.select_related("tenant"), pk=pk)
    return found


def _taking(request: PersonRequest, backup: Backup) -> HttpResponse:
    """Once it is over the whole page is another one: it is loaded anew."""
    shown = {"backup": backup, "stages": stages_of(backup)}
    if not backup.is_over:
        return render(request, "backups/_taking.html", shown)
    answer = render(request, "backups/_taking.html", shown, status=OVER)
    answer["HX-Refresh"] = "true"
    return answer


def _changed(request: PersonRequest, pk: UUID, change: Callable[[Backup], None], said: str) -> HttpResponse:
    backup = _copy(pk)
    try:
        change(backup)
    except BackupRefused as refusal:
        return _page(request, _copy(pk), refusal=str(refusal))
    messages.success(request, said)
    return redirect("backups:copy-detail", pk)


def _begun(request: PersonRequest, pk: UUID, begin: Callable[[Backup], Job]) -> HttpResponse:
    try:
        job = begin(_copy(pk))
    except BackupRefused as refusal:
        return _page(request, _copy(pk), refusal=str(refusal))
    return redirect("jobs:job-detail", job.pk)


def _page(request: PersonRequest, backup: Backup, refusal: str = "") -> HttpResponse:
    bar = FilterBar(request.GET, ())
    content = content_of(backup)
    shown = {
        "backup": backup,
        "refusal": refusal,
        "above": above_copy(backup),
        "whose": full_name(backup.tenant),
        "stages": stages_of(backup),
        "objects": objects_of(backup),
        "bar": bar,
        "content": content_of(backup, bar.q),
        "tables": sum(each.rows is not None for each in content),
        "rows": sum(each.rows or 0 for each in content),
        "oddity": odd_among(backup, _before(backup)) if backup.is_stored else None,
        "drills": backup.drills.all(),
        "restores": backup.restores.all(),
        "is_openable": openable(Backup.objects.filter(pk=backup.pk)).exists(),
        "has_database": Past(backup.tenant).has_database,
        "unremovable": reason_to_keep(backup),
        "is_own_hold": backup.is_held and is_same_person(backup.hold_by, operator_of(request)),
    }
    return render(request, "backups/copy_detail.html", shown, status=409 if refusal else 200)


def _before(backup: Backup) -> list[Backup]:
    older = Backup.objects.stored().filter(
        tenant=backup.tenant, tier=backup.tier, snapshot_at__lt=backup.snapshot_at
    )
    return [*older.defer("manifest").newest_first()[:OF_THE_LAST]]


def _form_page(request: PersonRequest, template: str, backup: Backup, form: Form) -> HttpResponse:
    shown = {
        "backup": backup,
        "form": form,
        "above": above_form_of(backup),
        "whose": full_name(backup.tenant),
    }
    return render(request, template, shown, status=422 if form.is_bound else 200)
