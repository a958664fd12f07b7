from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.declaring import requires
from accounts.exceptions import AccountsRefused
from accounts.models import Review, User
from accounts.requests import PersonRequest
from accounts.reviews import campaigns
from accounts.reviews.deciding import decide
from accounts.reviews.evidence import signed_json, spreadsheet
from accounts.reviews.forms import DecisionForm, StartForm
from accounts.reviews.queue import codes_by_role, in_order, page_of, rows, smaller
from accounts.reviews.reviewers import who_is_alone
from audit.recording import record

DECIDED = Count("items", filter=~Q(items__decision=""))
FORMS: dict[str, tuple[str, Callable[[Review], bytes]]] = {
    "json": ("application/json", signed_json),
    "csv": ("text/csv; charset=utf-8", spreadsheet),
}


@requires("accounts.access_review:view")
@require_safe
def review_list(request: HttpRequest) -> HttpResponse:
    known = Review.objects.select_related("started_by", "ended_by")
    shown = {
        "reviews": known.annotate(number=Count("items"), decided=DECIDED),
        "last": campaigns.last_completed(),
        "overdue": campaigns.is_overdue(),
    }
    return render(request, "reviews/review_list.html", shown)


@requires("accounts.access_review:create")
@require_http_methods(["GET", "HEAD", "POST"])
def review_create(request: PersonRequest) -> HttpResponse:
    form = StartForm(request.POST if request.method == "POST" else None, campaigns.latest_due())
    try:
        if form.is_valid():
            said = form.cleaned_data
            review = campaigns.start(said["name"], said["due_on"], by=request.user)
            return redirect("reviews:review-detail", review.pk)
    except AccountsRefused as refusal:
        form.add_error(None, str(refusal))
    status = 422 if form.is_bound else 200
    return render(request, "reviews/review_form.html", {"form": form}, status=status)


@requires("accounts.access_review:view")
@require_safe
def review_detail(request: PersonRequest, pk: UUID) -> HttpResponse:
    return _page(request, get_object_or_404(Review, pk=pk))


@requires("accounts.access_review:decide", confirmed=True)
@require_POST
def review_decide(request: PersonRequest, pk: UUID, item: UUID) -> HttpResponse:
    review = get_object_or_404(Review, pk=pk)
    asked = get_object_or_404(in_order(review), pk=item)
    roles = codes_by_role()
    smaller_ones = smaller(roles, roles[asked.assignment.role])
    is_own = asked.assignment.user_id == request.user.pk
    form = DecisionForm(request.POST, asked, smaller_ones, is_own=is_own)
    try:
        if form.is_valid():
            decide(asked, form.choice, by=request.user)
            messages.success(request, _("Decided about %(name)s.") % {"name": asked.person_name})
            return redirect(f"{_address(review)}?{request.GET.urlencode()}#waiting")
    except AccountsRefused as refusal:
        form.add_error(None, str(refusal))
    return _page(request, review, tried=form, status=422)


@requires("accounts.access_review:complete", confirmed=True)
@require_POST
def review_complete(request: PersonRequest, pk: UUID) -> HttpResponse:
    return _ended(request, pk, campaigns.complete, _("The review is completed."))


@requires("accounts.access_review:cancel", confirmed=True)
@require_POST
def review_cancel(request: PersonRequest, pk: UUID) -> HttpResponse:
    return _ended(request, pk, campaigns.cancel, _("The review is cancelled. What was decided stays done."))


@requires("accounts.access_review:export")
@require_POST
def review_export(request: HttpRequest, pk: UUID) -> HttpResponse:
    review = get_object_or_404(Review, pk=pk)
    name = "csv" if request.POST.get("format") == "csv" else "json"
    kind, write = FORMS[name]
    answer = HttpResponse(write(review), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="access-review-{review.due_on}.{name}"'
    record("accounts.review_exported", subject=campaigns.TABLE, object_id=review.pk)
    return answer


def _ended(request: PersonRequest, pk: UUID, verb: Callable[[Review, User], None], told: str) -> HttpResponse:
    review = get_object_or_404(Review, pk=pk)
    try:
        verb(review, request.user)
    except AccountsRefused as refusal:
        return _page(request, review, refusal=str(refusal), status=409)
    messages.success(request, told)
    return redirect(_address(review))


def _page(
    request: PersonRequest,
    review: Review,
    tried: DecisionForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """The queue; where a decision was refused, with what was typed."""
    page = page_of(review, request.GET.get("page"))
    items = [tried.item] if tried else page.object_list
    may_decide = request.user.has_perm("accounts.access_review:decide")
    shown = {
        "review": review,
        "page": page,
        "numbers": page.paginator.get_elided_page_range(page.number),
        "rows": rows(items, request.user, tried),
        "left": campaigns.undecided(review).count(),
        "may_decide": may_decide,
        "alone": who_is_alone(review) if review.state == Review.State.OPEN else None,
        "refusal": refusal,
        "tried": tried,
        "above": [(_("Access reviews"), reverse("reviews:review-list"))],
    }
    return render(request, "reviews/review_detail.html", shown, status=status)


def _address(review: Review) -> str:
    return reverse("reviews:review-detail", args=[review.pk])
