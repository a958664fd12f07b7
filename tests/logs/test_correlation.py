"""The number that comes with a task is a hint for readers of the log, so nothing but a number is taken for one."""

from typing import Any

import pytest
from celery._state import _task_stack  # type: ignore[attr-defined]

from audit.correlation import HEADER, CorrelatedCelery, request_of_task
from config.celery import app
from tests.logs import tasks

NUMBER = "01890000-0000-7000-8000-00000000000a"


def arriving_with(value: Any) -> str:
    """While a task runs whose message has that header."""
    tasks.again.push_request(**{HEADER: value})
    _task_stack.push(tasks.again)
    try:
        return request_of_task()
    finally:
        _task_stack.pop()
        tasks.again.pop_request()


def test_a_number_is_taken() -> None:
    assert arriving_with(NUMBER) == NUMBER


@pytest.mark.parametrize(
    "value", ["", "x", NUMBER + "\n", f"{NUMBER} {NUMBER}", NUMBER.upper(), 7, None, [NUMBER], {"a": NUMBER}]
)
def test_anything_else_is_none(value: Any) -> None:
    assert arriving_with(value) == ""


def test_the_product_sends_through_it() -> None:
    assert isinstance(app, CorrelatedCelery)
