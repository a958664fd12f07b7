"""The addresses of the log. Each kind of record that has a history has one of its own, and its own permission."""

from django.db.models import UUIDField
from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter

from access.registry import Surface
from activity import views
from activity.histories import History, histories


def routes(surface: Surface) -> list[URLPattern]:
    return [
        path("", views.event_list, name="event-list"),
        path("own/", views.own, name="own"),
        path("export/", views.export, name="export"),
        path("requests/<uuid:request_id>/", views.of_request, name="request"),
        *(_route(history) for history in histories().values() if surface in history.surfaces),
    ]


def _route(history: History) -> URLPattern:
    """`table` stands in the address and can be that of this history only."""
    converter = f"table_{history.table}"
    if converter not in _converters:
        _converters[converter] = type(converter, (StringConverter,), {"regex": history.table})
        register_converter(_converters[converter], converter)
    key = "uuid" if isinstance(history.model._meta.pk, UUIDField) else "int"
    page = views.history_page(history)
    return path(f"records/<{converter}:table>/<{key}:pk>/", page, name="record")


_converters: dict[str, type[StringConverter]] = {}
