"""What a worker wrote down in English is said in the reader's language; what is signed or posted stays English."""

import pytest
from django.test import Client
from django.utils.translation import override, trans_real

from accounts.models import User
from audit.models import Alarm
from backups.alarming import telling
from backups.alarming.raising import raise_alarm
from backups.drilling.engine import NOT_REACHED
from backups.drilling.fetching import TOO_SHORT
from backups.exceptions import StepFailed
from backups.models import DrillStep
from backups.owners import in_a_sentence
from backups.sentences import facts_of, sentence, told, words_of
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.rows import copy_row, drill_row
from tests.support.post import posted

GONE = "The newest good copy of %(name)s is too old, by hours: %(hours)s."
IN_CHINESE = {
    GONE: "%(name)s 的最新备份过旧（%(hours)s 小时）。",
    "the catalog": "目录",
    TOO_SHORT: "%(name)s 有 %(size)s 字节，应为 %(bytes)s。",
    str(NOT_REACHED): "没有执行到。",
}


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """These have a translation, whatever the files of translations hold now."""
    catalogue = trans_real.translation("zh-hans")._catalog._catalogs[0]  # type: ignore[attr-defined]
    for message, translated in IN_CHINESE.items():
        monkeypatch.setitem(catalogue, message, translated)


def test_without_facts_it_stays_as_it_stands() -> None:
    assert told("pg_restore: error: x", {}) == "pg_restore: error: x"
    assert told("", {}) == ""
    assert facts_of("plain") == {}


def test_a_sentence_is_its_english_and_knows_what_it_was_made_of(chinese: None) -> None:
    said = sentence(GONE, name=in_a_sentence(None), hours=27)
    assert said == "The newest good copy of the catalog is too old, by hours: 27."
    facts = facts_of(said)
    assert facts["values"] == {"name": {"text": "the catalog", "values": {}}, "hours": 27}
    assert told(said, facts) == said
    with override("zh-hans"):
        assert told(said, facts) == "目录 的最新备份过旧（27 小时）。"


def test_what_is_raised_is_still_a_sentence() -> None:
    said = sentence(TOO_SHORT, name="a", size=1, bytes=2)
    assert facts_of(words_of(StepFailed(said))) == facts_of(said)
    assert (words_of(StepFailed("plain")), words_of(KeyError("a", "b"))) == ("plain", "('a', 'b')")


def test_an_alarm_is_read_in_ones_own_language_and_sent_to_machines_in_english(
    acme: Tenant, oscar: User, oscar_client: Client, quiet: None, chinese: None
) -> None:
    said = sentence(GONE, name=in_a_sentence(acme), hours=27)
    raise_alarm("stale", acme, said)
    raise_alarm("ending", None, "Somebody's own words.")
    with bound_to(CATALOG):
        User.objects.filter(pk=oscar.pk).update(language="zh-hans")
        assert Alarm.objects.get(kind="stale", closed_at=None).says == said
    page = oscar_client.get("/backups/").content.decode()
    assert "acme 的最新备份过旧（27 小时）。" in page
    assert '<bdi class="aside" lang="en" dir="ltr">Somebody&#x27;s own words.</bdi>' in page
    assert said not in page
    with posted(CATALOG) as letters, bound_to(CATALOG):
        telling.tell()
    assert any("acme 的最新备份过旧（27 小时）。" in letter.body for letter in letters)


def test_what_a_drill_found_is_read_in_ones_own_language(
    acme: Tenant, oscar: User, oscar_client: Client, chinese: None
) -> None:
    wrong = sentence(TOO_SHORT, name="files.tar.zst.age", size=5, bytes=7)
    drill = drill_row(copy_row(acme), state="failed", failed_step="hashes", error=str(wrong))
    rows = (("hashes", wrong), ("decrypt", NOT_REACHED), ("parse", "pg_restore: error: x"))
    with bound_to(CATALOG):
        User.objects.filter(pk=oscar.pk).update(language="zh-hans")
        for place, (code, found) in enumerate(rows, start=1):
            DrillStep.objects.create(
                drill=drill,
                position=place,
                code=code,
                state="failed",
                found=str(found),
                words=facts_of(found),
            )
    page = oscar_client.get(f"/drills/{drill.pk}/").content.decode()
    assert (
        page.count("files.tar.zst.age 有 5 字节，应为 7。") == 2
    )  # of the step, and above all as the reason
    assert '<p dir="auto">没有执行到。</p>' in page
    assert '<p dir="auto" lang="en">pg_restore: error: x</p>' in page
    assert wrong not in page
