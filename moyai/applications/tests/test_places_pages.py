"""Pages of places: staff keep pools and draw, residents see what is left, answer an offer, check a draw."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from moyai.applications.actions.pools import PoolFacts, keep_pools
from moyai.applications.actions.procedures import create_procedure, edit_procedure, publish_edition
from moyai.applications.actions.review import withdraw
from moyai.applications.actions.submission import submit_application
from moyai.applications.models import Application, Pool, PoolDraw, Procedure, Taking
from moyai.applications.office import places
from moyai.applications.secrets import new_token, secret_of
from moyai.applications.tests.conftest import edition_of
from moyai.applications.tests.places_setup import DOCUMENT, FACTS
from moyai.applications.tests.test_C27_office import own_queries
from moyai.draws.verify_draw import main as verify
from moyai.tenants.public import Actor, acting_in, clock

S = Taking.State
OFFICE = "/chiba-shi/office/procedures/bread/places/"
PORTAL = "/chiba-shi/applications/bread/"


class Bread:
    """The course, and those who come."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.body = world.chiba
        self.tokens: dict[int, str] = {}
        clerk = world.actor(world.at_chiba.administrator, self.body)
        with acting_in(self.body) as now:
            made: dict[str, Any] = {"actor": clerk, "now": now}
            facts = FACTS | {"needs_review": True}
            procedure = create_procedure(**made, code="bread", facts=facts)
            publish_edition(**made, procedure=procedure, document=DOCUMENT | {"procedure": "bread"})
            self.procedure: Procedure = edit_procedure(**made, procedure=procedure, facts={"published": True})

    def pools(self, *facts: PoolFacts) -> list[Pool]:
        clerk = self.world.actor(self.world.at_chiba.clerk, self.body)
        with acting_in(self.body) as now:
            return keep_pools(actor=clerk, now=now, procedure=self.procedure, pools=facts)

    def comes(self, count: int = 1, session: str = "a") -> Application:
        token = new_token()
        with acting_in(self.body) as now:
            made = submit_application(
                actor=Actor.anyone(self.body),
                now=now,
                edition=edition_of(self.procedure),
                answers={"name": "髙﨑 花子", "session": session, "count": count},
                form_token=token,
            )
        self.tokens[made.pk] = token
        return made

    def leaves(self, application: Application) -> None:
        with acting_in(self.body) as now:
            withdraw(
                actor=Actor.anyone(self.body), now=now, application=application, reason="都合が悪くなったため"
            )

    def state(self, application: Application) -> str:
        with acting_in(self.body):
            return Taking.objects.filter(application=application).latest("id").state

    def asks(self, application: Application) -> Client:
        """The applicant's browser after 照会."""
        client = Client()
        data = {"number": application.public_number, "secret": secret_of(self.tokens[application.pk])}
        assert client.post("/chiba-shi/inquiry/", data).status_code == 302
        return client


@pytest.fixture
def bread(world: Any) -> Bread:
    return Bread(world)


LOTTERY = {
    "key": "a",
    "label": "12月6日 午前",
    "capacity": "2",
    "unit": "seats",
    "mode": "lottery",
    "waiting_list": "on",
    "offer_days": "3",
    "hold_minutes": "0",
    "draw_time": "17:15",
    "seed_source": "第1234回ロト6の当せん番号",
}


def test_a_clerk_adds_changes_and_closes_a_pool(
    client_for: Callable[[Any], Client], world: Any, bread: Bread
) -> None:
    client = client_for(world.at_chiba.clerk)
    data = LOTTERY | {"mode": "first", "draw_time": "", "capacity": "２０"}
    assert client.post(f"{OFFICE}new/", data).status_code == 302
    with acting_in(bread.body):
        pool = Pool.objects.get(procedure=bread.procedure)
    assert (pool.capacity, pool.mode, pool.waiting_list, pool.offer_days) == (20, "first", True, 3)
    again = client.post(f"{OFFICE}new/", data)
    assert again.status_code == 422 and "すでにあります" in again.content.decode()
    bread.comes(3)
    text = client.get(OFFICE).content.decode()
    assert "12月6日 午前" in text and '<progress max="20" value="3"' in text
    less = client.post(f"{OFFICE}{pool.pk}/edit/", data | {"capacity": "2"})
    assert less.status_code == 422 and "少なくはできません" in less.content.decode()
    assert client.post(f"{OFFICE}{pool.pk}/edit/", data | {"capacity": "3"}).status_code == 302
    assert client.post(f"{OFFICE}{pool.pk}/close/", {"closed": "1"}).status_code == 302
    with acting_in(bread.body):
        pool.refresh_from_db()
    assert (pool.capacity, pool.closed, pool.key) == (3, True, "a")
    assert "受付終了" in Client().get(f"{PORTAL}places/").content.decode()


