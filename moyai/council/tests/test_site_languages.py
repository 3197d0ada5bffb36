"""Public rules and notices in English and in easy Japanese: what the page says itself is said in the reader's words."""

from __future__ import annotations

from datetime import date

import pytest

from moyai.council.actions.bylaws import abolish_bylaw, enact, register_bylaw
from moyai.council.actions.postings import post
from moyai.council.models import Bylaw, Posting
from moyai.tenants.public import clock
from tests.reading import japanese_in_english, kanji_without_reading, strings_of


@pytest.fixture
def written(world) -> set[str]:
    """Every text that people wrote here: rules in force, abolished, to come, and a notice."""
    by = {"actor": world.actor(world.secretary, None), "now": clock.now()}
    for number, kind in enumerate(Bylaw.Kind.values):
        rule = register_bylaw(**by, code=kind, name=f"公開の文書{number}", kind=kind)
        enact(**by, bylaw=rule, from_on=date(2012, 4, 1), text="第1条 趣旨\n第2条 負担")
        enact(
            **by, bylaw=rule, from_on=date(2017, 11, 1), text="第1条 目的\n第2条 負担\n附則", label="秋の版"
        )
    abolish_bylaw(**by, bylaw=Bylaw.objects.get(code="procedure"), from_on=date(2018, 4, 1))
    post(**by, title="説明会", text="県庁で開きます。", readers="public", by_mail=False)
    texts = [*Bylaw.objects.values_list("name", flat=True), "秋の版", "説明会", "県庁で開きます。"]
    texts += ["第1条", "第2条", "趣旨", "目的", "負担", "附則"]
    return {text for one in texts for text in strings_of(one)}


PATHS = (
    "bylaws/",
    "bylaws/?on=2011-04-01",
    "bylaws/charter/?on=2018-04-01",
    "bylaws/procedure/?on=2018-04-01",
    "bylaws/charter/compare/?before=1&after=2",
    "notices/",
)


@pytest.mark.parametrize("path", PATHS)
def test_A14_a_public_page_is_english_in_english_and_readable_in_easy_japanese(
    written, client_for, path
) -> None:
    anybody = client_for(None)
    english = anybody.get(f"/en/council-report/{path}")
    assert english.status_code == 200
    assert japanese_in_english(english.content.decode()) == []
    easy = anybody.get(f"/ja-easy/council-report/{path}")
    assert easy.status_code == 200
    assert kanji_without_reading(easy.content.decode(), written) == []


def test_a_notice_is_readable_in_both(written, client_for) -> None:
    anybody = client_for(None)
    path = f"council-report/notices/{Posting.objects.get().pk}/"
    assert japanese_in_english(anybody.get(f"/en/{path}").content.decode()) == []
    assert kanji_without_reading(anybody.get(f"/ja-easy/{path}").content.decode(), written) == []
