from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from console.overview import STUCK
from interface.forms import EmailField
from tenants.exceptions import TenancyError
from tenants.models import SLUG, Operation, Tenant, TenantQuerySet, TenantState
from tenants.provisioning import SlugTaken, request_tenant

LATIN = {"dir": "ltr", "autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
ANY_SCRIPT = {"dir": "auto", "autocomplete": "off"}


class TenantFilter(forms.Form):
    """What the address of the list asks for; what makes no sense there is left out."""

    q = forms.CharField(required=False, max_length=200)
    state = forms.ChoiceField(required=False, choices=TenantState)

    def wanted(self, name: str) -> str:
        self.full_clean()
        return str(self.cleaned_data.get(name) or "")

    def found(self) -> TenantQuerySet:
        """By short name, each with `is_stuck`. Who is closed shows only where asked for."""
        state, text = self.wanted("state"), self.wanted("q")
        named = Tenant.objects.filter(Q(name__icontains=text) | Q(slug__icontains=text)).order_by("slug")
        named = named.annotate(is_stuck=STUCK)
        return named.filter(state=state) if state else named.exclude(state=TenantState.CLOSED)


class LanguageForm(forms.Form):
    language = forms.ChoiceField(
        choices=settings.LANGUAGES,
        label=_("Language"),
        help_text=_("What their people read, until each chooses."),
    )


class NewTenantForm(forms.Form):
    """A customer to be, and the person who will own the site."""

    name = forms.CharField(
        max_length=200,
        label=_("Name of the customer"),
        help_text=_("As on their letters, in any script."),
        widget=forms.TextInput(attrs=ANY_SCRIPT),
        error_messages={"required": _("Give the customer's name.")},
    )
    slug = forms.CharField(
        max_length=40,
        label=_("Short name"),
        help_text=_("Becomes the address of their site and can't be changed later: a-z, 0-9 and -."),
        widget=forms.TextInput(attrs=LATIN),
        validators=[SLUG],
        error_messages={"required": _("Choose a short name.")},
    )
    language = LanguageForm.base_fields["language"]
    owner_name = forms.CharField(
        max_length=150,
        label=_("Name of the owner"),
        help_text=_("The first person who can sign in."),
        widget=forms.TextInput(attrs=ANY_SCRIPT),
        error_messages={"required": _("Give the owner's name.")},
    )
    owner_email = EmailField(
        label=_("E-mail of the owner"),
        widget=forms.EmailInput(attrs=LATIN),
        error_messages={"required": _("Give the owner's e-mail address.")},
    )

    def request(self, actor: str) -> Operation | None:
        """Ask for the tenant. None where it is refused, and then the form says why."""
        typed = self.cleaned_data
        owner = (typed["owner_email"], typed["owner_name"])
        try:
            return request_tenant(typed["slug"], typed["name"], typed["language"], owner=owner, actor=actor)
        except SlugTaken as refusal:
            self.add_error("slug", str(refusal))
        except TenancyError as refusal:
            self.add_error(None, str(refusal))
        return None


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=500,
        label=_("Reason"),
        help_text=_("Stays in the tenant's trail with your name."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        error_messages={"required": _("Give a reason: whoever reads the trail later will want to know.")},
    )


class CloseForm(forms.Form):
    typed = forms.CharField(
        max_length=40,
        label=_("Short name of the tenant"),
        strip=False,
        widget=forms.TextInput(attrs=LATIN),
        error_messages={"required": _("Type the short name to close the tenant.")},
    )
