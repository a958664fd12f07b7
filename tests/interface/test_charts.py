"""Where each chart puts its numbers: exact places for small ones, and nothing broken for none."""

from datetime import date
from typing import Any

import pytest
from django.template import Context, Template
from django.utils.translation import override

from interface.charts import Chart, Point, bars, binned, histogram, nice_ticks, number_in_words, sparkline
from interface.heat_strips import Day, heat_strip


def chart(*values: float, **more: Any) -> Chart:
    points = [Point(f"W{number}", value) for number, value in enumerate(values, start=1)]
    return Chart("Orders", "What came in", ("Week", "Orders"), points, **more)


@pytest.mark.parametrize(
    ("top", "ticks"),
    [
        (0, [0, 1]),
        (1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (7, [0, 2, 4, 6, 8]),
        (41, [0, 10, 20, 30, 40, 50]),
        (50, [0, 10, 20, 30, 40, 50]),
        (1200, [0, 250, 500, 750, 1000, 1250]),
        (0.03, [0, 0.01, 0.02, 0.03]),
    ],
)
def test_an_axis_counts_in_steps_that_are_easily_counted_in(top: float, ticks: list[float]) -> None:
    assert nice_ticks(top) == ticks


def test_a_bar_stands_on_nought_in_the_middle_of_its_place() -> None:
    drawn = bars(chart(*[5.0] * 9, 10.0))

    last = drawn.bars[-1]
    assert (last.x, last.width, last.middle) == ("91.9%", "6.2%", "95%")
    assert (last.y, last.height) == ("12", "140")
    assert (drawn.bars[0].y, drawn.bars[0].height) == ("82", "70")
    assert [(tick.label, tick.y) for tick in drawn.ticks[:2]] == [("0", "152"), ("2", "124")]


def test_what_is_next_to_nothing_is_seen_and_nothing_is_not() -> None:
    drawn = bars(chart(0, 0.02, target=240.0))

    assert [bar.height for bar in drawn.bars] == ["0", "2"]


def test_where_reading_goes_from_right_to_left_so_does_time() -> None:
    onward, back = bars(chart(1, 2, 3)), bars(chart(1, 2, 3), mirrored=True)

    assert [bar.middle for bar in onward.bars] == ["16.67%", "50%", "83.33%"]
    assert [bar.middle for bar in back.bars] == ["83.33%", "50%", "16.67%"]


def test_names_stand_below_only_as_far_as_there_is_room() -> None:
    assert [bar.labelled for bar in bars(chart(*range(12))).bars] == [True, False] * 6
    longer = Chart("Orders", "", ("Month", "Orders"), [Point("November 2026", 1)] * 4)
    assert [bar.labelled for bar in bars(longer).bars] == [True, False, True, False]


def test_a_target_is_a_line_within_the_axis() -> None:
    drawn = bars(chart(4, target=10))

    assert drawn.target is not None
    assert (drawn.target.label, drawn.target.y, drawn.ticks[-1].label) == ("10", "12", "10")


@pytest.mark.parametrize(("most", "over"), [(True, [False, True]), (False, [False, False])])
def test_only_a_limit_is_passed(most: bool, over: list[bool]) -> None:
    assert [bar.over for bar in bars(chart(4, 11, target=10, most=most)).bars] == over


def test_one_point_is_a_slim_bar_and_none_is_no_bar() -> None:
    assert [(bar.x, bar.width) for bar in bars(chart(7)).bars] == [("45.5%", "9%")]
    assert bars(chart()).bars == []


def test_the_bars_of_a_histogram_stand_side_by_side() -> None:
    assert [(bar.x, bar.width) for bar in histogram(chart(1, 2)).bars] == [("1.5%", "47%"), ("51.5%", "47%")]


def test_values_are_counted_in_bins_of_an_easy_size() -> None:
    assert binned([1, 2, 2, 9, 10]) == [
        (0, 1, 0),
        (1, 2, 1),
        (2, 3, 2),
        *_empty(3, 9),
        (9, 10, 1),
        (10, 11, 1),
    ]
    assert binned([]) == []


def _empty(start: int, end: int) -> list[tuple[float, float, int]]:
    return [(number, number + 1, 0) for number in range(start, end)]


def test_a_course_runs_from_edge_to_edge_and_marks_its_end() -> None:
    drawn = sparkline([1, 3, 2])

    assert drawn is not None
    assert drawn.line == "0,22 50,2 100,12"
    assert drawn.area == "0,24 0,22 50,2 100,12 100,24"
    assert drawn.end == "M100 12h0"


def test_a_course_of_one_number_of_equal_ones_and_of_none() -> None:
    one, level = sparkline([4]), sparkline([4, 4])
    assert one is not None
    assert level is not None
    assert (one.line, level.line) == ("100,12", "0,12 100,12")
    assert sparkline([]) is None


def test_a_day_is_told_by_its_height_as_well() -> None:
    days = [Day(date(2026, 11, 1), "drilled"), Day(date(2026, 11, 2), "missed")]

    drawn = heat_strip(days)

    assert [(cell.x, cell.y, cell.width, cell.height) for cell in drawn.cells] == [
        ("7%", 0, "36%", 28),
        ("57%", 25, "36%", 3),
    ]
    assert [cell.x for cell in heat_strip(days, mirrored=True).cells] == ["57%", "7%"]
    assert [(entry.state, entry.count) for entry in drawn.legend] == [("drilled", 1), ("missed", 1)]
    assert heat_strip([]).cells == []


@pytest.mark.parametrize(("value", "words"), [(1200, "1,200"), (4.5, "4.5"), (0.125, "0.12"), (3.0, "3")])
def test_numbers_are_written_as_the_language_does(value: float, words: str) -> None:
    assert number_in_words(value) == words


def test_places_are_never_written_in_the_manner_of_a_language() -> None:
    with override("ar"):
        drawn = bars(chart(1, 2, 3))
    assert drawn.bars[0].middle == "16.67%"


def test_a_chart_has_a_table_of_the_same_numbers() -> None:
    page = Template("{% bar_chart chart %}").render(Context({"chart": chart(1200)}))

    assert 'role="img"' in page
    assert "<title>Orders</title>" in page
    assert "<desc>What came in</desc>" in page
    assert '<td class="number"><bdi>1,200</bdi></td>' in page
    assert "style=" not in page


def test_a_bar_that_leads_somewhere_is_a_link_with_a_name() -> None:
    linked = Chart("Orders", "", ("Amount", "Orders"), [Point("0-500", 4, url="/orders/?to=500")])

    page = Template("{% histogram chart %}").render(Context({"chart": linked}))

    assert '<a href="/orders/?to=500" aria-label="0-500: 4">' in page
    assert 'role="group"' in page


def test_without_numbers_a_chart_says_so() -> None:
    page = Template(
        "{% bar_chart chart %}{% sparkline none 'Orders' %}{% heat_strip none 'Backups' %}"
    ).render(Context({"chart": chart(), "none": []}))

    assert page.count("No numbers yet.") == 3
    assert "<svg" not in page
