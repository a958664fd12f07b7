"""How a person wants to read: language, theme, density, and whether single keys do anything."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.languages import languages
from accounts.models import User
from interface.forms import Segments, Switch
from tenants.binding import bound_tenant

if TYPE_CHECKING:
    _UserForm = forms.ModelForm[User]
else:
    _UserForm = forms.ModelForm


class PreferencesForm(_UserForm):
    """All of them at once, on a page."""

    class Meta:
        model = User
        fields = ("language", "theme", "density", "shortcuts")
        help_texts: ClassVar = {"language": ""}
        widgets: ClassVar = {"theme": Segments, "density": Segments, "shortcuts": Switch}
        labels: ClassVar = {
            "language": _("Language"),
            "theme": _("Theme"),
            "density": _("Density"),
            "shortcuts": _("Single keys do something, such as / for search"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unsaid = _("As set for the whole site") if bound_tenant() else _("As the browser asks for")
        self.fields["language"].choices = [("", unsaid), *languages()]  # type: ignore[attr-defined]

    def save(self, commit: bool = True) -> User:
        """Only these columns: whatever else changed of the person meanwhile stays."""
        if commit:
            self.instance.save(update_fields=self.Meta.fields)
        return self.instance


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(choices=User.Theme.choices)


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=languages)
