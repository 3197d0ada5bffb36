"""What the tests of residents' pages share: small procedures, and the way through their pages."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from moyai.applications.models import Application, Procedure
from moyai.applications.tests.conftest import make_procedure
from moyai.tenants.public import Actor, acting_in

BASE = "/chiba-shi"
PERSON = {"name": "髙﨑　花子", "kana": "タカサキ　ハナコ", "mail": "hanako@example.jp"}


def document(code: str, *, fields: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    """One page: who applies, and `fields` besides."""
    return {
        "schema_version": 1,
        "procedure": code,
        "title": "検査用の手続き",
        "in_flight": {"policy": "continue"},
        "applicant": {
            "name": "name",
            "kana": "kana",
            "mail": "mail",
            "born_on": "born_on",
            "address": "address",
        },
        "pages": [
            {
                "id": "who",
                "title": "申請する方",
                "fields": [
                    {"id": "name", "kind": "name", "label": "氏名", "required": True},
                    {"id": "kana", "kind": "kana", "label": "氏名（フリガナ）", "required": True},
                    {"id": "mail", "kind": "mail", "label": "メールアドレス"},
                    {"id": "born_on", "kind": "date", "label": "生年月日"},
                    {"id": "address", "kind": "address", "label": "住所"},
                    *(fields or []),
                ],
            }
        ],
        **more,
    }


def procedure_of(world: Any, code: str, *, doc: dict[str, Any] | None = None, **facts: Any) -> Procedure:
    """A published procedure of 千葉市, with switches in `facts`."""
    actor = world.actor(world.at_chiba.administrator, world.chiba)
    with acting_in(world.chiba) as now:
        return make_procedure(
            actor=actor,
            now=now,
            code=code,
            document=doc or document(code),
            **{"title": f"手続き{code}", **facts},
        )


def token_in(text: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', text)
    assert found is not None, text
    return found[1]


def begin(client: Client, code: str, **answers: Any) -> str:
    """The first page filled in; gives where it leads."""
    first = client.get(f"{BASE}/applications/{code}/new/")
    assert first.status_code == 200, first
    page = client.post(
        f"{BASE}/applications/{code}/new/", {"token": token_in(first.content.decode()), **PERSON, **answers}
    )
    assert page.status_code == 302, page.content.decode()
    return str(page["Location"])


def numbers_on(client: Client, address: str) -> tuple[str, str]:
    """整理番号 and パスワード as the page of completion shows them."""
    text = client.get(address).content.decode()
    number = re.search(r"(\d{4}-\d{4}-\d{4})", text)
    secret = re.search(r"([2-9A-Z]{5}-[2-9A-Z]{5})", text)
    assert number and secret, text
    return number[1].replace("-", ""), secret[1]


def send(client: Client, check: str) -> tuple[str, str]:
    """Press the one button of the check page; number and secret."""
    done = client.post(check)
    assert done.status_code == 302 and done["Location"].endswith("/done/"), (done, done.content.decode())
    return numbers_on(client, done["Location"])


def of(code: str) -> Any:
    return Application.objects.filter(procedure__code=code)


def resident(world: Any, account: Any = None) -> Actor:
    return world.actor(account, world.chiba) if account else Actor.anyone(world.chiba)


__all__ = [
    "BASE",
    "PERSON",
    "begin",
    "document",
    "numbers_on",
    "of",
    "procedure_of",
    "resident",
    "send",
    "token_in",
]
