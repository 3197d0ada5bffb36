"""What the office sees of a registration: its facts, members, candidates for doubles, points."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from moyai.calendars.public import short_wareki
from moyai.reservations.models import Penalty, Registration
from moyai.reservations.queries.registrations import Likely, class_on, members_of
from moyai.reservations.wording_users import LIKELY, badge, day, points
from moyai.ui.public import group_in_fours, phone_shown, postal_code_shown


def url(request: HttpRequest, name: str, **kwargs: Any) -> str:
    slug = request.actor.body.slug  # type: ignore[attr-defined]
    return reverse(f"reservations_office_{name}", kwargs={"body_slug": slug, **kwargs})


def facts_rows(row: Registration, *, on: date) -> list[dict[str, Any]]:
    group = row.kind == Registration.Kind.GROUP
    facts = [(_("団体の名称") if group else _("氏名"), row.name), (_("フリガナ"), row.kana)]
    if group:
        facts += [(_("代表者"), row.representative), (_("代表者のフリガナ"), row.representative_kana)]
    facts += [
        (_("代表者の生年月日") if group else _("生年月日"), day(row.born_on)),
        (_("郵便番号"), postal_code_shown(row.postal_code) if row.postal_code else ""),
        (_("住所"), row.address),
        (_("電話番号"), phone_shown(row.phone) if row.phone else ""),
        (_("メールアドレス"), row.email),
        (_("区分"), str(Registration.Class(class_on(row, on=on)).label)),
        (_("証明の期限"), day(row.class_until)),
        (_("減免区分"), row.relief),
        (_("登録日"), day(row.registered_on)),
        (_("有効期限"), day(row.valid_until)),
        (_("アカウント"), _("あり") if row.account_id else _("なし（窓口での登録）")),
    ]
    return [{"key": key, "value": value or "—"} for key, value in facts]


def members_table(row: Registration) -> dict[str, Any] | None:
    if row.kind != Registration.Kind.GROUP:
        return None
    people = members_of(row)
    return {
        "caption": _("構成員（%(count)s人）") % {"count": len(people)},
        "dense": True,
        "columns": [{"label": _("氏名")}, {"label": _("フリガナ")}, {"label": _("生年月日")}, {"label": _("市内・市外")}],
        "rows": [
            [
                {"text": one.name, "head": True},
                one.kana,
                short_wareki(one.born_on) if one.born_on else None,
                _("市内") if one.inside else _("市外"),
            ]
            for one in people
        ],
    }


def doubles_table(request: HttpRequest, likely: list[Likely], *, on: date) -> dict[str, Any] | None:
    """重複の候補 — and whether they count as one person already."""
    if not likely:
        return None
    rows = []
    for one in likely:
        other = one.registration
        why = "、".join(str(LIKELY[name]) for name in one.by)
        if one.shared_members:
            why += _("（%(count)s人）") % {"count": one.shared_members}
        rows.append(
            [
                {
                    "text": group_in_fours(other.number),
                    "url": url(request, "registration", number=other.number),
                    "head": True,
                },
                other.name,
                other.get_kind_display(),
                why or _("職員がまとめた"),
                _("1人として数える") if one.one else _("別々に数える"),
                {"state": badge(other, on=on)},
            ]
        )
    return {
        "caption": _("重複の候補"),
        "dense": True,
        "columns": [
            {"label": _("利用者番号")},
            {"label": _("氏名・団体名")},
            {"label": _("種類")},
            {"label": _("同じところ")},
            {"label": _("数え方")},
            {"label": _("状態")},
        ],
        "rows": rows,
    }


def penalties_table(
    request: HttpRequest, row: Registration, given: list[Penalty], *, on: date
) -> dict[str, Any]:
    def state(one: Penalty) -> Any:
        if one.taken_back_at is not None:
            return _("取消し（%(why)s）") % {"why": one.taken_back_why}
        if one.lapses_on <= on:
            return _("消滅")
        back = url(request, "registration_penalty_back", number=row.number, penalty_id=one.pk)
        return {"text": _("取り消す"), "url": back}

    return {
        "caption": _("違反点"),
        "dense": True,
        "columns": [
            {"label": _("付いた日")},
            {"label": _("理由の種類")},
            {"label": _("点数")},
            {"label": _("消える日")},
            {"label": _("付けた職員")},
            {"label": _("状態")},
        ],
        "rows": [
            [
                {"text": short_wareki(one.given_on), "head": True},
                one.get_why_display(),
                points(one.tenths),
                short_wareki(one.lapses_on),
                one.given_by,
                state(one),
            ]
            for one in given
        ],
    }
