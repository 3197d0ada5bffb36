"""The demo street: sample procedures in each body, and an application in each state of the flow.

The first body has the whole catalogue, the others five procedures of it.
Everything goes through the real actions, so what the demo shows is what the house does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from moyai.applications import catalogue, flow
from moyai.applications.actions.bulk import accept_many
from moyai.applications.actions.catalogue import install_from_catalogue
from moyai.applications.actions.corrections import request_correction
from moyai.applications.actions.decisions import decide
from moyai.applications.actions.invitations import import_records
from moyai.applications.actions.review import accept, note, refuse
from moyai.applications.actions.submission import submit_application
from moyai.applications.models import Application, FormEdition, Procedure
from moyai.applications.queries.editions import current_edition
from moyai.tenants.public import Actor, Body, Role, acting_in, clock

PEOPLE = (
    ("佐藤　花子", "サトウ　ハナコ", "1985-04-02"),
    ("髙橋　健", "タカハシ　ケン", "1972-11-30"),
    ("﨑山　未来", "サキヤマ　ミク", "1999-01-15"),
    ("𠮷田　太郎", "ヨシダ　タロウ", "1980-02-29"),
    ("東海林　さくら", "ショウジ　サクラ", "1966-07-07"),
    ("Smith John", "スミス　ジョン", "1990-12-24"),
)
FEW = ("juminhyo", "event", "dog", "survey", "recruit")
# What the office has done with each of the first applications, oldest first.
STORIES = ("decided", "rejected", "returned", "reviewing", "refused", "received")


def load_demo(bodies: Sequence[Body]) -> None:
    """Give each body its street where it has none yet."""
    for place, body in enumerate(bodies):
        with acting_in(body) as now:
            if not Procedure.objects.filter(body=body, catalogue_code__in=catalogue.CODES).exists():
                _street(body, now, samples=FEW if place else catalogue.CODES)


def _street(body: Body, now: datetime, *, samples: Sequence[str]) -> None:
    system = Actor.system(body, name="見本の用意")
    for code in samples:
        # By post and with a copy of an identity card, as many bodies take it; signed by card it stands beside.
        plain = {"signature": Procedure.Signature.NONE} if code == "juminhyo" else {}
        install_from_catalogue(actor=system, now=now, sample=code, facts=plain)
    if len(samples) > len(FEW):
        title = "マイナンバーカードで請求する住民票の写し"
        install_from_catalogue(
            actor=system, now=now, sample="juminhyo", code="juminhyo-card", facts={"title": title}
        )
        _records(body, system, now)
    resident = Actor.anyone(body)
    clerk = replace(system, roles=frozenset({Role.CLERK}), name="佐藤 一郎", channel="office")
    approver = replace(system, roles=frozenset({Role.APPROVER}), name="高橋 実", channel="office")
    copy = _edition(body, "juminhyo")
    for place, ((name, kana, born_on), story) in enumerate(zip(PEOPLE, STORIES, strict=True)):
        moment = now - timedelta(days=12 - 2 * place, hours=place)
        with clock.at(moment):
            who = {"name": name, "kana": kana, "born_on": born_on, "mail": f"resident{place}@example.jp"}
            application = _apply(
                resident, moment, copy, _answers("juminhyo-household") | who, f"{body.code}-{place}"
            )
            _story(story, clerk, approver, moment + timedelta(hours=2), application)
    for place, name in enumerate(("survey-happy", "survey-never", "survey-happy")):
        edition = _edition(body, "survey")
        _apply(resident, now, edition, _answers(name), f"{body.code}-s{place}")
    _apply(resident, now, _edition(body, "event"), _answers("event-child"), f"{body.code}-e")


def _edition(body: Body, code: str) -> FormEdition:
    edition = current_edition(Procedure.objects.get(body=body, code=code))
    assert edition is not None
    return edition


def _answers(name: str) -> dict[str, Any]:
    answers: dict[str, Any] = catalogue.example(name)["answers"]
    return answers


def _apply(
    actor: Actor, now: datetime, edition: FormEdition, answers: dict[str, Any], token: str
) -> Application:
    return submit_application(
        actor=actor, now=now, edition=edition, answers=answers, form_token=f"demo-{token}".ljust(32, "x")
    )


def _story(story: str, clerk: Actor, approver: Actor, now: datetime, application: Application) -> None:
    if story == "received":
        return
    if story == "refused":
        refuse(
            actor=clerk,
            now=now,
            application=application,
            reason="同じ内容の申請をすでに受け付けているため、受理できません。",
        )
        return
    if story == "reviewing":
        accept_many(actor=clerk, now=now, application_ids=[application.pk])
        note(actor=clerk, now=now, application=application, text="住民登録を確認中。")
        return
    accept(actor=clerk, now=now, application=application)
    if story == "returned":
        request_correction(
            actor=clerk,
            now=now,
            application=application,
            items=[("address", "住所", "番地の後の部屋番号も入力してください。")],
            deadline_on=clock.today(now + timedelta(days=21)),
            message="住所を確認できませんでした。",
        )
        return
    adverse = story == "rejected"
    decide(
        actor=approver,
        now=now,
        application=application,
        kind=flow.REJECTED if adverse else flow.APPROVED,
        reason="申請された方の住民登録を確認できないため（住民基本台帳法第12条）。" if adverse else "",
    )


def _records(body: Body, system: Actor, now: datetime) -> None:
    """Three 確認書 of the benefit, as the administration's file brings them."""
    lines = ["番号,生年月日,household,name,kana,address,amount"]
    lines += [
        f"1203-004{place},{born_on},1203-004{place},{name},{kana},{body.name}中央区中央1-2-{place + 1},30000"
        for place, (name, kana, born_on) in enumerate(PEOPLE[:3])
    ]
    clerk = replace(system, roles=frozenset({Role.CLERK}), name="佐藤 一郎", channel="office")
    import_records(
        actor=clerk,
        now=now,
        procedure=Procedure.objects.get(body=body, code="kyufu"),
        edition=_edition(body, "kyufu"),
        data="\n".join(lines).encode(),
    )