def test_many_pools_from_a_pattern_and_out_and_in_as_csv(
    client_for: Callable[[Any], Client], world: Any, bread: Bread
) -> None:
    client = client_for(world.at_chiba.clerk)
    data = LOTTERY | {
        "mode": "first",
        "draw_time": "",
        "from_on": "2026-12-01",
        "until_on": "2026-12-31",
        "weekdays": ["5", "6"],
        "times": "9:00\n1330\n",
        "venues": "中央保健センター\n稲毛保健センター",
    }
    assert client.post(f"{OFFICE}generate/", data).status_code == 302
    with acting_in(bread.body):
        keys = list(
            Pool.objects.filter(procedure=bread.procedure).order_by("position").values_list("key", flat=True)
        )
    assert len(keys) == 8 * 2 * 2  # Saturdays and Sundays of December 2026
    assert keys[0] == "2026-12-05_09:00_中央保健センター"
    bad = client.post(f"{OFFICE}generate/", data | {"weekdays": [], "times": "25時"})
    assert bad.status_code == 422
    written = b"".join(client.get(f"{OFFICE}csv/").streaming_content)  # type: ignore[attr-defined]
    lines = written.decode("utf-8-sig").splitlines()
    assert len(lines) == 33 and lines[1].startswith("2026-12-05_09:00_中央保健センター,12月5日（土） 09:00")
    changed = written.decode("utf-8-sig").replace(",2,人・件,", ",7,人・件,")
    for encoding in ("utf-8-sig", "cp932"):
        file = SimpleUploadedFile("places.csv", changed.encode(encoding), content_type="text/csv")
        assert client.post(f"{OFFICE}import/", {"file": file}).status_code == 302
    with acting_in(bread.body):
        assert set(Pool.objects.filter(procedure=bread.procedure).values_list("capacity", flat=True)) == {7}
    wrong = changed.replace(",7,人・件,", ",七,人・件,", 1)
    file = SimpleUploadedFile("places.csv", wrong.encode(), content_type="text/csv")
    refused = client.post(f"{OFFICE}import/", {"file": file})
    assert refused.status_code == 422 and "2行目" in refused.content.decode()
    for junk in (b"", b"\xff\xfe\x00", b"a,b\n1,2\n"):
        file = SimpleUploadedFile("places.csv", junk or b" ", content_type="text/csv")
        assert client.post(f"{OFFICE}import/", {"file": file}).status_code == 422


