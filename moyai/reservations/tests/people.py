"""Those who register, and the terms they register under. Not a test itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from moyai.people.models import Account
from moyai.reservations.actions.approvals import approve_registration
from moyai.reservations.actions.registration_facts import Facts, MemberFacts
from moyai.reservations.actions.registrations import register
from moyai.reservations.models import Booking, Combination, Facility, Part, Policy, Registration, Room
from moyai.reservations.queries.registrations import RegisteredUsers, registered_users_of_all
from moyai.reservations.rules.policies import digest, problems
from moyai.tenants.public import Actor, Body, Role, clock, public_number

TERMS: dict[str, Any] = {
    "valid_years": {"person": 3, "group": 2},
    "proof_months": {"worker": 12, "student": 6},
    "least_age": 15,
    "group": {
        "least_members": 5,
        "inside_numerator": 1,
        "inside_denominator": 2,
        "overlap_members": 3,
        "overlap_act": "warn",
    },
    "online": True,
    "renew_from_days": 60,
    "renew_until_days": 30,
    "remind_days": 30,
    "keep_years": 5,
}
PENALTIES: dict[str, Any] = {
    "per": "registration",
    "points": [
        {"why": "no_show", "tenths": 10},
        {"why": "late_cancel", "tenths": 5, "within_days": 3},
        {"why": "breach", "tenths": 20},
    ],
    "lapse": {"months": 12},
    "suspend": [{"tenths": 20, "months": 6}],
}

HANAKO = Facts(
    kind="person",
    name="髙橋　花子",
    kana="タカハシ　ハナコ",
    born_on=date(1980, 4, 2),
    postal_code="2600013",
    address="千葉市中央区中央1丁目2番3号",
    phone="+81432455111",
    email="hanako@example.jp",
    resident_class="resident",
)


def registered(body: Body, on: date) -> RegisteredUsers:
    """C30 of a body, behind its wall."""
    return registered_users_of_all(db="default", on=on).get(body.pk, RegisteredUsers(0, 0))


def member(number: int, *, inside: bool = True) -> MemberFacts:
    kana = "アイウエオカキクケコサシスセソタチツテト"[number % 20]
    return MemberFacts(f"会員{number}", f"カイイン{kana}", date(1990, 1, 1 + number % 28), inside)


CLUB = Facts(
    kind="group",
    name="中央バドミントンクラブ",
    kana="チュウオウバドミントンクラブ",
    representative="髙橋　花子",
    representative_kana="タカハシ　ハナコ",
    born_on=date(1980, 4, 2),
    address="千葉市中央区中央1丁目2番3号",
    phone="+81432455111",
    email="club@example.jp",
    resident_class="resident",
    members=tuple(member(number) for number in range(5)),
)


def other(**facts: Any) -> Facts:
    """Somebody who has nothing in common with 花子."""
    told = {
        "name": "山本　太郎",
        "kana": "ヤマモト　タロウ",
        "born_on": date(1975, 1, 1),
        "address": "千葉市美浜区1-1",
        "phone": "+81432221111",
        "email": "",
        **facts,
    }
    return replace(HANAKO, **told)


def settle(body: Body, now: datetime, kind: str, document: dict[str, Any]) -> Policy:
    """A policy of the whole body in force from today; inside its wall."""
    assert problems(kind, document) == []
    day = clock.today(now)
    Policy.objects.filter(
        body_id=body.pk, kind=kind, from_on=day, facility__isnull=True, room__isnull=True
    ).delete()
    made: Policy = Policy.objects.create(
        body_id=body.pk,
        kind=kind,
        from_on=day,
        document=document,
        sha256=digest(document),
        made_at=now,
        made_by="試験",
    )
    return made


def account(mail: str) -> Account:
    found: Account = Account.objects.create_user(mail, None, name="利用者")
    return found


def signed_in(body: Body | None, who: Account) -> Actor:
    """A resident as the door lets one in."""
    return Actor(who.pk, body, frozenset({Role.RESIDENT}), who.name)


def approved(actor: Actor, now: datetime, clerk: Actor, facts: Facts = HANAKO, **how: Any) -> Registration:
    """Applied for online and approved by a clerk, who has looked at the doubles."""
    made = register(actor=actor, now=now, facts=facts, channel="internet")
    return approve_registration(actor=clerk, now=now, registration=made, looked_at_doubles=True, **how)


def booked(body: Body, now: datetime, registration: Registration, day: date) -> Booking:
    """A booking of a small room that stands."""
    facility = Facility.objects.create(
        body_id=body.pk,
        code=f"f{public_number()}",
        name="公民館",
        kana="コウミンカン",
        category="community",
        used_from=date(2020, 4, 1),
    )
    room = Room.objects.create(
        body_id=body.pk,
        facility=facility,
        code="a",
        name="会議室",
        step_minutes=60,
        used_from=date(2020, 4, 1),
    )
    Part.objects.create(body_id=body.pk, room=room, code="a", name="全面")
    unit = Combination.objects.create(body_id=body.pk, room=room, code="a", name="全面", parts=["a"])
    made: Booking = Booking.objects.create(
        body_id=body.pk,
        number=public_number(),
        state="booked",
        registration=registration,
        one_person=registration.one_person,
        facility=facility,
        room=room,
        combination=unit,
        day=day,
        starts=540,
        ends=600,
        channel="internet",
        made_at=now,
        made_on=clock.today(now),
        changed_at=now,
        title="練習",
    )
    return made


def years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def count() -> int:
    return Registration.objects.count()
