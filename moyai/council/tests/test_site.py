"""会員のページ: notices, papers by right, seats and offices, and the search — each member its own, nobody another's."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from moyai.council.actions.bylaws import enact, register_bylaw
from moyai.council.actions.offices import appoint, create_office
from moyai.council.actions.postings import (
    OverBeforePosted,
    WhichCommittee,
    end_posting,
    post,
)
from moyai.council.actions.seats import take_seat
from moyai.council.models import Item, Meeting, Paper, PaperFile, Posting
from moyai.council.queries.rights import committees_read_by
from moyai.council.queries.search import search, words_of
from moyai.council.tests.rooms import SINCE, committee_of
from moyai.notices.public import Message
from moyai.tenants.public import acting_in, clock

HOME = "/chiba-shi/office/council/"
THEIRS = "/matsudo-shi/office/council/"


@pytest.fixture
def by(world):
    return {"actor": world.actor(world.secretary, None), "now": clock.now()}


def said(answer: Any) -> str:
    return answer.content.decode()


def told(body: Any) -> list[str]:
    with acting_in(body):
        return sorted(
            Message.objects.of(body).filter(kind="council.posting").values_list("to_email", flat=True)
        )


def paper(title: str, readers: str, **where: Any) -> Paper:
    number = Paper.objects.count() + 1
    file = PaperFile.objects.create(
        sha256=f"{number:064d}", content_type="application/pdf", size=1, content=b"x"
    )
    return Paper.objects.create(
        title=title,
        name=f"{number}.pdf",
        file=file,
        position=number,
        readers=readers,
        brought_at=clock.now(),
        brought_by="協議会",
        **where,
    )


@pytest.fixture
def rooms(by, world) -> dict[str, Any]:
    """A board in which only 千葉市 sits, with a called sitting, an item, papers of every right and a notice."""
    board = committee_of(by, "board", "幹事会", kind="board")
    take_seat(**by, committee=board, body=world.chiba, from_on=SINCE)
    today = clock.today(by["now"])
    meeting = Meeting.objects.create(
        committee=board,
        fiscal_year=today.year,
        number=1,
        held_on=today + timedelta(days=7),
        state=Meeting.State.CALLED,
        public=False,
        place="県自治センター",
    )
    item = Item.objects.create(
        meeting=meeting, position=1, title="サーバ更新計画の案について", text="更新の方針"
    )
    return {
        "board": board,
        "meeting": meeting,
        "item": item,
        "own": paper("別紙1 更新計画", "committee", meeting=meeting, item=item),
        "members": paper("別紙2 全会員向けの更新資料", "members", meeting=meeting),
    }


def test_A14_papers_are_listed_by_right(rooms, world, client_for) -> None:
    chiba, matsudo = client_for(world.at_chiba.clerk), client_for(world.at_matsudo.clerk)
    for path in ("", "papers/"):
        assert "別紙1 更新計画" in said(chiba.get(HOME + path))
        assert "別紙1 更新計画" not in said(matsudo.get(THEIRS + path))
        assert "別紙2 全会員向けの更新資料" in said(matsudo.get(THEIRS + path))
    assert client_for(world.resident).get(HOME + "papers/").status_code == 404
    assert client_for(None).get(HOME + "papers/").status_code == 302


def test_A14_papers_of_a_sitting_not_called_yet_are_nobodys(rooms, world, client_for) -> None:
    Meeting.objects.filter(pk=rooms["meeting"].pk).update(state=Meeting.State.PLANNED)
    page = said(client_for(world.at_chiba.clerk).get(HOME))
    assert "別紙1 更新計画" not in page
    assert "別紙2 全会員向けの更新資料" not in page
    assert "県自治センター" not in page


def test_I05_an_advisers_staff_read_the_papers_of_the_committee(by, rooms, world, client_for) -> None:
    matsudo = client_for(world.at_matsudo.clerk)
    assert "別紙1 更新計画" not in said(matsudo.get(THEIRS))
    take_seat(**by, committee=rooms["board"], body=world.matsudo, capacity="adviser", from_on=SINCE)
    page = said(matsudo.get(THEIRS))
    assert "別紙1 更新計画" in page
    assert "アドバイザー" in page


def test_a_member_sees_its_seats_offices_and_coming_sittings(by, rooms, world, client_for) -> None:
    chair = create_office(
        **by, committee=rooms["board"], code="chair", name="幹事長", term_years=20, from_on=SINCE
    )
    appoint(**by, office=chair, body=world.chiba, from_on=SINCE, holder="情報政策課長")
    page = said(client_for(world.at_chiba.clerk).get(HOME))
    for words in (
        "幹事会",
        "県自治センター",
        "幹事長",
        "情報政策課長",
        "この団体の表決を待っている議案はありません。",
    ):
        assert words in page
    theirs = said(client_for(world.at_matsudo.clerk).get(THEIRS))
    assert "県自治センター" not in theirs
    assert "この団体が構成員である会議体はありません。" in theirs
    roster = said(client_for(world.at_matsudo.clerk).get(THEIRS + "roster/?on=H29.4.1"))
    assert "情報政策課長" in roster  # officers are known to every member
    assert "欠員" not in roster


def test_the_home_page_costs_the_same_however_much_there_is(
    by, rooms, world, client_for, django_assert_max_num_queries
) -> None:
    for number in range(8):
        one = committee_of(by, f"wg-{number}", f"第{number}部会")
        take_seat(**by, committee=one, body=world.chiba, from_on=SINCE)
        post(**by, title=f"お知らせ{number}", text="本文", committee=one, readers="committee", by_mail=False)
    client = client_for(world.at_chiba.clerk)
    client.get(HOME)
    with django_assert_max_num_queries(16):
        client.get(HOME)
    with django_assert_max_num_queries(14):
        client.get(HOME + "search/?q=お知らせ")


def test_A14_a_notice_for_all_members_reaches_their_administrators(by, world, client_for) -> None:
    post(**by, title="説明会を開きます", text="4月に開きます。")
    assert told(world.chiba) == ["administrator@chiba-shi.example"]
    assert told(world.matsudo) == ["administrator@matsudo-shi.example"]
    with acting_in(world.chiba):
        message = Message.objects.of(world.chiba).get(kind="council.posting")
    assert "説明会を開きます" in message.subject
    assert f"/chiba-shi/office/council/postings/{Posting.objects.get().pk}/" in message.text


def test_a_notice_for_one_committee_is_read_and_told_only_there(by, rooms, world, client_for) -> None:
    made = post(**by, title="幹事だけへ", text="日程の相談", readers="committee", committee=rooms["board"])
    assert told(world.chiba) == ["administrator@chiba-shi.example"]
    assert told(world.matsudo) == []
    assert client_for(world.at_chiba.clerk).get(f"{HOME}postings/{made.pk}/").status_code == 200
    assert client_for(world.at_matsudo.clerk).get(f"{THEIRS}postings/{made.pk}/").status_code == 404
    assert "幹事だけへ" not in said(client_for(world.at_matsudo.clerk).get(f"{THEIRS}postings/"))
    assert client_for(None).get(f"/council-report/notices/{made.pk}/").status_code == 404


def test_a_notice_for_everybody_is_public_until_its_last_day(by, client_for) -> None:
    today = clock.today(by["now"])
    made = post(
        **by, title="年次報告を公開しました", text="だれでも読めます。", readers="public", by_mail=False
    )
    anybody = client_for(None)
    assert "だれでも読めます。" in said(anybody.get(f"/council-report/notices/{made.pk}/"))
    assert "年次報告を公開しました" in said(anybody.get("/council-report/notices/"))
    earlier = post(
        **by,
        title="前の年度",
        text="終わり",
        readers="public",
        posted_at=by["now"] - timedelta(days=400),
        until_on=today - timedelta(days=300),
    )
    assert anybody.get(f"/council-report/notices/{earlier.pk}/").status_code == 404
    assert "前の年度" not in said(anybody.get("/council-report/notices/"))


def test_a_record_of_the_past_is_told_to_nobody(by, world) -> None:
    post(**by, title="昔のお知らせ", text="本文", posted_at=by["now"] - timedelta(days=3000))
    assert told(world.chiba) == told(world.matsudo) == []


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"readers": "committee"}, WhichCommittee),
        ({"until_on": date(2017, 4, 1)}, OverBeforePosted),
    ],
)
def test_a_notice_that_nobody_could_read_is_refused_and_nobody_is_told(by, world, facts, refusal) -> None:
    with pytest.raises(refusal):
        post(**by, title="お知らせ", text="本文", **facts)
    assert not Posting.objects.exists()
    assert told(world.chiba) == []


def test_a_notice_ends_and_leaves_the_first_page_but_not_the_list(by, world, client_for) -> None:
    earlier = by["now"] - timedelta(days=10)
    made = post(**by, title="締切のお知らせ", text="本文", posted_at=earlier)
    client = client_for(world.at_chiba.clerk)
    assert "締切のお知らせ" in said(client.get(HOME))
    with pytest.raises(OverBeforePosted):
        end_posting(**by, posting=made, until_on=clock.today(earlier) - timedelta(days=1))
    made.refresh_from_db()
    assert made.until_on is None
    end_posting(**by, posting=made, until_on=clock.today(by["now"]) - timedelta(days=1))
    assert "締切のお知らせ" not in said(client.get(HOME))
    assert "締切のお知らせ" in said(client.get(HOME + "postings/"))


def test_secretary_posts_on_the_page_and_a_wrong_form_posts_nothing(by, world, client_for) -> None:
    secretary = client_for(world.secretary)
    wrong = secretary.post(
        "/council/postings/new/", {"title": "件名", "text": "本文", "readers": "committee"}
    )
    assert wrong.status_code == 422
    assert "読む会議体を選んでください。" in said(wrong)
    assert not Posting.objects.exists()
    rule = register_bylaw(**by, code="charter", name="会則", kind="charter")
    enact(**by, bylaw=rule, from_on=SINCE, text="第8条 負担金")
    posted = {
        "title": "負担金のお知らせ",
        "text": "会則により、納めてください。",
        "readers": "members",
        "bylaw": "charter",
        "article": "第8条",
        "by_mail": "on",
    }
    assert secretary.post("/council/postings/new/", posted).status_code == 302
    made = Posting.objects.get()
    assert "第8条" in said(secretary.get(f"/council/postings/{made.pk}/"))
    assert "会則 第1版 第8条" in said(client_for(world.at_chiba.clerk).get(f"{HOME}postings/{made.pk}/"))
    assert len(told(world.chiba)) == 1


def test_notices_are_paged_by_key(by, world, client_for) -> None:
    for number in range(65):
        post(**by, title=f"お知らせ{number:03d}", text="本文", by_mail=False)
    client = client_for(world.secretary)
    first = said(client.get("/council/postings/"))
    assert "お知らせ064" in first
    assert "お知らせ034" not in first
    oldest = Posting.objects.order_by("-pk")[29].pk
    second = said(client.get(f"/council/postings/?before={oldest}"))
    assert "お知らせ034" in second
    assert 'rel="prev"' in second
    assert 'rel="next"' in second
    back = said(client.get(f"/council/postings/?after={Posting.objects.order_by('-pk')[30].pk}"))
    assert "お知らせ064" in back
    assert client.get("/council/postings/?before=abc").status_code == 200


def test_A14_the_search_finds_by_right_in_four_queries(
    by, rooms, world, client_for, django_assert_num_queries
) -> None:
    rule = register_bylaw(**by, code="plan", name="サーバ更新計画", kind="plan", public=False)
    enact(**by, bylaw=rule, from_on=SINCE, text="第1章 更新の考え方")
    post(**by, title="更新の説明会", text="サーバの更新について", by_mail=False)
    post(
        **by,
        title="幹事へ：更新の相談",
        text="サーバ",
        readers="committee",
        committee=rooms["board"],
        by_mail=False,
    )
    today = clock.today(by["now"])
    mine, theirs = (committees_read_by(body, today) for body in (world.chiba, world.matsudo))
    with django_assert_num_queries(4):
        found = search(words_of("更新"), mine)
    assert [one.title for one in found.postings] == ["幹事へ：更新の相談", "更新の説明会"]
    assert [one.title for one in found.items] == ["サーバ更新計画の案について"]
    assert [one.title for one in found.papers] == ["別紙2 全会員向けの更新資料", "別紙1 更新計画"]
    assert [one.bylaw.code for one in found.bylaws] == ["plan"]
    other = search(words_of("更新"), theirs)
    assert [one.title for one in other.postings] == ["更新の説明会"]
    assert other.items == ()
    assert [one.title for one in other.papers] == ["別紙2 全会員向けの更新資料"]
    page = said(client_for(world.at_matsudo.clerk).get(THEIRS + "search/", {"q": "更新"}))
    assert "3件見つかりました。" in page
    assert "別紙1 更新計画" not in page
    assert "サーバ更新計画の案について" not in page


def test_every_word_has_to_be_there_and_blanks_of_any_width_part_them(by) -> None:
    post(**by, title="更新の説明会", text="会場は県庁", by_mail=False)
    assert search(words_of("更新　県庁"), frozenset()).count == 1
    assert search(words_of("更新 市役所"), frozenset()).count == 0
    assert search(words_of("　 "), frozenset()).count == 0
    assert search(words_of("%"), frozenset()).count == 0


def test_an_empty_search_is_asked_for_its_words(world, client_for) -> None:
    client = client_for(world.at_chiba.clerk)
    answer = client.get(HOME + "search/", {"q": ""})
    assert answer.status_code == 422
    assert "探す言葉を入力してください。" in said(answer)
    assert client.get(HOME + "search/").status_code == 200
    assert "見つかりませんでした。" in said(client.get(HOME + "search/", {"q": "潜水艦"}))
