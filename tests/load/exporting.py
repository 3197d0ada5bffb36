"""Run inside an installation whose exports are measured: makes its procedure, or writes its list once."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace
from typing import Any

OPTIONS = [{"value": f"v{number}", "label": f"選択肢{number}"} for number in range(5)]


def document() -> dict[str, Any]:
    """17 columns of plain questions and a group of up to four rows with five: with 13 of the state, 50."""
    plain: list[dict[str, Any]] = [
        {"id": "name", "kind": "name", "label": "氏名", "required": True},
        {"id": "kana", "kind": "kana", "label": "フリガナ"},
        {"id": "mail", "kind": "mail", "label": "メールアドレス"},
        *({"id": f"t{n}", "kind": "text", "label": f"記入{n}"} for n in range(4)),
        {"id": "address", "kind": "address", "label": "住所"},
        *(
            {"id": f"c{n}", "kind": "single_choice", "label": f"選択{n}", "options": OPTIONS}
            for n in range(3)
        ),
        {"id": "count", "kind": "number", "label": "人数"},
        {"id": "on", "kind": "date", "label": "日付"},
    ]
    inner = [
        {"id": "call", "kind": "text", "label": "呼び名"},
        {"id": "sort", "kind": "single_choice", "label": "種類", "options": OPTIONS},
        {"id": "born_on", "kind": "date", "label": "生年月日"},
        {"id": "weight", "kind": "number", "label": "重さ"},
        {"id": "tame", "kind": "yes_no", "label": "人に慣れている"},
    ]
    group = {
        "id": "dogs",
        "kind": "group",
        "label": "犬",
        "item": "犬",
        "counter": "頭",
        "min": 0,
        "max": 4,
        "fields": inner,
    }
    return {
        "schema_version": 1,
        "procedure": "bench-export",
        "title": "五十列の申請",
        "applicant": {"name": "name", "kana": "kana", "mail": "mail"},
        "pages": [{"id": "all", "title": "内容", "fields": [*plain, group]}],
    }


def answers() -> dict[str, Any]:
    row = {"call": "ポチ", "sort": "v2", "born_on": "2020-04-01", "weight": 12, "tame": "yes"}
    return {
        "name": "測定　太郎",
        "kana": "ソクテイ　タロウ",
        "mail": "bench@example.jp",
        **{f"t{n}": f"記入した内容{n}" for n in range(4)},
        "address": {
            "postal_code": "2600013", "prefecture": "千葉県", "city": "千葉市中央区", "street": "中央1-2-3",
            "building": "",
        },
        **{f"c{n}": f"v{n}" for n in range(3)},
        "count": 3,
        "on": "2026-04-01",
        "dogs": [row] * 4,
    }  # fmt: skip


def prepare() -> None:
    """One procedure and one application, in 千葉市 of the clone; told as JSON."""
    from moyai.applications.actions.procedures import create_procedure, edit_procedure, publish_edition
    from moyai.applications.actions.submission import submit_application
    from moyai.applications.queries.editions import current_edition
    from moyai.tenants.public import Actor, Body, Role, acting_in
    from tests.load.forms import FACTS

    body = Body.objects.get(slug="chiba-shi")
    with acting_in(body) as now:
        actor = replace(Actor.system(body), roles=frozenset({Role.ADMINISTRATOR}))
        procedure = create_procedure(actor=actor, now=now, code="bench-export", facts=FACTS)
        publish_edition(actor=actor, now=now, procedure=procedure, document=document())
        procedure = edit_procedure(actor=actor, now=now, procedure=procedure, facts={"published": True})
        edition = current_edition(procedure)
        assert edition is not None
        made = submit_application(
            actor=Actor.anyone(body), now=now, edition=edition, answers=answers(), form_token="b" * 32
        )
        print(json.dumps({"application": made.pk}))


def write(form: str) -> None:
    """Write the list once, as the office's page does; what it took is told as JSON."""
    import resource

    from moyai.applications.actions import exports as acts
    from moyai.applications.models import Export, Procedure
    from moyai.applications.queries.exports import Wish, listing
    from moyai.people.models import Account
    from moyai.tenants.public import Actor, Body, Role, acting_in

    body = Body.objects.get(slug="chiba-shi")
    clerk = Account.objects.get(email="clerk@chiba-shi.example")
    with acting_in(body) as now:
        actor = Actor(clerk.pk, body, frozenset({Role.CLERK}), clerk.name, "office")
        procedure = Procedure.objects.get(body=body, code="bench-export")
        asked = acts.ask(actor=actor, now=now, procedure=procedure, wish=Wish(), form=form, purpose="測定")
        Export.objects.filter(pk=asked.pk).update(state=Export.State.ALLOWED)
        asked.refresh_from_db()
        columns = len(listing(actor=actor, procedure=procedure, wish=Wish()).heads)
        started, cpu = time.perf_counter(), time.process_time()
        made = acts.fetch(actor=actor, now=now, export=asked)
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        size = made.file.seek(0, os.SEEK_END)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {"form": form, "rows": made.rows, "columns": columns, "seconds": seconds, "cpu_seconds": cpu}
    print(json.dumps(told | {"megabytes": size / 1e6, "peak_mb": peak}))


if __name__ == "__main__":
    import django

    django.setup()
    prepare() if sys.argv[1] == "prepare" else write(sys.argv[2])
