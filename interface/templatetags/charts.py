"""Charts in templates: `bar_chart` and `histogram` take a Chart, `sparkline` points, `heat_strip` days."""

from collections.abc import Callable, Sequence
from typing import Any

from django.template import Library
from django.utils.translation import get_language_bidi

from interface import charts, heat_strips

register = Library()


@register.inclusion_tag("components/charts/bars.html")
def bar_chart(chart: charts.Chart) -> dict[str, Any]:
    return _bars(chart, charts.bars, "bars")


@register.inclusion_tag("components/charts/bars.html")
def histogram(chart: charts.Chart) -> dict[str, Any]:
    return _bars(chart, charts.histogram, "histogram")


@register.inclusion_tag("components/charts/sparkline.html")
def sparkline(points: Sequence[charts.Point], label: str) -> dict[str, Any]:
    """The course of something, beside its number. `label` says what it is."""
    drawn = charts.sparkline([point.value for point in points], mirrored=get_language_bidi())
    last = points[-1].words if points else ""
    return {"points": points, "label": label, "drawn": drawn, "last": last}


@register.inclusion_tag("components/charts/heat_strip.html")
def heat_strip(days: Sequence[heat_strips.Day], label: str) -> dict[str, Any]:
    drawn = heat_strips.heat_strip(days, mirrored=get_language_bidi())
    return {"days": days, "label": label, "drawn": drawn, "last": days[-1] if days else None}


def _bars(chart: charts.Chart, draw: Callable[..., charts.Bars], look: str) -> dict[str, Any]:
    """Numbers of the axis end beside the bars, wherever reading begins."""
    mirrored = get_language_bidi()
    drawn = draw(chart, mirrored=mirrored)
    return {"chart": chart, "drawn": drawn, "look": look, "axis": "8" if mirrored else "48"}
