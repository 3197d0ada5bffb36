"""会議体とグループ as of any day: what lives, who sits, what it was called, what it grew out of."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from moyai.council.actions.spans import day_said, span_words
from moyai.council.desk import Visit, as_of, faces, link, taken_away
from moyai.council.figures.bodies import committees_table, offices_table, sitters_table
from moyai.council.models import Committee, Seat, VotingRule
from moyai.council.queries.bodies import (
    Lineage,
    candidates_on,
    committees_on,
    ended_before,
    lineage_of,
    names_of,
    offices_on,
    seats_of,
    voting_rules_of,
)
from moyai.council.queries.sitting import Sitter, called_on, lives_on, sitting_in
from moyai.documents.public import render_table_html
from moyai.ui.public import page


def crumbs(committee: Committee | None = None) -> list[tuple[str, str]]:
    found = [(_("会議体"), reverse("council_committees"))]
    if committee is not None:
        found.append((committee.name, reverse("council_committee", kwargs={"code": committee.code})))
    return found


@require_safe
def committees(request: Visit) -> HttpResponse:
    """会議体 of a day, each under the one it belongs to; also as CSV, XLSX, PDF and JSON."""
    form, on = as_of(request)
    rows = committees_on(on)
    if (file := taken_away(request, lambda: committees_table(rows, on), f"committees-{on}")) is not None:
        return file
    table = {
        "caption": _("会議体（%(n)s）") % {"n": len(rows)},
        "columns": [
            {"label": _("名称")},
            {"label": _("種類")},
            {"label": _("会員"), "numeric": True},
            {"label": _("会員以外"), "numeric": True},
            {"label": _("設置")},
        ],
        "rows": [
            [
                {"text": "　" * row.depth + row.called.name, "url": _of(row.committee, on)},
                row.committee.get_kind_display(),
                row.members,
                len(row.sitters) - row.members,
                day_said(row.committee.from_on),
            ]
            for row in rows
        ],
        "empty": _("この日に置かれている会議体はありません。"),
    }
    ended = ended_before(on)
    sections: list[dict[str, Any]] = [
        {"heading": _("%(day)sの会議体") % {"day": day_said(on)}, "table": table, "faces": faces(on)}
    ]
    if ended:
        past = [link(f"{one.name}（{span_words(one.from_on, one.until_on)}）", "council_committee", code=one.code)
                for one in ended]  # fmt: skip
        sections.append({"heading": _("廃止された会議体"), "acts": past})
    context = {
        "heading": _("会議体"),
        "as_of": form,
        "sections": sections,
        "acts": [
            link(_("会議体を設置する"), "council_committee_new"),
            link(_("加入・利用・負担・構成を比べる"), "council_comparison"),
        ],
    }
    return page(request, "council/secretariat/register.html", context, form=form)


def _of(committee: Committee, on: date) -> str:
    return f"{reverse('council_committee', kwargs={'code': committee.code})}?on={on.isoformat()}"


@require_safe
def committee(request: Visit, code: str) -> HttpResponse:
    """One committee on a day: members, officers, rule of voting, names, lineage, and the book of its seats."""
    one = get_object_or_404(Committee.objects.select_related("parent", "climbs_to", "service"), code=code)
    form, on = as_of(request)
    called, sitters = called_on(one, on), sitting_in(one, on)
    if (
        file := taken_away(request, lambda: sitters_table(called.name, sitters, on), f"{code}-{on}")
    ) is not None:
        return file
    context = {
        "heading": called.name,
        "as_of": form,
        "crumbs": [*crumbs(), (called.name, "")],
        "facts": _facts(one, called.may_contract, on),
        "sections": _sections(one, called.name, sitters, on),
        "acts": _acts(one),
    }
    return page(request, "council/secretariat/register.html", context, form=form)


def _facts(one: Committee, may_contract: bool, on: date) -> list[dict[str, Any]]:
    alive = _("置かれている") if lives_on(one, on) else _("置かれていない")
    above = [
        (_("属する会議体"), one.parent),
        (_("議案を上げる先"), one.climbs_to),
    ]
    return [
        {"key": _("種類"), "value": str(one.get_kind_display())},
        {"key": _("%(day)sの状態") % {"day": day_said(on)}, "value": alive},
        {"key": _("存続"), "value": span_words(one.from_on, one.until_on)},
        {
            "key": _("契約の当事者になれるか"),
            "value": _("なれる") if may_contract else _("なれない（調査研究の組織体）"),
        },
        {"key": _("構成"), "value": _makeup(one)},
        *(
            {
                "key": label,
                "value": up.name,
                "value_url": reverse("council_committee", kwargs={"code": up.code}),
            }
            for label, up in above
            if up is not None
        ),
        *([{"key": _("目的"), "value": one.purpose}] if one.purpose else []),
    ]


def _makeup(one: Committee) -> str:
    if one.service is not None:
        words = (
            _("「%(service)s」の利用団体の全部") if one.open_to_all else _("「%(service)s」の利用団体から")
        )
        return words % {"service": one.service.name}
    return _("全会員") if one.open_to_all else _("登録した構成員")


def _sections(one: Committee, name: str, sitters: list[Sitter], on: date) -> list[dict[str, Any]]:
    offices = offices_on(on, one)
    sections: list[dict[str, Any]] = [
        {
            "heading": _("構成員（%(n)s）") % {"n": len(sitters)},
            "html": render_table_html(sitters_table(name, sitters, on), number="sitters"),
            "faces": faces(on),
        }
    ]
    if blocks := sorted({sitter.block for sitter in sitters if sitter.block}):
        lead = _("%(n)sのブロックの代表：%(blocks)s") % {"n": len(blocks), "blocks": "、".join(blocks)}
        sections.append({"heading": _("地域ブロック"), "lead": lead})
    sections.append(
        {
            "heading": _("役員"),
            "html": render_table_html(offices_table(offices, on), number="offices") if offices else "",
            "acts": [link(row.office.name, "council_office", office_id=row.office.pk) for row in offices],
        }
    )
    sections.append(_voting(voting_rules_of(one), on))
    nested = [
        link(row.name, "council_committee", code=row.code) for row in one.nested.order_by("position", "code")
    ]
    if nested:
        sections.append({"heading": _("下の会議体"), "acts": nested})
    sections.append({"heading": _("名称の移り変わり"), "table": _names(one)})
    sections += _history(lineage_of(one))
    if candidates := candidates_on(on, one):
        acts = [
            link(f"{row.name}（{row.get_state_display()}）", "council_candidate", candidate_id=row.pk)
            for row in candidates
        ]
        sections.append({"heading": _("加入の候補"), "acts": acts})
    sections.append({"heading": _("席の記録"), "table": _book(seats_of(one))})
    return sections


def _voting(rules: list[VotingRule], on: date) -> dict[str, Any]:
    in_force: set[str] = set()
    rows = []
    for rule in rules:  # by name, the newest first
        begun = rule.from_on <= on
        state = _("これから") if not begun else _("旧") if rule.name in in_force else _("適用中")
        if begun:
            in_force.add(rule.name)
        rows.append(
            [
                rule.name or _("通常の表決"),
                state,
                _part(rule.quorum_numerator, rule.quorum_denominator, suffices=rule.quorum_suffices),
                _("%(base)s：%(part)s")
                % {
                    "base": rule.get_base_display(),
                    "part": _part(
                        rule.majority_numerator, rule.majority_denominator, suffices=rule.majority_suffices
                    ),
                },
                rule.source,
                day_said(rule.from_on),
            ]
        )
    table = {
        "caption": _("定足数と表決の要件"),
        "columns": [_("表決"), _("状態"), _("定足数"), _("可決"), _("根拠"), _("始まり")],
        "rows": rows,
        "empty": _("表決の要件は、まだ登録されていません。"),
    }
    return {"heading": _("定足数と表決の要件"), "table": table}


def _part(numerator: int, denominator: int, *, suffices: bool) -> str:
    """2/3以上, 1/2を超える."""
    words = _("%(part)s以上") if suffices else _("%(part)sを超える")
    return words % {"part": f"{numerator}/{denominator}"}


def _names(one: Committee) -> dict[str, Any]:
    return {
        "caption": _("名称の移り変わり（古い順）"),
        "columns": [_("名称"), _("組織の性格"), _("この名称になった日")],
        "rows": [[name.name, name.get_form_display(), day_said(name.from_on)] for name in names_of(one)],
    }


def _history(lineage: Lineage) -> list[dict[str, Any]]:
    sections: list[dict[str, Any]] = []
    acts = [
        link(_("前身：%(name)s") % {"name": one.name}, "council_committee", code=one.code)
        for one in lineage.before
    ]
    acts += [
        link(_("後身：%(name)s") % {"name": one.name}, "council_committee", code=one.code)
        for one in lineage.after
    ]
    if acts:
        sections.append({"heading": _("系譜"), "acts": acts})
    if lineage.left:
        table = {
            "caption": _("離れた構成員とその理由"),
            "columns": [_("構成員"), _("会議体"), _("最後の日"), _("理由")],
            "rows": [
                [
                    seat.body.name if seat.body else seat.name,
                    seat.committee.name,
                    day_said(seat.until_on),
                    seat.why_left,
                ]
                for seat in lineage.left
                if seat.until_on is not None
            ],
        }
        sections.append({"heading": _("離れた構成員"), "table": table})
    return sections


def _book(seats: list[Seat]) -> dict[str, Any]:
    return {
        "caption": _("席の記録（団体コード順）"),
        "columns": [_("構成員"), _("区分"), _("始まり"), _("終わり"), _("改める"), _("終える")],
        "rows": [
            [
                seat.body.name if seat.body else seat.name,
                seat.get_capacity_display(),
                day_said(seat.from_on),
                day_said(seat.until_on) if seat.until_on else None,
                _link_of(seat, "council_seat_change", _("区分を改める")),
                _link_of(seat, "council_seat_end", _("席を終える")),
            ]
            for seat in seats
        ],
        "empty": _("席の登録はまだありません。"),
    }


def _link_of(seat: Seat, name: str, label: str) -> dict[str, str] | None:
    if seat.until_on is not None:
        return None
    who = seat.body.name if seat.body else seat.name
    return {"text": f"{who}：{label}", "url": reverse(name, kwargs={"seat_id": seat.pk})}


def _acts(one: Committee) -> list[dict[str, str]]:
    if one.until_on is not None:
        return [link(_("目的や並び順を改める"), "council_committee_arrange", code=one.code)]
    return [
        link(_("構成員を登録する"), "council_seat_new", code=one.code),
        link(_("役職を置く"), "council_office_new", code=one.code),
        link(_("表決の要件を定める"), "council_voting_new", code=one.code),
        link(_("改称する"), "council_committee_rename", code=one.code),
        link(_("目的や並び順を改める"), "council_committee_arrange", code=one.code),
        link(_("廃止する"), "council_committee_abolish", code=one.code),
    ]


MENU = [(gettext_lazy("会議体"), "council_committees")]
urlpatterns = [
    path("committees/", committees, name="council_committees"),
    path("committees/<slug:code>/", committee, name="council_committee"),  # committees/new/ comes before it
]
