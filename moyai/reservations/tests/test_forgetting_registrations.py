"""登録の個人情報を消す: what was printed, sent and written about its bookings goes with it; no figure changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from moyai.documents.public import Letter
from moyai.notices.models import Message
from moyai.reservations.actions import reliefs
from moyai.reservations.actions.forgetting import StillKept, forget_registration
from moyai.reservations.actions.retention import hold_booking
from moyai.reservations.jobs.registrations import forget as forget_registrations
from moyai.reservations.models import Registration, Request
from moyai.reservations.tests.bills import Bills, make_bills
from moyai.reservations.tests.test_retention import TITLE, checks, figures, used
from moyai.tenants.public import Actor, clock


@pytest.fixture
def bills(world: Any, in_chiba: datetime) -> Bills:
    return make_bills(world, in_chiba)


def struck(bills: Bills) -> Registration:
    """The person is registered no more, and his years are over."""
    past = clock.today(bills.now) - timedelta(days=1)
    Registration.objects.filter(pk=bills.person.pk).update(state="struck", keep_until=past)
    bills.person.refresh_from_db()
    return bills.person


def test_with_a_registration_the_papers_and_words_about_its_bookings_go(bills: Bills) -> None:
    booking = used(bills)
    reliefs.ask_relief(actor=bills.resident, now=bills.now, booking=booking, relief="club", reason=TITLE)
    body = bills.hall.body
    papers = Letter.objects.filter(thing_kind="reservations.booking", thing_id=booking.pk)
    kept = set(papers.values_list("number", "sha256"))
    messages = Message.objects.filter(about_kind="reservations.booking", about_id=booking.pk)
    assert papers.exclude(facts={}).exists() and messages.exclude(text="").exists()
    row = struck(bills)
    before = figures(bills)
    for _twice in range(2):
        forget_registration(actor=Actor.system(body), now=bills.now, registration=row)
    assert papers.exists() and not papers.exclude(facts={}).exists()
    assert set(papers.values_list("number", "sha256")) == kept
    assert messages.exists() and not messages.exclude(text="", to_email="").exists()
    assert not Request.objects.filter(booking=booking).exclude(reason="", facts={}).exists()
    assert figures(bills) == before
    checks(body)


def test_a_registration_stays_while_one_of_its_bookings_is_held_back(bills: Bills) -> None:
    booking = used(bills)
    row, body = struck(bills), bills.hall.body
    until = clock.today(bills.now) + timedelta(days=30)
    hold_booking(actor=bills.approver, now=bills.now, booking=booking, until=until, reason="訴訟")
    papers = Letter.objects.filter(thing_kind="reservations.booking", thing_id=booking.pk)
    with pytest.raises(StillKept):
        forget_registration(actor=Actor.system(body), now=bills.now, registration=row)
    forget_registrations.run(body=body, now=bills.now)
    row.refresh_from_db()
    assert row.name and row.forgotten_on is None and papers.exclude(facts={}).exists()
    forget_registrations.run(body=body, now=bills.now + timedelta(days=31))
    row.refresh_from_db()
    assert row.name == "" and row.forgotten_on is not None and not papers.exclude(facts={}).exists()
