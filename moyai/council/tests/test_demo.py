"""The demo of the council, where not every member uses the service: nobody is seated where it may not sit."""

from __future__ import annotations

from datetime import date

from moyai.council.actions.uses import begin_use, found_service
from moyai.council.demo import load_demo
from moyai.council.figures.accounts import remarks
from moyai.council.models import Committee, Entry, Payer, ReportRelease, Seat
from moyai.tenants.public import Body, Service, clock


def test_M12_the_demo_seats_and_bills_only_members_that_use_the_service(world) -> None:
    by = {"actor": world.actor(world.secretary, None), "now": clock.now()}
    service = found_service(**by, code="applications", name="電子申請", scope=Service.Scope.SOME)
    begin_use(**by, service=service, body=world.matsudo, from_on=date(2017, 4, 1))
    load_demo(list(Body.objects.order_by("code")))
    section = Committee.objects.get(code="applications-section")
    assert section.service == service
    assert [seat.body for seat in Seat.objects.filter(committee=section)] == [world.matsudo]
    assert Seat.objects.filter(committee__code="board").count() == 2
    assert [payer.body for payer in Payer.objects.all()] == [world.matsudo]
    assert ReportRelease.objects.count() == 1


def test_M12_what_many_members_paid_on_their_bills_is_one_remark() -> None:
    bills = [
        Entry(bill_id=at, label="運営管理費", party=name, yen=150)
        for at, name in enumerate(("千葉市", "松戸市"), 1)
    ]
    others = [
        Entry(label="利息", yen=14),
        Entry(label="利息", yen=-4),
        Entry(bill_id=3, label="運営管理費", party="野田市", yen=5),
        Entry(heading="研修", label="講師", count=3, yen=700),
        Entry(heading="研修", label="会場", yen=90),
    ]
    assert remarks(bills + others).split("\n") == [
        "運営管理費（2団体） 300",
        "利息 14",
        "利息 △4",
        "運営管理費 5",
        "研修",
        "講師（3団体） 700",
        "会場 90",
    ]
