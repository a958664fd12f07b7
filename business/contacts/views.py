from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.declaring import requires
from accounts.requests import PersonRequest
from business.contacts.background import EXPORT
from business.contacts.conflicts import differences, typed_over
from business.contacts.filters import FIELDS, ContactFilter
from business.contacts.forms import ContactForm
from business.contacts.models import Contact
from business.contacts.pages import page_of
from business.contacts.reaching import VIEW, contact_for, seen_by
from business.contacts.refusals import ChangedMeanwhile, ContactRefused
from business.contacts.tabs import tabs
from interface.filtering import FilterBar
from interface.recents import remember
from jobs.starting import start


@requires("contacts.contact:view")
@require_safe
def contact_list(request: PersonRequest) -> HttpResponse:
    asked, among = ContactFilter.of(request.GET), seen_by(request.user)
    found = asked.found(among)
    page = page_of(found, asked.after, asked.before)
    bar = FilterBar(request.GET, FIELDS)
    shown = {"filter": asked, "bar": bar, "tabs": tabs(asked, among), "page": page, "count": found.count()}
    return render(request, "contacts/contact_list.html", shown)


@requires("contacts.contact:view")
@require_safe
def contact_detail(request: PersonRequest, pk: UUID) -> HttpResponse:
    contact = contact_for(request.user, VIEW, pk)
    remember(request.user.pk, "contact", contact.pk)
    people = seen_by(request.user).filter(company=contact).active().by_name()
    return render(request, "contacts/contact_detail.html", {"contact": contact, "people": people})


@requires("contacts.contact:create")
@require_http_methods(["GET", "HEAD", "POST"])
def contact_create(request: PersonRequest) -> HttpResponse:
    form = ContactForm(
        _typed(request), instance=Contact(), initial=request.GET.dict(), among=seen_by(request.user)
    )
    if form.is_valid():
        form.instance.create(by=request.user)
        messages.success(request, _("The contact is saved."))
        return redirect(form.instance)
    return _form_page(request, form)


@requires("contacts.contact:update")
@require_http_methods(["GET", "HEAD", "POST"])
def contact_update(request: PersonRequest, pk: UUID) -> HttpResponse:
    contact = contact_for(request.user, "contacts.contact:update", pk)
    form = ContactForm(_typed(request), instance=contact, among=seen_by(request.user))
    try:
        if form.is_valid():
            contact.update(by=request.user, seen=form.cleaned_data["version"])
            messages.success(request, _("The contact is saved."))
            return redirect(contact)
    except ChangedMeanwhile as conflict:
        return _conflict_page(request, form, conflict.saved)
    except ContactRefused as refusal:
        form.add_error(None, str(refusal))
    return _form_page(request, form, contact)


@requires("contacts.contact:archive")
@require_POST
def contact_archive(request: PersonRequest, pk: UUID) -> HttpResponse:
    contact = contact_for(request.user, "contacts.contact:archive", pk)
    try:
        contact.archive(by=request.user)
    except ContactRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(contact)


@requires("contacts.contact:restore")
@require_POST
def contact_restore(request: PersonRequest, pk: UUID) -> HttpResponse:
    contact = contact_for(request.user, "contacts.contact:restore", pk)
    try:
        contact.restore(by=request.user)
        messages.success(request, _("The contact is restored."))
    except ContactRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(contact)


@requires("contacts.contact:export")
@require_POST
def contact_export(request: PersonRequest) -> HttpResponse:
    asked = ContactFilter.of(request.GET)
    job = start(EXPORT.name, request.user, query=asked.query, person=str(request.user.pk))
    return redirect(job)


def _typed(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _form_page(request: HttpRequest, form: ContactForm, contact: Contact | None = None) -> HttpResponse:
    page = {"form": form, "contact": contact, "adding": contact is None}
    return render(request, "contacts/contact_form.html", page, status=422 if form.is_bound else 200)


def _conflict_page(request: HttpRequest, form: ContactForm, saved: Contact) -> HttpResponse:
    page = {
        "saved": saved,
        "differences": differences(saved, typed=form.instance),
        "form": typed_over(form, saved),
    }
    return render(request, "contacts/contact_conflict.html", page, status=409)
