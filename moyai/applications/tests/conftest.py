"""A small procedure with a form, in the wall of 千葉市."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from moyai.applications.actions.procedures import create_procedure, edit_procedure, publish_edition
from moyai.applications.actions.submission import submit_application
from moyai.applications.models import Application, FormEdition, Procedure
from moyai.applications.secrets import new_token
from moyai.tenants.public import Actor

FACTS: dict[str, Any] = {
    "title": "自転車等駐車場の利用申請",
    "summary": "市営の自転車等駐車場を定期で利用する方の手続きです。",
    "category": "くらし・環境",
    "section": "自転車政策課",
    "legal_basis": "自転車等の駐車対策に関する条例第5条",
    "to_prepare": "防犯登録の番号\n本人を確かめられるもの",
    "processing_days": 5,
}

DOCUMENT: dict[str, Any] = {
    "schema_version": 1,
    "procedure": "bicycle-parking",
    "title": "自転車等駐車場の利用申請",
    "in_flight": {"policy": "continue"},
    "applicant": {"name": "name", "kana": "kana", "mail": "mail"},
    "pages": [
        {
            "id": "who",
            "title": "申請する方",
            "fields": [
                {"id": "name", "kind": "name", "label": "氏名", "required": True},
                {"id": "kana", "kind": "kana", "label": "氏名（フリガナ）", "required": True},
                {"id": "mail", "kind": "mail", "label": "メールアドレス", "required": False},
            ],
        },
        {
            "id": "what",
            "title": "利用の内容",
            "fields": [
                {
                    "id": "kind",
                    "kind": "single_choice",
                    "label": "乗り物",
                    "required": True,
                    "options": [
                        {"value": "bicycle", "label": "自転車"},
                        {"value": "moped", "label": "原動機付自転車"},
                    ],
                },
                {
                    "id": "months",
                    "kind": "number",
                    "label": "利用する月数",
                    "required": True,
                    "min": 1,
                    "max": 12,
                },
            ],
        },
        {
            "id": "moped",
            "title": "原動機付自転車",
            "show_if": {"eq": [{"field": "kind"}, "moped"]},
            "fields": [{"id": "plate", "kind": "text", "label": "標識番号", "required": True}],
        },
    ],
}

GOOD: dict[str, Any] = {
    "name": "髙﨑 花子",
    "kana": "タカサキ　ハナコ",
    "mail": "hanako@example.jp",
    "kind": "bicycle",
    "months": 3,
}


def make_procedure(*, actor: Actor, now: datetime, **facts: Any) -> Procedure:
    code = facts.pop("code", "bicycle-parking")
    document = facts.pop("document", DOCUMENT)
    procedure = create_procedure(actor=actor, now=now, code=code, facts={**FACTS, **facts})
    publish_edition(actor=actor, now=now, procedure=procedure, document=document)
    return edit_procedure(actor=actor, now=now, procedure=procedure, facts={"published": True})


def edition_of(procedure: Procedure) -> FormEdition:
    edition: FormEdition = procedure.editions.order_by("-number").first()
    edition.procedure = procedure
    return edition


def apply(*, actor: Actor, now: datetime, procedure: Procedure, **answers: Any) -> Application:
    return submit_application(
        actor=actor,
        now=now,
        edition=edition_of(procedure),
        answers={**GOOD, **answers},
        form_token=new_token(),
    )


@pytest.fixture
def staff(world: Any) -> dict[str, Actor]:
    """Actors of 千葉市: administrator, approver, clerk, second_clerk, resident."""
    found = {
        name: world.actor(getattr(world.at_chiba, name), world.chiba)
        for name in ("administrator", "approver", "clerk", "second_clerk")
    }
    return {**found, "resident": Actor.anyone(world.chiba)}


@pytest.fixture
def procedure(in_chiba: datetime, staff: dict[str, Actor]) -> Procedure:
    return make_procedure(actor=staff["administrator"], now=in_chiba)
