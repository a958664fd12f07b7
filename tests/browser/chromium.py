"""The browser that ./test found (AMANA_BROWSER), driven by Playwright."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

PATIENCE = 30_000  # milliseconds
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@contextmanager
def launched(path: str) -> Iterator[Browser]:
    """Playwright keeps an event loop in this thread, which Django takes for an asynchronous caller."""
    expect.set_options(timeout=PATIENCE)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(
            executable_path=path, args=QUIET, env={**os.environ, "LANG": "en_US.UTF-8"}
        )
        yield browser
        browser.close()


def patient(context: BrowserContext) -> BrowserContext:
    """Waits as long as a busy machine may need."""
    context.set_default_timeout(PATIENCE)
    return context
