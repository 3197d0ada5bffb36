"""抽選のページ: a resident enters, sees the result and proves it; staff plan, seed and draw; nobody else sees names."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from moyai.audit.public import Deed
from moyai.draws.verify_draw import main as verify
from moyai.reservations.models import Entry, Registration, Round
from moyai.reservations.tests.halls import make_person
from moyai.reservations.tests.rounds import AM, SEED, Lottery, make_lottery
from moyai.tenants.public import Actor, acting_in, clock

R, OFFICE = "/chiba-shi/lotteries", "/chiba-shi/office/lotteries"
ClientFor = Callable[[Any], Client]


@pytest.fixture
def lottery(world: Any) -> Lottery:
    with acting_in(world.chiba) as now:
        found = make_lottery(world, now, entry_cap=2)
        made = make_person(world.chiba, "千葉 花子", now=now, account_id=world.resident.pk)
        found.people.append(made)
        for _each in range(3):
            found.enter(found.person(), found.wish("a", AM))
    return found


def later_on(lottery: Lottery, world: Any, do: Callable[[], Any]) -> Any:
    with acting_in(world.chiba):
        return do()


def said(answer: Any) -> str:
    return re.sub(r"<[^>]+>", "", answer.content.decode())


def test_everybody_sees_rounds_and_their_terms_in_few_queries(
    lottery: Lottery, client: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(8):
        answer = client.get(f"{R}/")
    assert answer.status_code == 200 and "2月分 体育館" in said(answer) and "受付中" in said(answer)
    with django_assert_max_num_queries(9):
        answer = client.get(f"{R}/{lottery.round.pk}/")
    text = said(answer)
    assert "第1234回ロト6の本数字" in text and "人ごと" in text and "この抽選に申し込む" in text
    assert client.get(f"{R}/999999999/").status_code == 404
    assert client.get(f"/matsudo-shi/lotteries/{lottery.round.pk}/").status_code == 404
    assert client.get(f"{R}/{lottery.round.pk}/files/").status_code == 404


def test_a_resident_collects_wishes_and_enters(
    lottery: Lottery, world: Any, client_for: ClientFor, django_assert_max_num_queries: Any
) -> None:
    client, here = client_for(world.resident), f"{R}/{lottery.round.pk}"
    empty = client.get(f"{here}/enter/")
    assert "希望はまだありません" in said(empty) and "第1希望を選ぶ" in said(empty)
    with django_assert_max_num_queries(20):
        choose = client.get(f"{here}/wish/")
    assert choose.status_code == 200 and "体育館" in said(choose)
    unit, room = lottery.hall.units["ab"].pk, lottery.hall.gym.pk
    asked = f"room={room}&unit={unit}&day={lottery.day}&starts=540&ends=720"
    wrong = client.get(f"{here}/wish/?room={room}&unit={unit}&day={lottery.day}&starts=780&ends=720")
    assert wrong.status_code == 422 and "終了を、開始より後に" in said(wrong)
    back = client.get(f"{here}/wish/?{asked}")
    assert back.status_code == 302 and f"w={unit}%3A{lottery.day}%3A540-720" in back["Location"]
    second = f"{lottery.hall.units['cd'].pk}:{lottery.day}:780-1020"
    filled = client.get(f"{back['Location']}&w={second}")
    assert "第2希望を1つ上にする" in said(filled) and "千葉 花子" in said(filled)
    who = lottery.people[0].number
    posted = {"w": [f"{unit}:{lottery.day}:540-720", second], "registration": who, "purpose": "badminton"}
    answer = client.post(f"{here}/enter/", posted, headers={"User-Agent": "Mozilla/5.0 (iPhone; Mobile)"})
    assert answer.status_code == 302, said(answer)
    entry = later_on(lottery, world, lambda: Entry.objects.get(registration=lottery.people[0]))
    assert [one["starts"] for one in entry.wishes] == [540, 780] and entry.channel == "smartphone"
    with django_assert_max_num_queries(14):
        page = client.get(answer["Location"])
    assert "抽選待ち" in said(page) and "申込みを取り下げる" in said(page)
    mine = client.get(f"{R}/mine/")
    assert "2月分 体育館" in said(mine)
    gone = client.post(answer["Location"], {"act": "withdraw"}, follow=True)
    assert "取下げ" in said(gone)
    assert client.post(answer["Location"], {"act": "nonsense"}).status_code == 404


def test_what_cannot_be_entered_is_said_and_not_kept(
    lottery: Lottery, world: Any, client_for: ClientFor
) -> None:
    client, here = client_for(world.resident), f"{R}/{lottery.round.pk}/enter/"
    unit, who = lottery.hall.units["ab"].pk, lottery.people[0].number
    for posted, words in (
        ({"w": [f"{unit}:{lottery.day}:540-700"], "registration": who, "purpose": "badminton"}, "第1希望："),
        ({"w": [f"{unit}:2020-01-01:540-720"], "registration": who, "purpose": "badminton"}, "第1希望："),
        ({"w": [f"{unit}:{lottery.day}:540-720"], "registration": who}, "利用目的"),
        (
            {"w": ["x", "1:2:3", "9:2020-13-01:1-2"], "registration": who, "purpose": "badminton"},
            "希望は1から3まで",
        ),
        ({"w": [f"{unit}:{lottery.day}:540-720"], "registration": "123456789012"}, "利用者登録"),
        (
            {"w": ["99999999999:2027-02-01:540-720"], "registration": who, "purpose": "badminton"},
            "この室場は選べません",
        ),
    ):
        answer = client.post(here, posted)
        assert answer.status_code == 422 and words in said(answer), said(answer)
    assert later_on(lottery, world, lambda: Entry.objects.filter(registration=lottery.people[0]).count()) == 0


def test_a_stranger_signs_in_first_and_sees_nobody_elses_entry(
    lottery: Lottery, world: Any, client: Client, client_for: ClientFor
) -> None:
    number = later_on(
        lottery,
        world,
        lambda: Entry.objects.filter(round=lottery.round).values_list("number", flat=True).first(),
    )
    for place in (f"{R}/{lottery.round.pk}/enter/", f"{R}/mine/", f"{R}/mine/{number}/"):
        assert client.get(place).status_code == 302
    other = client_for(world.resident)
    for place in (f"{R}/mine/{number}/", f"{R}/mine/{number}/proof/"):
        assert other.get(place).status_code == 404
    assert other.post(f"{R}/mine/{number}/", {"act": "withdraw"}).status_code == 404


def test_staff_plan_a_round_from_the_policy(lottery: Lottery, world: Any, client_for: ClientFor) -> None:
    client = client_for(world.at_chiba.clerk)
    page = client.get(f"{OFFICE}/new/")
    assert page.status_code == 200 and "抽選回を予定する" in said(page)
    with acting_in(world.chiba) as now:
        today = clock.today(now)
    first = lottery.day.replace(day=1) + timedelta(days=62)
    posted = {
        "title": "4月分",
        "for_from": first.isoformat(),
        "for_until": (first + timedelta(days=20)).isoformat(),
        "enter_on": today.isoformat(),
        "enter_at": "0:00",
        "end_on": (today + timedelta(days=3)).isoformat(),
        "end_at": "17:00",
        "mode": "wish",
        "win_cap": "2",
        "wishes": "3",
        "entry_cap": "1",
        "classes_first": ["resident"],
        "promote_hours": "72",
        "seed_kind": "officials",
        "seed_source": "第1300回ロト6の本数字",
        "rooms": [str(lottery.hall.gym.pk)],
    }
    refused = client.post(f"{OFFICE}/new/", posted | {"seed_source": ""})
    assert refused.status_code == 422 and "種をどこから得るか" in said(refused)
    assert client.post(f"{OFFICE}/new/", posted).status_code == 302
    made = later_on(lottery, world, lambda: Round.objects.get(title="4月分"))
    assert (made.mode, made.win_cap, made.classes_first) == ("wish", 2, ["resident"])
    assert client.get(f"{OFFICE}/{made.pk}/edit/").status_code == 404  # its entries have begun


def test_staff_freeze_seed_by_two_and_draw_and_everybody_can_check_it(
    lottery: Lottery,
    world: Any,
    client_for: ClientFor,
    client: Client,
    tmp_path: Path,
    django_assert_max_num_queries: Any,
) -> None:
    clerk, approver = client_for(world.at_chiba.clerk), client_for(world.at_chiba.approver)
    here = f"{OFFICE}/{lottery.round.pk}/"
    early = clerk.post(f"{here}freeze/", follow=True)
    assert "受付が終わると確定します" in said(early)
    with clock.at(lottery.round.enter_until + timedelta(hours=1)):
        assert "名簿を確定する" in said(clerk.get(here))
        assert "公開しました" in said(clerk.post(f"{here}freeze/", follow=True))
        assert "先に" not in said(clerk.post(f"{here}seed/", {"seed": SEED}, follow=True))
        assert clerk.post(f"{here}seed/", {"seed": "12"}).status_code == 422
        other = approver.post(f"{here}seed/", {"seed": "03 12 18 25 33 42"})
        assert other.status_code == 422 and "先に入力された値と違います" in said(other)
        hidden = client.get(f"{R}/{lottery.round.pk}/")
        assert SEED not in said(hidden) and "確定した名簿" in said(hidden)
        approver.post(f"{here}seed/", {"seed": SEED})
        assert "抽選しました" in said(clerk.post(f"{here}draw/", follow=True))
        with acting_in(world.chiba) as now:
            from moyai.reservations.actions.lotteries.draw import publish_round
            from moyai.reservations.jobs.lotteries import book_wins

            publish_round(actor=Actor.system(world.chiba), now=now, round=lottery.round, stage="result")
            book_wins(round_id=lottery.round.pk, now=now)
        with django_assert_max_num_queries(11):
            page = client.get(f"{R}/{lottery.round.pk}/")
        text = said(page)
        assert SEED in text and "名簿と結果の一式" in text and "当選（第1希望）" in text
        for person in lottery.people:
            assert person.name not in text
        packed = client.get(f"{R}/{lottery.round.pk}/files/")
        (tmp_path / "draw.zip").write_bytes(packed.content)
        assert verify([str(tmp_path / "draw.zip")]) == 0
        assert "draw/verify_draw.py" in zipfile.ZipFile(io.BytesIO(packed.content)).namelist()
        with django_assert_max_num_queries(14):
            names = clerk.get(f"{here}entries/")
        assert lottery.people[1].name in said(names)
    looks = later_on(
        lottery,
        world,
        lambda: Deed.objects.filter(verb="reservations.view_entries", thing_id=lottery.round.pk).count(),
    )
    assert looks == 1


def test_the_entrant_downloads_a_proof_and_confirms_his_win(
    lottery: Lottery, world: Any, client_for: ClientFor, tmp_path: Path
) -> None:
    def make() -> str:
        Round.objects.filter(pk=lottery.round.pk).update(
            confirm_until=lottery.round.enter_until + timedelta(days=5)
        )
        lottery.round.refresh_from_db()
        entry = lottery.enter(lottery.people[0], lottery.wish("cd", AM))
        lottery.draw()
        from moyai.reservations.jobs.lotteries import book_wins

        book_wins(round_id=lottery.round.pk, now=lottery.now)
        return str(entry.number)

    number = later_on(lottery, world, make)
    client, here = client_for(world.resident), f"{R}/mine/{number}/"
    with clock.at(lottery.round.enter_until + timedelta(days=1)):
        page = client.get(here)
        assert "予約を確定する" in said(page) and "までに確定してください" in said(page)
        proof = client.get(f"{here}proof/")
        (tmp_path / "proof.json").write_bytes(proof.content)
        assert verify([str(tmp_path / "proof.json")]) == 0
        assert json.loads(proof.content)["root"] == lottery.round.root
        done = client.post(here, {"act": "confirm"}, follow=True)
        assert "予約を確定しました" in said(done) and "予約を見る" in said(done)


def test_another_bodys_staff_and_residents_find_nothing_at_the_office(
    lottery: Lottery, world: Any, client_for: ClientFor
) -> None:
    theirs = client_for(world.at_matsudo.clerk)
    for name in ("", "entries/", "seed/", "edit/", "call-off/"):
        assert theirs.get(f"{OFFICE}/{lottery.round.pk}/{name}").status_code == 404
        assert theirs.get(f"/matsudo-shi/office/lotteries/{lottery.round.pk}/{name}").status_code == 404
    assert theirs.post(f"/matsudo-shi/office/lotteries/{lottery.round.pk}/draw/").status_code == 404
    clerk = client_for(world.at_chiba.clerk)
    assert clerk.post(f"{OFFICE}/{lottery.round.pk}/nonsense/").status_code == 404
    refused = clerk.post(f"{OFFICE}/{lottery.round.pk}/call-off/", {"reason": "工事のため"})
    assert refused.status_code == 422
    assert later_on(lottery, world, lambda: Round.objects.get(pk=lottery.round.pk).state) == "open"


def test_without_a_registration_the_page_says_where_to_get_one(
    lottery: Lottery, world: Any, client_for: ClientFor
) -> None:
    later_on(
        lottery,
        world,
        lambda: Registration.objects.filter(account_id=world.resident.pk).update(state="pending"),
    )
    answer = client_for(world.resident).get(f"{R}/{lottery.round.pk}/enter/")
    assert "有効な利用者登録が必要です" in said(answer) and "申し込む方" not in said(answer)


def test_out_of_its_period_a_round_cannot_be_entered(
    lottery: Lottery, world: Any, client_for: ClientFor
) -> None:
    client = client_for(world.resident)
    with clock.at(lottery.round.enter_until):
        answer = client.post(f"{R}/{lottery.round.pk}/enter/", {"w": [], "registration": "1"}, follow=True)
    assert "受付期間ではありません" in said(answer)
