"""利用者登録の表 — rows, members and 違反点 of a registration as its owner reads them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from moyai.reservations.models import Registration
from moyai.reservations.queries.registrations import (
    class_on,
    members_of,
)
from moyai.reservations.wording_users import day, points
from moyai.ui.public import phone_shown, postal_code_shown


def registration_rows(row: Registration, *, on: Any) -> list[dict[str, Any]]:
    group = row.kind == Registration.Kind.GROUP
    rows: list[dict[str, Any]] = [
        {"key": _("種類"), "value": row.get_kind_display()},
        {"key": _("団体の名称") if group else _("氏名"), "value": row.name},
        {"key": _("フリガナ"), "value": row.kana},
    ]
    if group:
        rows += [{"key": _("代表者"), "value": f"{row.representative}（{row.representative_kana}）"}]
    rows += [
        {"key": _("代表者の生年月日") if group else _("生年月日"), "value": day(row.born_on) or "—"},
        {"key": _("郵便番号"), "value": postal_code_shown(row.postal_code) if row.postal_code else "—"},
        {"key": _("住所"), "value": row.address},
        {"key": _("電話番号"), "value": phone_shown(row.phone) if row.phone else "—"},
        {"key": _("メールアドレス"), "value": row.email or "—"},
        {"key": _("区分"), "value": Registration.Class(class_on(row, on=on)).label},
    ]
    if row.class_until:
        rows.append({"key": _("証明の期限"), "value": day(row.class_until)})
    return [*rows, {"key": _("有効期限"), "value": day(row.valid_until) or "—"}]


def members_table(row: Registration) -> dict[str, Any] | None:
    if row.kind != Registration.Kind.GROUP:
        return None
    people = members_of(row)
    return {
        "caption": _("構成員（%(count)s人）") % {"count": len(people)},
        "columns": [{"label": _("氏名")}, {"label": _("フリガナ")}, {"label": _("市内・市外")}],
        "rows": [
            [{"text": one.name, "head": True}, one.kana, _("市内") if one.inside else _("市外")]
            for one in people
        ],
        "cards": True,
    }


def penalties_table(given: list[Any], *, on: Any) -> dict[str, Any]:
    def counts(one: Any) -> str:
        if one.taken_back_at is not None:
            return _("取り消されました（%(why)s）") % {"why": one.taken_back_why}
        return (
            _("消えました") if one.lapses_on <= on else _("%(day)sに消えます") % {"day": day(one.lapses_on)}
        )

    return {
        "caption": _("違反点"),
        "columns": [
            {"label": _("付いた日")},
            {"label": _("理由の種類")},
            {"label": _("点数")},
            {"label": _("状態")},
        ],
        "rows": [
            [
                {"text": day(one.given_on), "head": True},
                one.get_why_display(),
                points(one.tenths),
                counts(one),
            ]
            for one in given
        ],
        "cards": True,
    }
