"""What nobody catches is a line of the log as well: in a thread, at an exit, in a destructor, and warnings."""

import logging
import sys
import threading
from types import TracebackType

logger = logging.getLogger(__name__)


def catch_all() -> None:
    """Speak where Python itself would have; hooks that somebody else has set are left alone."""
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _in_the_process
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _in_a_thread
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = _in_a_destructor
    logging.captureWarnings(True)


def _in_the_process(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
        return
    logger.critical("Nobody caught it: the process ends.", exc_info=(kind, error, traceback))


def _in_a_thread(what: threading.ExceptHookArgs) -> None:
    if what.exc_value is not None:
        error = (what.exc_type, what.exc_value, what.exc_traceback)
        logger.critical("Nobody caught it: the thread ends.", exc_info=error)


def _in_a_destructor(what: "sys.UnraisableHookArgs") -> None:
    if what.exc_value is not None:
        error = (what.exc_type, what.exc_value, what.exc_traceback)
        logger.error("Nobody could catch it.", exc_info=error)
