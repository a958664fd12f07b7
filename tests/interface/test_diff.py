"""What differs between two texts, as each side shows it."""

import time

import pytest
from django.template.loader import render_to_string

from interface.differing import LONG, Piece, differing


def marked(pieces: list[Piece]) -> str:
    return "".join(f"[{piece.text}]" if piece.changed else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("before", "after", "old", "new"),
    [
        ("Dora Quill", "Dora Pen", "Dora [Quill]", "Dora [Pen]"),
        ("Leeds", "York", "[Leeds]", "[York]"),
        ("Tea Co", "Tea and Co", "Tea Co", "Tea [and ]Co"),
        ("one two three", "four five six", "[one two three]", "[four five six]"),
        ("طريق الملك فهد", "طريق الملك عبدالله", "طريق الملك [فهد]", "طريق الملك [عبدالله]"),
        ("北京启明会展公司", "北京启明国际会展公司", "北京启明会展公司", "北京启明[国际]会展公司"),
        ("", "new", "", "[new]"),
        ("same", "same", "same", "same"),
    ],
)
def test_each_side_marks_what_the_other_lacks(before: str, after: str, old: str, new: str) -> None:
    difference = differing("Name", before, after)

    assert (marked(difference.before), marked(difference.after)) == (old, new)
    assert "".join(piece.text for piece in difference.before) == before
    assert "".join(piece.text for piece in difference.after) == after


def test_changed_space_is_seen() -> None:
    difference = differing("Phone", "1  2\n", "1 2")

    assert [piece.shown for piece in difference.before if piece.changed] == ["·", "↵\n"]


def test_what_is_long_and_the_same_is_folded_between_words() -> None:
    same = "ring twice at the gate " * 20
    [kept, _changed] = differing("Notes", f"{same}Sam", f"{same}Dora").before

    assert len(same) > LONG
    assert kept.is_long
    assert kept.start == "ring twice at the gate ring twice at the gate ring twice at"
    assert kept.start + kept.middle + kept.end == same
    assert not Piece("x" * 1000, changed=True).is_long


def test_what_is_very_long_is_compared_in_the_middle_only() -> None:
    same = "ring twice at the gate " * 500
    difference = differing("Notes", f"{same}one two {same}", f"{same}one three {same}")

    assert [piece.text for piece in difference.before if piece.changed] == ["two"]
    assert [piece.text for piece in difference.after if piece.changed] == ["three"]
    assert "".join(piece.text for piece in difference.after) == f"{same}one three {same}"


def test_mallory_s_texts_keep_no_server_busy() -> None:
    """Words that are all alike make a comparison cubic: these took an hour."""
    before, after = "a " * 5000, "b a " * 2500
    began = time.process_time()

    difference = differing("Notes", before, after)

    assert time.process_time() - began < 5
    assert "".join(piece.text for piece in difference.before) == before
    assert "".join(piece.text for piece in difference.after) == after


def test_it_is_shown_as_text_and_as_insertion_and_deletion() -> None:
    told = {"before": "Before", "after": "After", "caption": "What changed"}
    differences = [differing("Name", "<b>Dora", "<b>Sam"), differing("City", "", "York")]

    page = render_to_string("components/diff.html", {"differences": differences, **told})

    assert "&lt;b&gt;<del>Dora</del>" in page
    assert "&lt;b&gt;<ins>Sam</ins>" in page
    assert '<span class="aside">empty</span>' in page
