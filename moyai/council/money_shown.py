"""帳簿と請求の見せ方 — what the pages of the secretariat and of members show alike of the council's money."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from moyai.calendars.public import wareki
from moyai.council.desk import FACES
from moyai.council.figures.bills import bill_state, bill_words
from moyai.council.forms.money import FIRST_YEAR, LAST_YEAR
from moyai.council.models import Bill, Burden, Pledge, SpecialAccount
from moyai.council.queries.money import BillRow, receipts_of
from moyai.council.queries.pledges import in_force
from moyai.council.rules.selection import in_time
from moyai.council.rules.settlement import triangle
from moyai.documents.public import ENDINGS
from moyai.tenants.public import Body, clock

REGISTER = "council/secretariat/register.html"


def of_year(code: str, year: int) -> SpecialAccount:
    """The account of a page of a year; a year outside of those that can be typed has no page."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    found: SpecialAccount = get_object_or_404(SpecialAccount.objects.select_related("service"), code=code)
    return found


def faces(**query: Any) -> list[dict[str, str]]:
    """Where one of a page's tables is found as CSV, XLSX, PDF and JSON."""
    return [{"label": face.upper(), "url": f"?{urlencode({**query, 'format': face})}"} for face in FACES]


def fact(key: str, value: str, url: str = "") -> dict[str, str]:
    """A row of a summary list, with where its value is found."""
    return {"key": key, "value": value} | ({"value_url": url} if url else {})


def as_file(content: bytes, content_type: str, name: str) -> HttpResponse:
    """A download that no browser shows in our origin."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


def rows_table(
    rows: list[BillRow], url_of: Callable[[Bill], str], today: date, *, with_body: bool = True
) -> dict[str, Any]:
    """Bills as a page lists them."""
    columns = [
        {"label": _("請求番号")},
        *([{"label": _("団体名")}] if with_body else []),
        {"label": _("費目")},
        {"label": _("納付の期限")},
        {"label": _("請求額"), "numeric": True},
        {"label": _("未納額"), "numeric": True},
        {"label": _("状態")},
    ]
    return {
        "caption": _("請求（新しい順）"),
        "columns": columns,
        "rows": [
            {
                "late": row.late(today),
                "cells": [
                    {"text": row.bill.number, "url": url_of(row.bill)},
                    *([row.bill.body.name] if with_body else []),
                    bill_words(row.bill),
                    wareki(row.bill.due_on),
                    f"{triangle(row.bill.yen)}円",
                    f"{triangle(row.owed_yen)}円",
                    {"state": bill_state(row, today)},
                ],
            }
            for row in rows
        ],
        "empty": _("請求はありません。"),
    }


def bill_facts(bill: Bill, received: int) -> list[dict[str, str]]:
    """What a bill is about, as it stands today."""
    row = BillRow(bill, received)
    facts = [
        fact(_("費目"), bill_words(bill)),
        fact(_("会計"), bill.cost_line.account.name),
        fact(_("請求額"), f"{triangle(bill.yen)}円"),
        fact(_("収納額"), f"{triangle(received)}円"),
        fact(_("未納額"), f"{triangle(row.owed_yen)}円"),
        fact(_("請求の日"), wareki(bill.billed_on)),
        fact(_("納付の期限"), wareki(bill.due_on)),
    ]
    if bill.withdrawn_on:
        facts.append(fact(_("取下げ"), f"{wareki(bill.withdrawn_on)}　{bill.why_withdrawn}"))
    return facts


def explained(bill: Bill) -> dict[str, Any]:
    """算定の根拠 as the letter says it: kept when the bill was issued."""
    return {
        "heading": _("算定の根拠"),
        "lead": _("請求書に印刷された内容です。請求したときのまま残ります。"),
        "summary": [{"key": row["label"], "value": row["value"]} for row in bill.facts.get("working", ())],
    }


def receipts_table(bill: Bill) -> dict[str, Any]:
    return {
        "caption": _("収納の記帳"),
        "columns": [
            {"label": _("日付")},
            {"label": _("金額"), "numeric": True},
            {"label": _("区分")},
        ],
        "rows": [
            [wareki(row.on), f"{triangle(row.yen)}円", _("取消し") if row.reverses_id else _("収納")]
            for row in receipts_of(bill)
        ],
        "empty": _("収納はまだありません。"),
    }


def selection_facts(burden: Burden) -> list[dict[str, str]]:
    """選定日, before which the burden is decided; nothing where it has none."""
    if burden.selection_on is None:
        return []
    return [fact(_("選定日"), _("%(day)s（この日より前に決定）") % {"day": wareki(burden.selection_on)})]


def pledge_state(burden: Burden, pledge: Pledge | None, *, newest: bool = True) -> dict[str, str]:
    """The badge of a payer's 誓約書, or of none."""
    if pledge is None:
        return {"kind": "attention", "word": _("未提出")}
    if not newest:
        return {"kind": "neutral", "word": _("差替え済み")}
    if burden.selection_on is not None and not in_time(pledge.pledged_on, burden.selection_on):
        return {"kind": "attention", "word": _("選定日以後の誓約")}
    return {"kind": "done", "word": _("提出済み")}


def pledges_table(
    burden: Burden,
    payers: Sequence[Body],
    pledges: Sequence[Pledge],
    url_of: Callable[[Pledge], str],
    *,
    with_body: bool = True,
) -> dict[str, Any]:
    """誓約書 of these payers, every version, newest first; of who has brought none, that it is missing."""
    newest = in_force(pledges)
    rows: list[list[Any]] = []
    for body in payers:
        name = [body.name] if with_body else []
        own = [one for one in pledges if one.body_id == body.pk]
        if not own:
            rows.append([*name, {"state": pledge_state(burden, None)}, None, None, None, None])
        for one in own:
            state = pledge_state(burden, one, newest=one == newest[body.pk])
            brought = f"{wareki(clock.today(one.brought_at))} {one.brought_by}"
            rows.append([
                *name,
                {"state": state},
                {"text": _("第%(n)s版を保存する") % {"n": one.version}, "url": url_of(one)},
                one.signed_by,
                wareki(one.pledged_on),
                _("%(brought)s（紙で受領）") % {"brought": brought} if one.on_paper else brought,
            ])  # fmt: skip
    return {
        "caption": _("誓約書（新しい版から）"),
        "columns": [
            *([{"label": _("団体名")}] if with_body else []),
            {"label": _("状態")},
            {"label": _("誓約書のファイル")},
            {"label": _("誓約した者")},
            {"label": _("誓約の日")},
            {"label": _("提出の日と人")},
        ],
        "rows": rows,
    }


def pledge_file(pledge: Pledge, content: bytes, content_type: str) -> HttpResponse:
    """誓約書 as it was kept, as a download."""
    ending = ENDINGS.get(content_type, "bin")
    return as_file(content, content_type, f"pledge-{pledge.pk}.{ending}")
