"""稼働のページ (M6): of the secretariat, of members, of everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from moyai.operations.actions.stops import announce_stop, note_outage
from moyai.operations.actions.systems import agree_level, lean_on
from moyai.operations.jobs.telling import tell_of_stop
from moyai.operations.models import Dependency, MonthlyLevel, Probe, ServiceHours, ServiceLevel, Stop, System
from moyai.operations.tests.places import OPENED, a_system, minutes, secretary
from moyai.tenants.public import Service, ServiceUse, acting_in, clock

LEVELS = "/council/levels/"


@pytest.fixture
def now(world: Any) -> Any:
    return clock.now()


def test_M6_the_secretary_registers_a_system_and_all_that_is_agreed_about_it(
    world: Any, client_for: Any
) -> None:
    desk = client_for(world.secretary)
    Service.objects.create(code="procurement", name="電子調達", scope="all")
    facts = {
        "code": "e-bidding",
        "name": "電子入札",
        "service": "procurement",
        "sides": "supplier 受注者側\norderer 発注者側",
        "from_on": "H29.4.1",
    }
    assert desk.post(f"{LEVELS}new/", facts | {"sides": "受注者側"}).status_code == 422
    assert not System.objects.filter(code="e-bidding").exists()
    assert desk.post(f"{LEVELS}new/", facts).status_code == 302
    known = desk.post(f"{LEVELS}new/", facts)
    assert known.status_code == 422 and "この記号のシステムは、すでにあります。" in known.content.decode()
    a_system("ground", name="共通基盤")
    here = f"{LEVELS}systems/e-bidding/"
    for path, given, wrong in (
        ("hours/", {"weekdays": ["0", "1"], "begins": "8:00", "ends": "20時", "from_on": "H30.4.1"}, {"ends": "7:00"}),
        ("dependency/", {"on": "ground", "from_on": "H29.4.1"}, {"on": "e-bidding"}),
        ("level/", {"percent": "99.7", "source": "合意書", "from_on": "H29.4.1"}, {"percent": "101"}),
        ("change/", {"name": "電子入札システム", "service": "procurement"}, {"until_on": "H28.1.1"}),
        ("stops/outage/", {"begins_on": "H29.6.1", "begins_at": "9:00", "ends_on": "H29.6.1", "ends_at": "9:30"}, {"ends_at": "8:00"}),
        ("stops/unknown/", {"begins_on": "H29.7.1", "begins_at": "9:00", "ends_on": "H29.7.1", "ends_at": "9:30"}, {"ends_on": ""}),
        (
            "stops/planned/",
            {"begins_on": "R12.7.1", "begins_at": "9:00", "ends_on": "R12.7.1", "ends_at": "24:00"},
            {"begins_on": "H29.7.1", "ends_on": "H29.7.1"},
        ),
        ("probe/", {"name": "夜間", "kind": "push", "every_seconds": "60", "grace_seconds": "0"}, {"kind": "http", "url": "http://10.0.0.1/"}),
    ):  # fmt: skip
        assert desk.get(here + path).status_code == 200, path
        assert desk.post(here + path, given | wrong).status_code == 422, path
        assert desk.post(here + path, given).status_code in (200, 302), path
    system = System.objects.get(code="e-bidding")
    assert ServiceHours.objects.filter(system=system).count() == 2
    assert Dependency.objects.filter(system=system).count() == 1
    assert list(ServiceLevel.objects.filter(system=system).values_list("numerator", "denominator")) == [
        (997, 1000)
    ]
    assert Stop.objects.filter(system=system, probe__isnull=True).count() == 3
    assert Probe.objects.filter(system=system, kind="push").count() == 1
    page = desk.get(f"{here}?fiscal_year=2017").content.decode()
    assert "受注者側" in page and "共通基盤" in page and "99.7％" in page
    assert desk.get(f"{here}?fiscal_year=2017&side=orderer&format=csv").status_code == 200
    assert desk.get(f"{here}?fiscal_year=1").status_code == 422
    stop = Stop.objects.filter(system=system, kind="outage").get()
    for act, given in (("explain", {"cause": "回線の工事"}), ("void", {"reason": "まちがい"})):
        assert desk.get(f"{LEVELS}stops/{stop.pk}/{act}/").status_code == 200
        assert desk.post(f"{LEVELS}stops/{stop.pk}/{act}/", given).status_code == 302
    assert "まちがい" in desk.get(f"{LEVELS}stops/{stop.pk}/").content.decode()
    assert desk.post(f"{LEVELS}stops/{stop.pk}/explain/", {"cause": "後から"}).status_code == 422
    probe = Probe.objects.get(system=system)
    assert desk.get(f"{LEVELS}probes/{probe.pk}/").status_code == 200
    assert "/api/operations/beats/" in desk.post(f"{LEVELS}probes/{probe.pk}/renew/").content.decode()
    for act in ("off", "on", "end"):
        assert desk.post(f"{LEVELS}probes/{probe.pk}/{act}/").status_code == 302
    assert desk.post(f"{LEVELS}probes/{probe.pk}/on/").status_code == 422
    dependency = Dependency.objects.get(system=system)
    assert desk.post(f"{LEVELS}dependencies/{dependency.pk}/end/", {"until_on": "R8.3.31"}).status_code == 302


def test_C35_the_page_of_monthly_reports(world: Any, client_for: Any) -> None:
    Service.objects.create(code="security-cloud", name="セキュリティクラウド", scope="all")
    desk = client_for(world.secretary)
    facts = {
        "service": "security-cloud",
        "month": "H29.7.15",
        "web": "100",
        "mail": "９９．９８％",
        "incidents": "616",
    }
    assert desk.post(f"{LEVELS}months/new/", facts | {"web": "101"}).status_code == 422
    assert desk.post(f"{LEVELS}months/new/", facts).status_code == 302
    assert desk.post(f"{LEVELS}months/new/", facts).status_code == 422
    (row,) = MonthlyLevel.objects.all()
    assert (row.rates, row.incidents) == ({"web": "100", "mail": "99.98"}, 616)
    page = desk.get(f"{LEVELS}months/?fiscal_year=2017").content.decode()
    assert "616" in page and "99.98" in page
    assert desk.get(f"{LEVELS}months/?fiscal_year=2017&service=security-cloud&format=xlsx").status_code == 200
    assert desk.get(f"{LEVELS}months/?fiscal_year=2017&service=none&format=csv").status_code == 404


def test_M6_lists_ask_few_queries_however_many_systems(
    world: Any, client_for: Any, now: Any, django_assert_max_num_queries: Any
) -> None:
    for place in range(5):
        note_outage(
            actor=secretary(),
            now=now,
            system=a_system(f"s-{place}", name=f"{place}"),
            begins=now - minutes(9),
        )
    desk, clerk = client_for(world.secretary), client_for(world.at_chiba.clerk)
    for client, path in (
        (desk, LEVELS),
        (clerk, "/chiba-shi/office/levels/"),
        (desk, f"{LEVELS}systems/s-1/"),
    ):
        client.get(path)
        with django_assert_max_num_queries(34):
            assert client.get(path).status_code == 200


def test_M6_a_member_sees_the_systems_of_its_own_services_only(world: Any, client_for: Any, now: Any) -> None:
    service = Service.objects.create(code="procurement", name="電子調達", scope="some")
    ServiceUse.objects.create(service=service, body=world.chiba, from_on=OPENED)
    system = a_system(service=service)
    note_outage(actor=secretary(), now=now, system=system, begins=now - minutes(9), cause="装置の故障")
    for account, slug, status in (
        (world.at_chiba.clerk, "chiba-shi", 200),
        (world.at_matsudo.clerk, "matsudo-shi", 404),
    ):
        client = client_for(account)
        assert client.get(f"/{slug}/office/levels/{system.code}/").status_code == status
        listed = client.get(f"/{slug}/office/levels/").content.decode()
        assert ("電子入札システム" in listed) == (status == 200)


def test_M6_everybody_reads_what_is_stopped_without_causes_cookies_or_people(
    world: Any, client: Any, now: Any
) -> None:
    system = a_system()
    standing, spare = a_system("portal", name="申請の窓口"), a_system("fine", name="動くもの")
    lean_on(actor=secretary(), now=now, system=standing, on=system, from_on=OPENED)
    agree_level(
        actor=secretary(),
        now=now,
        system=spare,
        numerator=997,
        denominator=1000,
        source="合意",
        from_on=OPENED,
    )
    note_outage(
        actor=secretary("運用 次郎"), now=now, system=system, begins=now - minutes(9), cause="秘密の原因"
    )
    announce_stop(
        actor=secretary(),
        now=now,
        system=spare,
        begins=now + timedelta(days=2),
        ends=now + timedelta(days=2, hours=3),
        cause="保守",
    )
    said = client.get("/status/")
    text = said.content.decode()
    assert said.status_code == 200 and not said.cookies
    assert text.count("止まっています") >= 3  # the system, what stands on it, and since when
    assert "動くもの" in text and "まで使えません" in text
    assert "秘密の原因" not in text and "運用 次郎" not in text
    assert "Stopped since" in client.get("/en/status/").content.decode()
    assert "止《" not in client.get("/ja-easy/status/").content.decode()
    found = client.get("/api/operations/status").json()
    states = {one["code"]: one["state"] for one in found["systems"]}
    assert (states["e-bidding"], states["portal"], states["fine"]) == ("down", "down", "up")
    assert [one["system"] for one in found["planned"]] == ["fine"]


def test_M6_members_are_told_once_of_a_stop_to_come_and_never_of_one_that_was_voided(
    world: Any, now: Any
) -> None:
    from moyai.notices.public import notices_about
    from moyai.operations.actions.stops import void_stop

    system = a_system()
    ahead = {
        "actor": secretary(),
        "now": now,
        "system": system,
        "begins": now + timedelta(days=2),
        "ends": now + timedelta(days=3),
    }
    stop, voided = announce_stop(**ahead, cause="保守"), announce_stop(**ahead)
    void_stop(actor=secretary(), now=now, stop=voided, reason="取りやめ")
    for one in (stop, stop, voided):
        tell_of_stop(stop_id=one.pk, now=now)
    for body in (world.chiba, world.matsudo):
        with acting_in(body):
            (told,) = notices_about(stop)
            assert system.name in told.subject and "保守" in told.text
            assert notices_about(voided) == []
