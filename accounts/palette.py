"""What everybody can do from anywhere."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.people.palette import COMMANDS, SEARCHABLES
from interface.palette import Command, add_commands, add_searchable

for _each in SEARCHABLES:
    add_searchable(_each)

add_commands(
    *COMMANDS,
    Command(label=_("Preferences"), icon="settings-2", url_name="accounts:preferences"),
    Command(
        label=_("Light theme"),
        icon="sun",
        url_name="accounts:theme",
        posts=True,
        field=("theme", "light"),
        typed_only=True,
    ),
    Command(
        label=_("Dark theme"),
        icon="moon",
        url_name="accounts:theme",
        posts=True,
        field=("theme", "dark"),
        typed_only=True,
    ),
    Command(
        label=_("Theme as on the device"),
        icon="sun-moon",
        url_name="accounts:theme",
        posts=True,
        field=("theme", "system"),
        typed_only=True,
    ),
    *(
        Command(
            label=name,
            icon="languages",
            url_name="accounts:language",
            posts=True,
            field=("language", code),
            words=f"language {code}",
            lang=code,
            typed_only=True,
        )
        for code, name in settings.LANGUAGES
    ),
    Command(
        label=_("Keyboard shortcuts"),
        icon="keyboard",
        url_name="accounts:preferences",
        rest="#keys",
        opens="help",
        words=_("shortcut, key, help"),
        typed_only=True,
    ),
    Command(
        label=_("New role"), icon="key-round", url_name="roles:role-create", requires="accounts.role:create"
    ),
    Command(
        label=_("All permissions of all roles"),
        icon="table",
        url_name="roles:matrix",
        words=_("matrix, compare roles"),
        requires="accounts.role:view",
        typed_only=True,
    ),
    Command(
        label=_("Explain a permission"),
        icon="circle-question-mark",
        url_name="roles:explain",
        words=_("why, may, can't"),
        requires="accounts.role:view",
        typed_only=True,
    ),
    Command(
        label=pgettext_lazy("of a person", "Security"),
        icon="shield-check",
        url_name="accounts:security",
        words=_("session, password, second factor"),
    ),
    Command(label=_("Lock the screen"), icon="lock", url_name="accounts:lock", posts=True),
    Command(label=_("Sign out"), icon="log-out", url_name="accounts:sign-out", posts=True),
)
