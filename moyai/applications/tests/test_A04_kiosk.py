"""会場の端末: one page, without scripts and without a network; each answer once; nobody is throttled by the address."""

from __future__ import annotations

import re
from typing import Any

import pytest

from moyai.applications.actions import kiosks as acts
from moyai.applications.models import Application, Kiosk, Procedure
from moyai.applications.secrets import new_token
from moyai.people.models import Throttle
from moyai.tenants.public import acting_in

ANSWERS = {"age_band": "a30", "residence": "city", "joined": "no"}


def make(world: Any, **facts: Any) -> str:
    """A kiosk of the demo street's survey; gives its address."""
    actor = world.actor(world.at_chiba.clerk, world.chiba)
    with acting_in(world.chiba) as now:
        survey = Procedure.objects.get(body=world.chiba, code="survey")
        kiosk = acts.make_kiosk(actor=actor, now=now, procedure=survey, name="本部テント", **facts)
        return f"/chiba-shi/kiosk/{acts.token_of(kiosk)}/"


def count(world: Any) -> int:
    with acting_in(world.chiba):
        return Application.objects.filter(channel="kiosk").count()


def test_A04_kiosk_works_without_scripts(world: Any, client: Any, django_assert_max_num_queries: Any) -> None:
    address = make(world)
    with django_assert_max_num_queries(8):
        page = client.get(address)
    html = page.content.decode()
    assert page.status_code == 200 and "年代" in html and "不満に思ったこと" in html
    assert (
        "'unsafe" not in page["Content-Security-Policy"]
        and "script-src 'self'" in page["Content-Security-Policy"]
    )
    assert "sessionid" not in page.cookies and re.search(r'href="/en/chiba-shi/kiosk/', html)
    token = re.search(r'name="answer_token" value="([^"]+)"', html)
    assert token is not None
    sent = client.post(address, {**ANSWERS, "answer_token": token[1], "edition": "1"})
    assert sent.status_code == 200 and "ありがとうございました" in sent.content.decode()
    assert count(world) == 1
    again = client.post(address, {**ANSWERS, "answer_token": token[1], "edition": "1"})
    assert again.status_code == 200 and count(world) == 1
    wrong = client.post(address, {"joined": "yes", "answer_token": new_token()})
    assert wrong.status_code == 422 and "エラー" in wrong.content.decode() and count(world) == 1


def test_A04_tablet_is_answered_in_json(world: Any, client: Any) -> None:
    address = make(world)
    common = {"headers": {"accept": "application/json"}}
    token = new_token()
    for _turn in range(3):
        sent = client.post(address, {**ANSWERS, "answer_token": token}, **common)
        assert (sent.status_code, sent.json()) == (201, {"ok": True})
    assert count(world) == 1
    wrong = client.post(address, {"answer_token": new_token()}, **common)
    assert wrong.status_code == 422 and "age_band" in wrong.json()["fields"]
    other = client.post(address, {**ANSWERS, "age_band": "a20", "answer_token": token}, **common)
    assert other.status_code == 409 and count(world) == 1
    assert client.post(address, {**ANSWERS, "answer_token": "short"}, **common).status_code == 404


def test_A04_nothing_of_the_sender_is_kept(world: Any, client: Any) -> None:
    address = make(world)
    agent = "Geheimnis-Browser/98.76"
    sent = client.post(
        address,
        {**ANSWERS, "answer_token": new_token()},
        headers={"accept": "application/json", "user-agent": agent},
        REMOTE_ADDR="203.0.113.77",
    )
    assert sent.status_code == 201
    from moyai.applications.tests.test_A03_keeping import haystack

    with acting_in(world.chiba):
        row = Application.objects.filter(channel="kiosk").latest("id")
        assert (row.account_id, row.applicant, row.applicant_email, row.identity) == (
            None,
            "",
            "",
            row.identity,
        )
        assert not [place for place, text in haystack() if agent in text or "203.0.113" in text]


def test_A04_twenty_tablets_behind_one_address_are_not_throttled(world: Any, client: Any) -> None:
    address = make(world)
    answers = [
        client.post(
            address, {**ANSWERS, "answer_token": new_token()}, headers={"accept": "application/json"}
        ).status_code
        for _tablet in range(20)
        for _visitor in range(6)
    ]
    assert answers == [201] * 120 and count(world) == 120
    assert Throttle.objects.filter(kind="applications.kiosk").count() == 1  # one count, of the kiosk


def test_A04_a_kiosk_that_floods_is_told_so(world: Any, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "TRIES", 2)
    address = make(world)
    answers = [
        client.post(address, {**ANSWERS, "answer_token": new_token()}, headers={"accept": "application/json"})
        for _turn in range(3)
    ]
    assert [one.status_code for one in answers] == [201, 201, 429] and "Retry-After" in answers[2]
    assert count(world) == 2


def test_A04_only_what_anybody_may_answer_becomes_a_kiosk(world: Any, staff: Any, in_chiba: Any) -> None:
    before = Kiosk.objects.count()
    for code, why in (("juminhyo", "審査"), ("dog", "手数料")):
        with pytest.raises(acts.NotForKiosk, match=why):
            acts.make_kiosk(
                actor=staff["clerk"],
                now=in_chiba,
                procedure=Procedure.objects.get(body=world.chiba, code=code),
                name="x",
            )
    assert Kiosk.objects.count() == before


def test_A04_office_makes_shows_and_stops_a_kiosk(world: Any, client_for: Any, client: Any) -> None:
    clerk = client_for(world.at_chiba.clerk)
    base = "/chiba-shi/office/applications/kiosks/"
    made = clerk.post(base, {"procedure": "survey", "name": "南口", "idle_seconds": "60"}, follow=True)
    html = made.content.decode()
    address = re.search(r"<code>http://testserver(/chiba-shi/kiosk/[^<]+)</code>", html)
    assert address is not None and "data:image/svg+xml" in html
    page = made.redirect_chain[-1][0]
    assert client.get(address[1]).status_code == 200
    assert client_for(world.at_matsudo.clerk).get(page.replace("chiba-shi", "matsudo-shi")).status_code == 404
    assert client.get(address[1].replace("chiba-shi", "matsudo-shi")).status_code == 404
    clerk.post(page + "stop/")
    over = client.get(address[1])
    assert over.status_code == 410 and "終わりました" in over.content.decode()
    late = client.post(
        address[1], {**ANSWERS, "answer_token": new_token()}, headers={"accept": "application/json"}
    )
    assert late.status_code == 410
    kept = client.post(
        address[1],
        {**ANSWERS, "answer_token": new_token()},
        headers={"accept": "application/json", "x-kiosk-queued": "1"},
    )
    assert kept.status_code == 201  # what a tablet kept is taken for two days
