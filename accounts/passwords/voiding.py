"""When somebody else may know a password: nothing that was opened with it goes on, and it opens nothing more."""

from secrets import token_urlsafe

from django.contrib.auth.hashers import make_password

from accounts.models import FormerPassword, User

BYTES = 32


def void_password(person: User) -> None:
    """The password becomes one that nobody knows, and the former isn't chosen again.

    `person` as they are now, locked; they set a new one by a link, which is worthless without a password to replace.
    """
    FormerPassword.objects.create(user=person, password=person.password)
    nobodys = make_password(token_urlsafe(BYTES))
    User.objects.filter(pk=person.pk).update(must_set_password=True, password=nobodys)