def test_a_lottery_from_the_page_to_the_published_result(
    client_for: Callable[[Any], Client], world: Any, bread: Bread, tmp_path: Path
) -> None:
    clerk, approver = client_for(world.at_chiba.clerk), client_for(world.at_chiba.approver)
    with acting_in(bread.body) as now:
        draw_on = clock.today(now) + timedelta(days=1)
    assert clerk.post(f"{OFFICE}new/", LOTTERY | {"draw_on": draw_on.isoformat()}).status_code == 302
    with acting_in(bread.body):
        pool = Pool.objects.get(procedure=bread.procedure)
        draw = PoolDraw.objects.get(pool=pool)
    here = f"{OFFICE}{pool.pk}/"
    people = [bread.comes(1) for _each in range(4)]
    assert Client().get(f"{PORTAL}draws/{draw.pk}/").status_code == 404  # nothing is public before the freeze
    listed = Client().get(f"{PORTAL}places/").content.decode()
    assert "抽選の申込みの締切" in listed and ">4<" in listed
    assert "名簿は" in clerk.post(f"{here}freeze/", follow=True).content.decode()
    assert pool.draw_at is not None
    with clock.at(pool.draw_at):
        assert "名簿を確定する" in clerk.get(here).content.decode()
        clerk.post(f"{here}freeze/")
        listed = Client().get(f"{PORTAL}draws/{draw.pk}/").content.decode()
        assert "確定した名簿" in listed and "まだ決まっていません" in listed and "花子" not in listed
        assert clerk.post(f"{here}seed/", {"seed": "１２"}).status_code == 422
        assert clerk.post(f"{here}seed/", {"seed": "03 12 18 25 33 41"}).status_code == 302
        clerk.post(f"{here}draw/")  # one official is not enough
        wrong = approver.post(f"{here}seed/", {"seed": "03 12 18 25 33 42"})
        assert wrong.status_code == 422 and "先に入力された値と違います" in wrong.content.decode()
        assert "03 12 18 25 33 41" not in Client().get(f"{PORTAL}draws/{draw.pk}/").content.decode()
        assert approver.post(f"{here}seed/", {"seed": "03 12 18 25 33 41"}).status_code == 302
        clerk.post(f"{here}draw/")
        result = Client().get(f"{PORTAL}draws/{draw.pk}/").content.decode()
        assert "抽選の結果" in result and "03 12 18 25 33 41" in result and "花子" not in result
        archive = Client().get(f"{PORTAL}draws/{draw.pk}/files/")
        (tmp_path / "draw.zip").write_bytes(archive.content)
        assert verify([str(tmp_path / "draw.zip")]) == 0
        states = [bread.state(one) for one in people]
        assert sorted(states) == [S.TAKEN, S.TAKEN, S.WAITING, S.WAITING]
        waiting = people[states.index(S.WAITING)]
        browser = bread.asks(waiting)
        own = browser.get(f"/chiba-shi/inquiry/{waiting.public_number}/").content.decode()
        assert re.search(r"補欠 [12]番目", own)
        with acting_in(bread.body):
            taking = Taking.objects.get(application=waiting)
        proof = browser.get(f"/chiba-shi/inquiry/{waiting.public_number}/proof/{taking.pk}/")
        (tmp_path / "proof.json").write_bytes(proof.content)
        assert verify([str(tmp_path / "proof.json")]) == 0
        with acting_in(bread.body):
            other = Taking.objects.exclude(application=waiting).filter(pool=pool).first()
        assert other is not None
        assert browser.get(f"/chiba-shi/inquiry/{waiting.public_number}/proof/{other.pk}/").status_code == 404
        stranger = Client().get(f"/chiba-shi/inquiry/{waiting.public_number}/proof/{taking.pk}/")
        assert stranger.status_code == 302


def test_who_waits_is_offered_the_place_and_answers_on_the_page(bread: Bread) -> None:
    bread.pools(PoolFacts(key="a", label="12月6日 午前", capacity=1, waiting_list=True))
    first, second, third = bread.comes(), bread.comes(), bread.comes()
    browser = bread.asks(second)
    here = f"/chiba-shi/inquiry/{second.public_number}/"
    assert "補欠 1番目" in browser.get(here).content.decode()
    bread.leaves(first)
    text = browser.get(here).content.decode()
    assert "枠を確保する" in text and "辞退する" in text
    with acting_in(bread.body):
        taking = Taking.objects.get(application=second)
    for wrong in ({}, {"taking": "x", "answer": "accept"}, {"taking": taking.pk, "answer": "maybe"}):
        assert browser.post(f"{here}offer/", wrong).status_code == 404
    assert Client().post(f"{here}offer/", {"taking": taking.pk, "answer": "accept"}).status_code == 302
    assert bread.state(second) == S.OFFERED
    # Another applicant cannot answer for this one.
    other = bread.asks(third)
    other.post(f"/chiba-shi/inquiry/{third.public_number}/offer/", {"taking": taking.pk, "answer": "decline"})
    assert bread.state(second) == S.OFFERED
    browser.post(f"{here}offer/", {"taking": taking.pk, "answer": "decline"})
    assert [bread.state(one) for one in (second, third)] == [S.RELEASED, S.OFFERED]
    with acting_in(bread.body):
        taking = Taking.objects.get(application=third)
    other.post(f"/chiba-shi/inquiry/{third.public_number}/offer/", {"taking": taking.pk, "answer": "accept"})
    assert bread.state(third) == S.TAKEN


