"""What stands around every page and before it: navigation, palette, sign-in, lock screen."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from interface.styleguide.section import Section


def _locked(request: HttpRequest) -> dict[str, Any]:
    return {
        "action": request.path,
        "states": [
            ("locked", _("Locked"), ""),
            (
                "refused",
                _("A wrong password"),
                gettext("That isn't your password, nor a code of your app. Try again."),
            ),
        ],
    }


def _offered(_request: HttpRequest) -> dict[str, Any]:
    return {
        "records": [
            ("user", "نورة العتيبي", "noura@nakheel.example"),
            ("user", "Helen Brindley", "Brindley & Sons Trading"),
            ("building-2", "启明会展", "info@qiming.example"),
        ]
    }


SECTIONS: tuple[Section, ...] = (
    Section(
        "shell",
        _("Shell"),
        _("The bar, the navigation and the menus around every page: look around you, too."),
    ),
    Section(
        "palette",
        _("Command palette"),
        _("Pages, actions and records from the keyboard, of what a person may see and do."),
        _offered,
    ),
    Section(
        "sign-in",
        _("Sign-in"),
        _("The door of each site: whose it is, one card, and the languages to read it in."),
    ),
    Section(
        "lock-screen",
        _("Lock screen"),
        _("Before a page that its person left alone, until they say who they are."),
        _locked,
    ),
)
