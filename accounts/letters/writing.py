"""A letter, written: as text and as HTML, in the language of whom it is for."""

from collections.abc import Mapping

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.addresses import our_site
from accounts.letters.links import LINKS, link_for
from accounts.models import User
from tenants.binding import bound_tenant


def written(person: User, letter: str, facts: Mapping[str, str | int]) -> EmailMultiAlternatives | None:
    """None where the letter isn't needed any more. Raises TemplateDoesNotExist for a letter that nobody wrote."""
    link = link_for(person, letter, facts) if letter in LINKS else ""
    if letter in LINKS and not link:
        return None
    language = language_of(person)
    with override(language):
        told = {"person": person, "site": _site(), "site_url": our_site(), "link": link, **facts}
        subject, text = _text(letter, told)
        page = Engine.get_default().get_template(f"letters/{letter}.html")
        html = page.render(Context({**told, "subject": subject}))
    headers = {"Auto-Submitted": "auto-generated", "Content-Language": language}
    message = EmailMultiAlternatives(subject, text, to=[person.email], headers=headers)
    message.attach_alternative(html, "text/html")
    return message


def language_of(person: User) -> str:
    """Their own, or else their tenant's; an operator has no tenant, and reads English then."""
    tenant = bound_tenant()
    wishes = (person.language, tenant.language if tenant else "")
    return next((wish for wish in wishes if wish in dict(settings.LANGUAGES)), settings.LANGUAGE_CODE)


def _site() -> str:
    """Whose people are written to."""
    tenant = bound_tenant()
    return tenant.name if tenant else _("Amana operators")


def _text(letter: str, told: Mapping[str, object]) -> tuple[str, str]:
    """Subject, which is the first line, and the rest. Plain text: nothing in it is escaped."""
    page = Engine.get_default().get_template(f"letters/{letter}.txt")
    head, _, body = page.render(Context({**told}, autoescape=False)).strip().partition("\n")
    return " ".join(head.split()), body.strip() + "\n"
