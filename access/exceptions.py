from django.core.exceptions import PermissionDenied


class NotPermitted(PermissionDenied):
    """Whoever asks is known, and doesn't hold the permission that the page names."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class UnknownPermission(LookupError):
    """A code that no app has registered: a mistake of ours, not a refusal."""


class UndeclaredPage(RuntimeError):
    """A page that says nothing about who may open it is opened to nobody."""
