"""使用料・減免・取消料・取消し・無断不使用 in the office's figures close with the ledger, whatever happened to the bookings."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from moyai.calendars.public import fiscal_year
from moyai.money.models import Charge
from moyai.money.public import ChargeState, ledger_check
from moyai.reservations.actions import attendance, bookings
from moyai.reservations.models import Booking, Facility
from moyai.reservations.queries.receivables import charges_that_differ, standings_of
from moyai.reservations.queries.utilisation import facility_sums
from moyai.reservations.tests.bills import Bills, make_bills
from moyai.reservations.tests.halls import make_booking, make_person
from moyai.tenants.public import clock

PAGE = "/chiba-shi/office/reservations/figures/"


@pytest.fixture
def bills(world: Any, in_chiba: datetime) -> Bills:
    return make_bills(world, in_chiba)


def lived(bills: Bills) -> dict[str, Booking]:
    """One booking of each fate, on days of their own."""
    days = (bills.day + timedelta(days=n) for n in range(20))
    made: dict[str, Booking] = {}
    for fate in ("paid", "open", "cancelled", "unpaid", "part", "changed", "missed", "excused", "free"):
        who = bills.person
        if fate == "free":
            who = make_person(bills.hall.body, "福祉会", now=bills.now, relief="welfare")
        hours = (540, 1020) if fate in ("part", "changed") else (540, 720)
        made[fate] = bills.book(*hours, day=next(days), person=who)
    for fate in ("paid", "cancelled", "part", "changed", "missed", "excused"):
        bills.pay(made[fate])
    five_before = {name: bills.in_days((row.day - bills.day).days + 15) for name, row in made.items()}
    clerk = bills.clerk
    bookings.cancel(actor=clerk, now=five_before["cancelled"], booking=made["cancelled"], why="own")
    bookings.cancel(actor=clerk, now=five_before["unpaid"], booking=made["unpaid"], why="own")
    bookings.cancel_part(actor=clerk, now=five_before["part"], booking=made["part"], starts=540, ends=720)
    for chairs in (0, 10):
        row = Booking.objects.get(pk=made["changed"].pk)
        asked = bills.asked(780, 1020, day=row.day, equipment={"chair": chairs} if chairs else {})
        bookings.change(actor=clerk, now=five_before["changed"], booking=row, asked=asked)
    for fate in ("missed", "excused"):
        after = bills.in_days((made[fate].day - clock.today(bills.now)).days + 1)
        attendance.mark_missed(actor=clerk, now=after, booking=made[fate])
    attendance.excuse(actor=clerk, now=after, booking=made["excused"], reason="台風")
    make_booking(
        bills.hall, "abcd", next(days), 540, 720, now=bills.now, person=bills.person, fee_yen=9_999,
        confirm_until=bills.in_days(3), from_lottery=True,
    )  # fmt: skip
    return {fate: Booking.objects.get(pk=row.pk) for fate, row in made.items()}


def test_C32_fees_reliefs_and_what_is_kept_are_what_the_ledger_charges(bills: Bills) -> None:
    made = lived(bills)
    years = {fiscal_year(row.day) for row in made.values()}
    found = [
        facility_sums(actor=bills.clerk, facilities=[bills.hall.facility], fiscal_year=year)[0]
        for year in years
    ]
    kept = {fate: row.quote.get("kept_yen", 0) for fate, row in made.items() if row.quote.get("kept_yen", 0)}
    # 50 % of 1,000; 50 % of the 1,200 that the afternoon was; half of the 700 that the change gave up, and 200 for the second.
    assert kept == {"cancelled": 500, "part": 600, "changed": 550}
    assert sum(one.kept_yen for one in found) == sum(kept.values())
    assert sum(one.fee_yen for one in found) == sum(row.fee_yen for row in made.values()) > 0
    assert sum(one.relief_yen for one in found) == made["free"].relief_yen == 1_000
    assert (sum(one.cancelled for one in found), sum(one.no_shows for one in found)) == (3, 1)
    assert sum(one.bookings for one in found) == len(made) - 3 + 1
    charged = sum(one.charged_yen for one in standings_of(list(made.values())).values())
    assert sum(one.charged_yen for one in found) == charged
    assert charges_that_differ(bills.hall.body) == [] and ledger_check(bills.hall.body).gap_yen == 0


def test_C32_all_facilities_of_all_years_are_the_whole_ledger_of_bookings(bills: Bills) -> None:
    """The city's own demo among them: nothing is charged that no figure shows, nothing shown that is not charged."""
    lived(bills)
    body = bills.hall.body
    every = list(Facility.objects.filter(body=body))
    years = {fiscal_year(day) for day in Booking.objects.filter(body=body).values_list("day", flat=True)}
    shown = sum(
        one.charged_yen
        for year in years
        for one in facility_sums(actor=bills.clerk, facilities=every, fiscal_year=year)
    )
    charges = Charge.objects.filter(body=body, payable="reservations.booking").exclude(
        state=ChargeState.CANCELLED
    )
    assert shown == sum(charges.values_list("amount_yen", flat=True)) > 0


def test_C32_the_office_reads_what_was_kept_of_cancelled_bookings(
    world: Any, client_for: Any, in_chiba: datetime
) -> None:
    year = fiscal_year(clock.today(in_chiba))
    answer = client_for(world.at_chiba.clerk).get(
        PAGE, {"fiscal_year": year, "table": "sums", "format": "json"}
    )
    columns = {column["key"]: column for column in answer.json()["columns"]}
    assert columns["charged"]["sum_of"] == ["fee", "kept"] and columns["kept"]["label"].startswith("取消料")
    for row in answer.json()["rows"]:
        cells = {key: cell["value"] or 0 for key, cell in row["cells"].items()}
        assert cells["charged"] == cells["fee"] + cells["kept"]
