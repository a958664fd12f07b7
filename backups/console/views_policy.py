from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.declaring import requires
from accounts.requests import PersonRequest
from backups.console.forms import PolicyForm
from backups.console.policies import Terms, change_policy, effect_of, seen_of, take_back
from backups.exceptions import ChangedMeanwhile, PolicyRefused
from backups.models import Policy, Tier


@requires("platform.backup:view")
@require_safe
def policy_list(request: HttpRequest) -> HttpResponse:
    return _list(request)


@requires("platform.backup:update", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def policy_update(request: PersonRequest, tier: str) -> HttpResponse:
    """Typed, then reviewed with what it would do, then (`agreed`) done."""
    policy = get_object_or_404(Policy, tier=tier)
    form = PolicyForm(request.POST if request.method == "POST" else None, instance=policy)
    if not form.is_valid():
        return _page(request, "backups/policy_update.html", form, 422 if form.is_bound else 200)
    if "agreed" not in request.POST:
        shown = {"effect": effect_of(Policy.objects.get(tier=tier), form.terms), "held": form.held}
        return _page(request, "backups/policy_review.html", form, 200, **shown)
    try:
        changed = change_policy(tier, form.terms, form.cleaned_data["seen"], request.user)
    except ChangedMeanwhile as refusal:
        return _conflict(request, tier, form, str(refusal))
    later = changed.shorter_days == form.terms.keep_days
    said = (
        _("It counts in seven days: until then it can be taken back.")
        if later
        else _("The policy is changed.")
    )
    messages.success(request, said)
    return redirect("backups:policy-list")


@requires("platform.backup:update", confirmed=True)
@require_POST
def policy_take_back(request: HttpRequest, tier: str) -> HttpResponse:
    get_object_or_404(Policy, tier=tier)
    try:
        take_back(tier)
    except PolicyRefused as refusal:
        return _list(request, str(refusal))
    messages.success(request, _("It is taken back: copies are kept as long as before."))
    return redirect("backups:policy-list")


def _list(request: HttpRequest, refusal: str = "") -> HttpResponse:
    policies = sorted(Policy.objects.all(), key=lambda policy: Tier.values.index(policy.tier))
    shown = {"policies": policies, "above": _above()[:1], "refusal": refusal}
    return render(request, "backups/policy_list.html", shown, status=409 if refusal else 200)


def _conflict(request: HttpRequest, tier: str, form: PolicyForm, refusal: str) -> HttpResponse:
    """What was typed, ready to be reviewed over the newer terms."""
    saved = Policy.objects.get(tier=tier)
    typed = {name: str(form.data[name]) for name in form.data if name != "agreed"}
    again = PolicyForm({**typed, "seen": seen_of(saved)}, instance=saved)
    return _page(request, "backups/policy_update.html", again, 409, refusal=refusal, saved=Terms.of(saved))


def _page(request: HttpRequest, template: str, form: PolicyForm, status: int, **more: object) -> HttpResponse:
    shown = {"form": form, "policy": form.instance, "above": _above(), "refusal": "", "saved": None, **more}
    return render(request, template, shown, status=status)


def _above() -> list[tuple[str, str]]:
    return [(_("Backups"), reverse("backups:fleet")), (_("Policy"), reverse("backups:policy-list"))]
