"""What the shell around every page behind sign-in shows, worked out where a template asks for it."""

from functools import cached_property

from django.conf import settings
from django.http import HttpRequest

from interface.navigation import Entry, Group, Link, entries_for, navigation_of, surface_of

RAIL_COOKIE = "amana_navigation"


class Shell:
    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def surface(self) -> str:
        return surface_of(self._request)

    @cached_property
    def navigation(self) -> dict[Group, list[Link]]:
        return navigation_of(self._request)

    @property
    def keys(self) -> list[Entry]:
        """The entries that a key leads to."""
        return [entry for entry in entries_for(self._request) if entry.key]

    @property
    def color_scheme(self) -> str:
        """For browsers, before any stylesheet has come: so that nobody is dazzled first."""
        theme = getattr(self._request.user, "theme", "system")
        return "light dark" if theme == "system" else theme

    @property
    def is_rail(self) -> bool:
        """Whether this browser was last told to show the navigation as icons only."""
        return self._request.COOKIES.get(RAIL_COOKIE) == "rail"

    @property
    def is_demo(self) -> bool:
        return not settings.ENVIRONMENT.is_production

    @property
    def here(self) -> str:
        """Where forms of the shell lead back to."""
        return self._request.get_full_path()

    @property
    def address(self) -> str:
        """Of this page, as a person writes it down."""
        return f"{self._request.get_host()}{self.here}"

    @property
    def languages(self) -> list[tuple[str, str]]:
        """Pairs of code and own name."""
        return list(settings.LANGUAGES)


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor."""
    return {"shell": Shell(request)}
