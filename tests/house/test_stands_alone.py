from tests.house.reading import ROOT, texts

# Put together here, or this file would name them itself.
ELSEWHERE = [
    "/".join(("..", "shared")),
    "/".join(("", "work", "")),
    "/".join(("", "root", "")),
    "/".join(("", "home", "")),
]


def test_nothing_refers_to_a_place_outside_of_the_project() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {place}" for path, text in texts() for place in ELSEWHERE if place in text
    ]
    assert found == []


def test_nothing_is_left_to_do() -> None:
    words = [f"{word}:" for word in ("TO" + "DO", "FIX" + "ME", "X" + "XX")]
    found = [
        str(path.relative_to(ROOT)) for path, text in texts(".py") if any(word in text for word in words)
    ]
    assert found == []
