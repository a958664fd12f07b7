from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.declaring import requires
from accounts.requests import PersonRequest
from business.contacts import background
from business.contacts.conflicts import differences, typed_over
from business.contacts.filters import FIELDS, ContactFilter
from business.contacts.forms import ContactForm
from business.contacts.masks import unmask
from business.contacts.models import Contact
from business.contacts.pages import page_of
from business.contacts.reaching import (
    ARCHIVE,
    CREATE,
    EXPORT,
    RESTORE,
    UPDATE,
    company_url,
    contact_of,
    contacts_of,
    verbs_for,
)
from business.contacts.refusals import ChangedMeanwhile, ContactRefused
from business.contacts.tabs import tabs
from interface.filtering import FilterBar
from interface.recents import remember
from jobs.starting import start


@requires("contacts.contact:view")
@require_safe
def contact_list(request: PersonRequest) -> HttpResponse:
    asked = ContactFilter.of(request.GET)
    person = request.user
    found = asked.found(person)
    page = page_of(found, contacts_of(person), asked.after, asked.before)
    shown = {
        "filter": asked,
        "bar": FilterBar(request.GET, FIELDS),
        "tabs": tabs(asked, person),
        "page": page,
        "contacts": unmask(page.contacts, person),
        "count": found.count(),
        "may": {"create": person.has_perm(CREATE), "export": person.has_perm(EXPORT)},
    }
    return render(request, "contacts/contact_list.html", shown)


@requires("contacts.contact:view")
@require_safe
def contact_detail(request: PersonRequest, pk: UUID) -> HttpResponse:
    person = request.user
    [contact] = unmask([contact_of(person, pk)], person)
    remember(person.pk, "contact", contact.pk)
    shown = {
        "contact": contact,
        "company_url": company_url(person, contact),
        "people": contacts_of(person).filter(company=contact).active().by_name(),
        "may": verbs_for(person, contact),
    }
    return render(request, "contacts/contact_detail.html", shown)


@requires("contacts.contact:create")
@require_http_methods(["GET", "HEAD", "POST"])
def contact_create(request: PersonRequest) -> HttpResponse:
    typed, begun = _typed(request), request.GET.dict()
    form = ContactForm(typed, instance=Contact(), initial=begun, person=request.user, is_new=True)
    if form.is_valid():
        form.instance.create(by=request.user)
        messages.success(request, _("The contact is saved."))
        return redirect(form.instance)
    return _form_page(request, form)


@requires("contacts.contact:update")
@require_http_methods(["GET", "HEAD", "POST"])
def contact_update(request: PersonRequest, pk: UUID) -> HttpResponse:
    contact = contact_of(request.user, pk, UPDATE)
    form = ContactForm(_typed(request), instance=contact, person=request.user)
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
    contact = contact_of(request.user, pk, ARCHIVE)
    try:
        contact.archive(by=request.user)
    except ContactRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(contact)


@requires("contacts.contact:restore")
@require_POST
def contact_restore(request: PersonRequest, pk: UUID) -> HttpResponse:
    contact = contact_of(request.user, pk, RESTORE)
    try:
        contact.restore(by=request.user)
        messages.success(request, _("The contact is restored."))
    except ContactRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(contact)


@requires("contacts.contact:export", confirmed=True)
@require_POST
def contact_export(request: PersonRequest) -> HttpResponse:
    asked = ContactFilter.of(request.GET)
    job = start(background.EXPORT.name, request.user, query=asked.query)
    return redirect(job)


def _typed(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _form_page(request: HttpRequest, form: ContactForm, contact: Contact | None = None) -> HttpResponse:
    page = {
        "form": form,
        "contact": contact,
        "adding": contact is None,
        "may": verbs_for(form.person, contact) if contact else {},
    }
    return render(request, "contacts/contact_form.html", page, status=422 if form.is_bound else 200)


def _conflict_page(request: HttpRequest, form: ContactForm, saved: Contact) -> HttpResponse:
    page = {
        "saved": saved,
        "differences": differences(form, saved),
        "form": typed_over(form, saved),
    }
    return render(request, "contacts/contact_conflict.html", page, status=409)
