from django.db import models


class EmailAddressField(models.EmailField):  # type: ignore[type-arg]
    """One address, one spelling: kept, compared and looked up in lower case."""

    def to_python(self, value: object) -> object:
        return _lower(super().to_python(value))

    def get_prep_value(self, value: object) -> object:
        return _lower(super().get_prep_value(value))


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value
