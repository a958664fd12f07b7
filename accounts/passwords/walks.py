"""Runs that fingers make by themselves: along a keyboard's rows and columns, up and down the digits and letters."""

ROWS = (
    "1234567890-=",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "!@#$%^&*()",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qwertzuiop",
    "yxcvbnm",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
    "ضصثقفغعهخحجد",
    "شسيبلاتنمكط",
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "98765432109876543210",
)
COLUMNS = ("1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik,", "9ol.", "0p;/")
INTERLACED = ("1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "qawsedrftgyhujikolp", "1a2b3c4d5e6f7g8h9i0j")
SHORTEST = 3
_BOTH_WAYS = tuple(
    line for each in (*ROWS, *COLUMNS, *INTERLACED, "".join(COLUMNS)) for line in (each, each[::-1])
)


def run_at(text: str, start: int) -> int:
    """How many characters from `start` on are one run: of one character, or of neighbours; 0 where it is none."""
    longest = _same(text, start)
    while start + max(longest, SHORTEST - 1) < len(text):
        piece = text[start : start + max(longest + 1, SHORTEST)]
        if not any(piece in line for line in _BOTH_WAYS):
            break
        longest = len(piece)
    return longest if longest >= SHORTEST else 0


def _same(text: str, start: int) -> int:
    end = start
    while end < len(text) and text[end] == text[start]:
        end += 1
    return end - start if end - start >= SHORTEST else 0


def without_runs(text: str) -> str:
    """What is left of `text`."""
    kept, at = "", 0
    while at < len(text):
        run = run_at(text, at)
        kept += "" if run else text[at]
        at += run or 1
    return kept
