"""The catalogues in `locale/` say everything, rightly; and what would be wrong with them is found."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils.translation import gettext, ngettext, override
from django.utils.translation.trans_real import translation

from config.translating.catalogues import languages, path_of
from config.translating.checking import findings, wrong_with
from config.translating.extracting import marked_texts

CONTACT = ("%(counter)s contact", "%(counter)s contacts")


def test_every_text_stands_in_every_language() -> None:
    assert findings() == []


def test_texts_are_found_in_every_corner() -> None:
    texts = marked_texts()
    places = {place for text in texts for place, _ in text.locations}
    assert len([*texts]) > 250
    assert places >= {
        "accounts/forms.py",
        "business/contacts/models.py",
        "tenants/models.py",
        "templates/404.html",
    }
    assert not {place for place in places if place.startswith(("tests/", ".venv/", "var/"))}
    assert texts.get("Create the role") is not None
    assert texts.get("None", context="no company") is not None
    assert CONTACT in {text.id for text in texts}


@pytest.fixture
def copied(tmp_path: Path) -> Iterator[Path]:
    """The Arabic .po among copies of all catalogues, to be spoilt."""
    originals = {
        path_of(language, end): path_of(language, end) for language in languages() for end in (".po", ".mo")
    }
    contents = {path.relative_to(settings.LOCALE_PATHS[0]): path.read_bytes() for path in originals}
    for name, content in contents.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    with override_settings(LOCALE_PATHS=[tmp_path]):
        yield tmp_path / "ar" / "LC_MESSAGES" / "django.po"


def spoil(path: Path, old: str, new: str) -> list[str]:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return findings()


SIGN_OUT = 'msgid "Sign out"\nmsgstr "تسجيل الخروج"\n'
STALE = "ar: the .mo isn't what the .po compiles to: run ./manage.py messages"


@pytest.mark.sampled
@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (SIGN_OUT, "", "ar: “Sign out” is missing: run ./manage.py messages (accounts/palette.py)"),
        (SIGN_OUT, 'msgid "Sign out"\nmsgstr ""\n', "ar: “Sign out” is not translated"),
        (SIGN_OUT, f"#, fuzzy\n{SIGN_OUT}", "ar: “Sign out” is fuzzy: somebody has to look at it"),
        (
            SIGN_OUT,
            f'{SIGN_OUT}\nmsgid "Log off"\nmsgstr "خروج"\n',
            "ar: “Log off” is obsolete: run ./manage.py messages",
        ),
        (
            SIGN_OUT,
            f'{SIGN_OUT}\n#~ msgid "Bye"\n#~ msgstr "وداعًا"\n',
            "ar: “Bye” is obsolete: run ./manage.py messages",
        ),
        ("تسجيل الخروج", "خروج", STALE),
        (
            "nplurals=6; plural=n==0",
            "nplurals=6; plural=n==7",
            "ar: its header has other plural forms than PLURALS: run ./manage.py messages",
        ),
    ],
    ids=["missing", "empty", "fuzzy", "obsolete", "obsolete by a mark", "not compiled", "other plurals"],
)
def test_what_is_wrong_is_found(copied: Path, old: str, new: str, found: str) -> None:
    assert found in spoil(copied, old, new)


def test_a_catalogue_that_was_not_compiled_at_all_is_found(copied: Path) -> None:
    copied.with_suffix(".mo").unlink()
    assert findings() == [STALE]


@pytest.mark.slow
def test_the_command_mends_what_a_machine_can(copied: Path) -> None:
    whole = copied.read_bytes(), copied.with_suffix(".mo").read_bytes()
    spoil(copied, SIGN_OUT, f'{SIGN_OUT}\nmsgid "Log off"\nmsgstr "خروج"\n')
    copied.with_suffix(".mo").unlink()
    with pytest.raises(CommandError, match=r"^2 to mend"):
        call_command("messages", check=True, stdout=StringIO())
    call_command("messages", stdout=StringIO())
    assert (copied.read_bytes(), copied.with_suffix(".mo").read_bytes()) == whole
    assert findings() == []


@pytest.mark.slow
def test_the_command_leaves_what_only_people_can_mend(copied: Path) -> None:
    spoil(copied, SIGN_OUT, 'msgid "Sign out"\nmsgstr ""\n')
    said = StringIO()
    with pytest.raises(CommandError, match=r"^1 to mend"):
        call_command("messages", stdout=said)
    assert said.getvalue() == "  ar: “Sign out” is not translated\n"


ARABIC = Catalog(locale="ar")
SIX = ("لا جهات", "جهة واحدة", "جهتان", "%(counter)s جهات", "%(counter)s جهة", "%(counter)s جهة")


@pytest.mark.parametrize(
    ("text", "translation", "wrong"),
    [
        ("Edit %(contact)s", "تعديل %(contact)s", []),
        ("Edit %(contact)s", "تعديل", ["has other placeholders: %(contact)s"]),
        ("Edit %(contact)s", "تعديل %(name)s", ["has other placeholders: %(contact)s, %(name)s"]),
        ("Edit %(contact)s", "تعديل %(contact)d", ["has other placeholders: %(contact)d, %(contact)s"]),
        ("{n} of {all}", "{n} من {كل}", ["has other placeholders: {all}, {كل}"]),
        ("100%% of %s", "100%% من %s", []),
        ("100%% of %s", "100 من %s", ["has other placeholders: %%"]),
        ("<bdi>%(a)s</bdi>", "%(a)s", ["has other tags"]),
        ("Read <a href='/'>this</a>", "اقرأ <a href='//evil.example'>هذا</a>", ["has other tags"]),
        (CONTACT, SIX, []),
        (CONTACT, SIX[:2], ["has 2 plural forms instead of 6"]),
        (CONTACT, (*SIX[:5], ""), ["is not translated"]),
        (CONTACT, (*SIX[:3], "جهات", *SIX[4:]), ["has other placeholders: %(counter)s"]),
    ],
)
def test_a_translation_that_breaks_its_text_is_found(
    text: str | tuple[str, str], translation: str | tuple[str, ...], wrong: list[str]
) -> None:
    message = Message(text, translation)
    assert [*wrong_with(message, ARABIC)] == wrong


def test_what_is_compiled_is_what_django_reads() -> None:
    with override("ar"):
        assert gettext("Sign out") == "تسجيل الخروج"
        assert [ngettext(*CONTACT, n) % {"counter": n} for n in (0, 1, 2, 3, 10, 11, 99, 100, 103)] == [
            "لا جهات اتصال",
            "جهة اتصال واحدة",
            "جهتا اتصال",
            "3 جهات اتصال",
            "10 جهات اتصال",
            "11 جهة اتصال",
            "99 جهة اتصال",
            "100 جهة اتصال",
            "103 جهات اتصال",
        ]
    with override("zh-hans"):
        assert [ngettext(*CONTACT, n) % {"counter": n} for n in (0, 1, 5)] == [
            "0 个联系人",
            "1 个联系人",
            "5 个联系人",
        ]


@pytest.mark.parametrize("language", ["ar", "zh-hans"])
def test_our_words_go_before_djangos_own(language: str) -> None:
    assert translation(language).gettext("All") == {"ar": "الكل", "zh-hans": "全部"}[language]
