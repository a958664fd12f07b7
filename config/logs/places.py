"""Where an exception came from: file, line and function of each frame, for it and for those that led to it."""

import linecache
from collections.abc import Callable, Iterator
from typing import Any

DEEPEST = 60


def traceback_of(
    error: BaseException, describe: Callable[[BaseException], str], traceback: Any = None
) -> list[str]:
    """As Python prints it, the oldest cause first; `describe` says what stands for an exception's text.

    `traceback` is the error's own where it isn't given: Celery hands over a copy of its own making.
    """
    lines: list[str] = []
    for one in reversed([*_chain(error)]):
        lines += _frames(one.__traceback__ if one is not error or traceback is None else traceback)
        lines.append(describe(one))
    return lines


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)


def _frames(traceback: Any) -> list[str]:
    lines: list[str] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        place = f'  File "{code.co_filename}", line {traceback.tb_lineno}, in {code.co_name}'
        source = linecache.getline(code.co_filename, traceback.tb_lineno).strip()
        lines.append(f"{place}: {source}" if source else place)
        traceback = traceback.tb_next
    return lines if len(lines) <= DEEPEST else [*lines[:5], "  …", *lines[5 - DEEPEST :]]
