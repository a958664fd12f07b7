"""How a page can be looked at."""

from dataclasses import dataclass
from itertools import product
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext

from tests.browser.chromium import patient

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
LOCALES = {"en": "en-GB", "ar": "ar-SA", "zh-hans": "zh-CN"}


@dataclass(frozen=True)
class Mode:
    scheme: Scheme
    language: str
    width: int

    def __str__(self) -> str:
        return f"{self.scheme}-{self.language}-{self.width}"

    def read_at(self, url: str) -> tuple[str, str]:
        """Language and direction of that page: an address that begins with a language says it itself."""
        first = urlsplit(url).path.split("/")[1]
        language = first if first in LOCALES else self.language
        return language, "rtl" if language == "ar" else "ltr"

    def context(self, browser: Browser) -> BrowserContext:
        """A browser of somebody who reads like this. Nothing moves, so that no colour is caught on its way."""
        return patient(
            browser.new_context(
                color_scheme=self.scheme,
                locale=LOCALES[self.language],
                viewport={"width": self.width, "height": 800},
                reduced_motion="reduce",
            )
        )


QUICK = (Mode("light", "en", 1280), Mode("dark", "ar", 390))
EVERY = (
    *(Mode(*mode) for mode in product(SCHEMES, ("en", "ar"), (1280, 390))),
    Mode("light", "zh-hans", 1280),
)