def test_staff_see_who_waits_and_move_somebody_up_with_a_reason(
    client_for: Callable[[Any], Client], world: Any, bread: Bread
) -> None:
    (pool,) = bread.pools(
        PoolFacts(key="a", label="12月6日 午前", capacity=4, waiting_list=True, offer_days=0)
    )
    big = bread.comes(3)
    waits, small = bread.comes(4), bread.comes(1)
    assert [bread.state(one) for one in (big, waits, small)] == [S.TAKEN, S.WAITING, S.TAKEN]
    client = client_for(world.at_chiba.clerk)
    with acting_in(bread.body):
        taking = Taking.objects.get(application=waits)
    here = f"{OFFICE}{pool.pk}/"
    text = client.get(here).content.decode()
    assert f"promote/{taking.pk}/" in text and "補欠1件" in text
    address = f"{here}promote/{taking.pk}/"
    assert client.post(address, {"reason": ""}).status_code == 422
    refused = client.post(address, {"reason": "災害のため"})
    assert refused.status_code == 422 and "空きが足りない" in refused.content.decode()
    bread.leaves(big)
    bread.leaves(small)
    assert bread.state(waits) == S.TAKEN
    assert client.get(address).status_code == 404


def test_a_long_waiting_list_is_shown_page_by_page(
    client_for: Callable[[Any], Client], world: Any, bread: Bread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "WAITING_ROWS", 2)
    (pool,) = bread.pools(PoolFacts(key="a", label="12月6日 午前", capacity=1, waiting_list=True))
    bread.comes(1)
    queue = [bread.comes(1).public_number for _ in range(5)]
    client = client_for(world.at_chiba.clerk)
    here = f"{OFFICE}{pool.pk}/"
    for start, shown in (("", queue[:2]), ("?from=2", queue[2:4]), ("?from=4", queue[4:])):
        text = client.get(here + start).content.decode()
        assert [number for number in queue if f"applications/{number}/" in text] == shown
        assert "補欠5件" in text
    assert "?from=2" in client.get(here).content.decode()
    assert client.get(here + "?from=²").status_code == 200


def test_the_pages_cost_the_same_for_any_number_of_pools(
    client_for: Callable[[Any], Client], world: Any, bread: Bread
) -> None:
    bread.pools(PoolFacts(key="a", label="A", capacity=5, waiting_list=True))
    clerk, anybody = client_for(world.at_chiba.clerk), Client()
    few = own_queries(clerk, OFFICE), own_queries(anybody, f"{PORTAL}places/")
    bread.pools(*(PoolFacts(key=f"k{number}", label=f"K{number}", capacity=5) for number in range(30)))
    assert (own_queries(clerk, OFFICE), own_queries(anybody, f"{PORTAL}places/")) == few
    assert few[0] <= 6 and few[1] <= 5
    with acting_in(bread.body):
        pool = Pool.objects.get(procedure=bread.procedure, key="a")
    bread.comes(5)
    one = own_queries(clerk, f"{OFFICE}{pool.pk}/")
    for _each in range(6):
        bread.comes(5)
    assert own_queries(clerk, f"{OFFICE}{pool.pk}/") == one <= 9


def test_attack_A7_another_bodys_staff_find_no_pool(
    client_for: Callable[[Any], Client], world: Any, bread: Bread
) -> None:
    (pool,) = bread.pools(PoolFacts(key="a", label="A", capacity=5))
    stranger = client_for(world.at_matsudo.clerk)
    for end in ("", "new/", "generate/", "csv/", "import/", f"{pool.pk}/", f"{pool.pk}/edit/"):
        assert stranger.get(f"{OFFICE}{end}").status_code == 404
        assert stranger.get(f"{OFFICE}{end}".replace("chiba-shi", "matsudo-shi")).status_code == 404
    assert stranger.post(f"{OFFICE}{pool.pk}/close/", {"closed": "1"}).status_code == 404
    for end in ("freeze/", "seed/", "draw/"):
        assert stranger.post(f"{OFFICE}{pool.pk}/{end}").status_code == 404
    with acting_in(bread.body):
        pool.refresh_from_db()
    assert not pool.closed
    assert Client().get("/matsudo-shi/applications/bread/places/").status_code == 404


def test_the_verifier_is_handed_out_as_it_stands_in_the_house(world: Any) -> None:
    answer = Client().get("/draws/verify_draw.py")
    text = Path("moyai/draws/verify_draw.py").read_text(encoding="utf-8")
    assert answer.status_code == 200 and answer.content.decode() == text
    assert "attachment" in answer["Content-Disposition"]
