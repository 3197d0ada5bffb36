"""A resident at the portal: without script, without an account, page by page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from moyai.applications.actions.procedures import edit_procedure, publish_edition
from moyai.applications.models import Application, Draft
from moyai.applications.tests.conftest import DOCUMENT, make_procedure
from moyai.applications.tests.portal import PERSON, procedure_of, token_in
from moyai.tenants.public import acting_in, clock

BASE = "/chiba-shi"


@pytest.fixture
def open_procedure(world: Any) -> Any:
    actor = world.actor(world.at_chiba.administrator, world.chiba)
    with acting_in(world.chiba) as now:
        return make_procedure(actor=actor, now=now)


def _ours() -> Any:
    """Applications of these tests; the world has some of its own."""
    return Application.objects.filter(procedure__code="bicycle-parking")


def fill(client: Client, *, code: str = "bicycle-parking", kind: str = "bicycle") -> str:
    """Go through the pages up to the check page; its path."""
    first = client.get(f"{BASE}/applications/{code}/new/")
    token = re.search(r'name="token" value="([^"]+)"', first.content.decode())[1]  # type: ignore[index]
    page = client.post(
        f"{BASE}/applications/{code}/new/",
        {"token": token, "name": "髙﨑 花子", "kana": "たかさき はなこ", "mail": "hanako@example.jp"},
    )
    assert page.status_code == 302, page.content.decode()
    page = client.post(page["Location"], {"kind": kind, "months": "３"})
    assert page.status_code == 302, page.content.decode()
    return str(page["Location"])


def test_start_page_tells_and_sets_no_cookie(client: Client, open_procedure: Any) -> None:
    page = client.get(f"{BASE}/applications/bicycle-parking/")
    assert page.status_code == 200
    assert not page.cookies
    text = page.content.decode()
    assert "防犯登録の番号" in text and "申込みを始める" in text and "開庁日で5日" in text


def test_index_finds_by_words_and_says_when_nothing_fits(client: Client, open_procedure: Any) -> None:
    assert "自転車等駐車場の利用申請" in client.get(f"{BASE}/?q=自転車").content.decode()
    assert "「潜水艦」に合う手続きはありませんでした" in client.get(f"{BASE}/?q=潜水艦").content.decode()


def test_looking_at_the_first_page_makes_no_draft(client: Client, open_procedure: Any, world: Any) -> None:
    assert client.get(f"{BASE}/applications/bicycle-parking/new/").status_code == 200
    with acting_in(world.chiba):
        assert Draft.objects.count() == 0


def test_resident_applies_and_sees_number_and_secret_again_after_reload(
    client: Client, open_procedure: Any, world: Any
) -> None:
    check = fill(client)
    page = client.get(check)
    assert "まだ申込みは完了していません" in page.content.decode()
    assert "髙﨑 花子" in page.content.decode() and "タカサキ　ハナコ" in page.content.decode()
    done = client.post(check)
    assert done.status_code == 302
    receipt = client.get(done["Location"]).content.decode()
    number = re.search(r"(\d{4}-\d{4}-\d{4})", receipt)[1]  # type: ignore[index]
    secret = re.search(r"([2-9A-Z]{5}-[2-9A-Z]{5})", receipt)[1]  # type: ignore[index]
    assert client.get(done["Location"]).content.decode().count(secret) == 1
    with acting_in(world.chiba):
        application = _ours().get()
        assert application.public_number == number.replace("-", "")
        assert application.answers["months"] == 3 and application.applicant == "髙﨑 花子"
        assert secret.replace("-", "") not in str(application.__dict__)
    # twice the same button, and the pages of a draft that is sent, lead to the receipt
    assert client.post(check)["Location"] == done["Location"]
    with acting_in(world.chiba):
        assert _ours().count() == 1
    # inquiry by number and secret, in any writing
    found = client.post(f"{BASE}/inquiry/", {"number": number.replace("-", "－"), "secret": secret.lower()})
    assert found.status_code == 302
    state = client.get(found["Location"]).content.decode()
    assert "受付済" in state and "髙﨑 花子" in state


def test_wrong_number_and_wrong_secret_read_alike(client: Client, open_procedure: Any, world: Any) -> None:
    check = fill(client)
    client.post(check)
    with acting_in(world.chiba):
        number = _ours().get().public_number
    words = "整理番号またはパスワードが違います。"
    for typed in (
        {"number": number, "secret": "AAAAA22222"},
        {"number": "123456789012", "secret": "AAAAA22222"},
    ):
        page = Client().post(f"{BASE}/inquiry/", typed)
        assert page.status_code == 422 and words in page.content.decode()


def test_guessing_is_slowed_down(client: Client, open_procedure: Any, world: Any) -> None:
    check = fill(client)
    client.post(check)
    with acting_in(world.chiba):
        number = _ours().get().public_number
    codes = [
        client.post(f"{BASE}/inquiry/", {"number": number, "secret": "AAAAA22222"}).status_code
        for _ in range(7)
    ]
    assert codes[0] == 422 and codes[-1] == 429


def test_missing_answers_stay_on_the_page_with_their_words(
    client: Client, open_procedure: Any, world: Any
) -> None:
    first = client.get(f"{BASE}/applications/bicycle-parking/new/")
    token = re.search(r'name="token" value="([^"]+)"', first.content.decode())[1]  # type: ignore[index]
    page = client.post(
        f"{BASE}/applications/bicycle-parking/new/",
        {"token": token, "name": "髙﨑 花子", "kana": "高崎", "mail": ""},
    )
    text = page.content.decode()
    assert page.status_code == 422
    assert "<title>エラー（1件）：" in text
    assert "氏名（フリガナ）はカタカナかひらがなで入力してください。" in text and 'value="高崎"' in text
    with acting_in(world.chiba):
        assert Draft.objects.count() == 0


def test_answer_that_cannot_be_read_is_saved_as_typed_and_told_of(
    client: Client, open_procedure: Any, world: Any
) -> None:
    check = fill(client)
    step = check.replace("/check/", "/pages/what/")
    left = client.post(step, {"kind": "bicycle", "months": "さん", "leave": "1"})
    assert left["Location"] == check.replace("/check/", "/saved/")
    saved = client.get(left["Location"]).content.decode()
    assert "入力したまま保存しました。" in saved and "：利用する月数" in saved
    with acting_in(world.chiba):
        draft = Draft.objects.get()
        assert draft.answers["months"] == "さん" and draft.answers["kind"] == "bicycle"
        assert draft.saved_at is not None and draft.page == "what"
    assert 'value="さん"' in client.get(step).content.decode()  # to be mended, not typed again
    assert client.post(check).status_code != 200
    with acting_in(world.chiba):
        assert not _ours().exists()
    on = client.post(step, {"kind": "bicycle", "months": "さん"})
    assert on.status_code == 422  # going on still asks for an answer that can be read
    assert client.post(step, {"kind": "bicycle", "months": "3"})["Location"] == check


def test_first_page_left_with_a_date_nobody_can_read_is_found_as_it_was_typed(
    client: Client, world: Any
) -> None:
    procedure_of(world, "births")
    start = f"{BASE}/applications/births/new/"
    page = client.get(start).content.decode()
    date = [name for name in re.findall(r'name="(born_on[^"]*)"', page) if not name.endswith("era")]
    posted = {"token": token_in(page), **PERSON, "leave": "1"} | dict(
        zip(date, ("2001", "13", "40"), strict=True)
    )
    left = client.post(start, posted)
    assert left.status_code == 302 and left["Location"].endswith("/saved/")
    assert "：生年月日" in client.get(left["Location"]).content.decode()
    again = client.get(left["Location"].replace("/saved/", "/pages/who/")).content.decode()
    assert all(f'value="{text}"' in again for text in ("2001", "13", "40", PERSON["name"]))


def test_saved_answers_are_found_again_elsewhere_with_link_and_code(
    client: Client, open_procedure: Any, world: Any
) -> None:
    check = fill(client)
    step = check.replace("/check/", "/pages/what/")
    left = client.post(step, {"kind": "bicycle", "months": "", "leave": "1"})
    assert left.status_code == 302
    saved = client.get(left["Location"]).content.decode()
    code = re.search(r"(\d{4}-\d{4})</span>", saved)[1]  # type: ignore[index]
    link = check.replace("check/", "")
    other = Client()
    assert other.get(check)["Location"] == link  # the link alone shows nothing
    assert "髙﨑" not in other.get(link).content.decode()
    wrong = other.post(link, {"code": "00000000"})
    assert wrong.status_code == 422
    again = other.post(link, {"code": code})
    assert again.status_code == 302
    assert "髙﨑 花子" in other.get(check).content.decode()
    pasted = Client().post(f"{BASE}/drafts/", {"link": f"http://testserver{link}", "code": code})
    assert pasted.status_code == 302


def test_later_answers_that_go_are_told_first(client: Client, open_procedure: Any, world: Any) -> None:
    check = fill(client, kind="moped")
    plate = check  # the moped's own page comes next
    assert "/pages/moped/" in plate
    page = client.post(plate, {"plate": "千葉市 あ 12-34"})
    what = plate.replace("/pages/moped/", "/pages/what/")
    told = client.post(what, {"kind": "bicycle", "months": "3"})
    assert told.status_code == 200 and "標識番号" in told.content.decode()
    assert "次の1件の回答が不要になり" in told.content.decode()
    assert "あ 12-34" in client.get(page["Location"]).content.decode()  # nothing is gone yet
    done = client.post(what, {"kind": "bicycle", "months": "3", "confirmed": "1"})
    assert done.status_code == 302
    assert "標識番号" not in client.get(page["Location"]).content.decode()


def test_deadline_is_an_instant_and_the_draft_is_kept(
    client: Client, open_procedure: Any, world: Any
) -> None:
    check = fill(client)
    actor = world.actor(world.at_chiba.administrator, world.chiba)
    with acting_in(world.chiba) as now:
        edit_procedure(
            actor=actor, now=now, procedure=open_procedure, facts={"closes_at": now + timedelta(hours=1)}
        )
        closes = now + timedelta(hours=1)
    with clock.at(closes):
        late = client.post(check)
    assert late.status_code == 409
    assert "に終わりました。入力した内容は保存してあります。" in late.content.decode()
    with acting_in(world.chiba):
        assert _ours().count() == 0 and Draft.objects.get().answers["months"] == 3
    with clock.at(closes - timedelta(seconds=1)):
        assert client.post(check).status_code == 302


def test_new_edition_in_between_shows_what_changed(client: Client, open_procedure: Any, world: Any) -> None:
    check = fill(client)
    actor = world.actor(world.at_chiba.administrator, world.chiba)
    import copy

    document = copy.deepcopy(DOCUMENT)
    document["in_flight"] = {"policy": "migrate"}
    document["pages"][1]["fields"].append(
        {"id": "place", "kind": "text", "label": "利用する駐車場", "required": True}
    )
    with acting_in(world.chiba) as now:
        publish_edition(actor=actor, now=now, procedure=open_procedure, document=document)
    page = client.get(check)
    assert page.status_code == 302
    told = client.get(page["Location"]).content.decode()
    assert "利用する駐車場" in told
    moved = client.post(page["Location"])
    assert "/pages/who/" in moved["Location"]
    assert "利用する駐車場" in client.get(check).content.decode()
    with acting_in(world.chiba):
        assert Draft.objects.get().answers["name"] == "髙﨑 花子"


def test_another_bodys_link_and_number_are_absent(client: Client, open_procedure: Any, world: Any) -> None:
    check = fill(client)
    assert client.get(check.replace("/chiba-shi/", "/matsudo-shi/")).status_code == 404
    assert client.get("/matsudo-shi/applications/bicycle-parking/").status_code == 404
    client.post(check)
    with acting_in(world.chiba):
        number = _ours().get().public_number
    page = client.get(f"/matsudo-shi/inquiry/{number}/")
    assert page.status_code == 302 and page["Location"].endswith("/matsudo-shi/inquiry/")
