"""見本の利用者 — persons and groups of every class, most approved, some waiting."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from moyai.reservations.actions.approvals import approve_registration
from moyai.reservations.actions.registration_facts import Facts, MemberFacts
from moyai.reservations.actions.registrations import register
from moyai.reservations.models import Registration
from moyai.tenants.public import Actor, body_of, clock

PERSONS = (
    ("佐藤　花子", "サトウ　ハナコ", date(1985, 4, 2), "resident"),
    ("髙橋　健", "タカハシ　ケン", date(1972, 11, 30), "resident"),
    ("﨑山　未来", "サキヤマ　ミク", date(1999, 1, 15), "worker"),
    ("𠮷田　太郎", "ヨシダ　タロウ", date(1980, 2, 29), "student"),
    ("東海林　さくら", "ショウジ　サクラ", date(1966, 7, 7), "outside"),
    ("山本　一郎", "ヤマモト　イチロウ", date(1958, 9, 21), "resident"),
)
GROUPS = (
    ("中央バドミントンクラブ", "チュウオウバドミントンクラブ", "佐藤　花子", "サトウ　ハナコ", date(1985, 4, 2), 12, ""),
    ("市民合唱団こだま", "シミンガッショウダンコダマ", "山本　一郎", "ヤマモト　イチロウ", date(1958, 9, 21), 28, ""),
    ("少年バスケットボールクラブ", "ショウネンバスケットボールクラブ", "髙橋　健", "タカハシ　ケン", date(1972, 11, 30), 16, "youth"),
)
FAMILIES = (("石井", "イシイ"), ("中村", "ナカムラ"), ("小川", "オガワ"), ("池田", "イケダ"), ("森", "モリ"), ("原", "ハラ"))
FIRST_NAMES = (("茜", "アカネ"), ("翔", "ショウ"), ("恵", "メグミ"), ("誠", "マコト"), ("由美", "ユミ"), ("隆", "タカシ"))


def register_people(system: Actor, now: datetime) -> list[Registration]:
    """Register all of them; the last person and nobody else still waits."""
    body = body_of(system.body)
    made = []
    for number, (name, kana, born_on, resident_class) in enumerate(PERSONS):
        facts = Facts(
            kind="person",
            name=name,
            kana=kana,
            born_on=born_on,
            postal_code="2600013",
            address=f"{body.name}中央1-2-{number + 1}" if resident_class == "resident" else "東京都江戸川区中央1-4-1",
            phone=f"+8143245{5200 + number}",
            email=f"user{number}@example.jp",
            resident_class=resident_class,
        )
        made.append(register(actor=system, now=now, facts=facts, channel="staff"))
    for number, (name, kana, head, head_kana, born_on, size, relief) in enumerate(GROUPS):
        facts = Facts(
            kind="group",
            name=name,
            kana=kana,
            representative=head,
            representative_kana=head_kana,
            born_on=born_on,
            postal_code="2600013",
            address=f"{body.name}中央1-2-{number + 11}",
            phone=f"+8143245{5300 + number}",
            email=f"group{number}@example.jp",
            resident_class="resident",
            relief=relief,
            members=tuple(_member(number * 40 + place) for place in range(size)),
        )
        made.append(register(actor=system, now=now, facts=facts, channel="staff"))
    today = clock.today(now)
    for number, one in enumerate(made):
        if number != len(PERSONS) - 1:
            made[number] = approve_registration(
                actor=system, now=now, registration=one, relief=one.relief, on=today - timedelta(days=30 * number)
            )
    return made


def _member(number: int) -> MemberFacts:
    family, family_kana = FAMILIES[number % len(FAMILIES)]
    first, first_kana = FIRST_NAMES[number // len(FAMILIES) % len(FIRST_NAMES)]
    born_on = date(1960, 1, 1) + timedelta(days=137 * number)
    return MemberFacts(f"{family}　{first}", f"{family_kana}　{first_kana}", born_on, inside=number % 5 != 4)
