from django.utils.translation import gettext_lazy as _

from interface.navigation import Group

ADMINISTRATION = Group(_("Administration"), 80)
