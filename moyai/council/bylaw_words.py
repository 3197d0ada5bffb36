"""規程の見せ方 — what the secretariat's, the members' and the public page of a rule show alike: its text, versions, differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from moyai.council.actions.spans import day_said
from moyai.council.desk import faces
from moyai.council.forms.bylaws import CompareForm, version_name
from moyai.council.models import Bylaw, BylawVersion
from moyai.council.queries.bylaws import Standing, versions_of
from moyai.council.rules.diffs import Change, Piece, differences


def state_of(standing: Standing) -> dict[str, str]:
    """Whether a rule is in force, as a badge."""
    if standing.version is not None:
        return {"kind": "good", "word": _("施行中")}
    if standing.abolished_on is not None:
        return {"kind": "neutral", "word": _("廃止")}
    return {"kind": "attention", "word": _("施行前")}


def since_words(standing: Standing) -> str:
    """Since when it is so."""
    if standing.version is not None:
        return _("%(day)sから") % {"day": day_said(standing.version.from_on)}
    if standing.abolished_on is not None:
        return _("%(day)sに廃止") % {"day": day_said(standing.abolished_on)}
    if standing.coming_on is not None:
        return _("%(day)sに施行") % {"day": day_said(standing.coming_on)}
    return _("版はまだありません")


def register_table(
    rows: Sequence[Standing], on: date, url: Callable[[Bylaw], str], *, told: bool
) -> dict[str, Any]:
    """Every rule with its standing on a day. `told`: also whether it is public, for who arranges that."""
    columns = [_("名称"), _("種類"), _("状態"), _("いつから")]
    return {
        "columns": [*columns, _("公開")] if told else columns,
        "rows": [
            [
                {"text": row.bylaw.name, "url": f"{url(row.bylaw)}?on={on}"},
                row.bylaw.get_kind_display(),
                {"state": state_of(row)},
                since_words(row),
                *([_("公開") if row.bylaw.public else _("会員だけ")] if told else []),
            ]
            for row in rows
        ],
        "empty": _("規程の登録はまだありません。"),
    }


def register_section(rows: Sequence[Standing], on: date, table: dict[str, Any]) -> dict[str, Any]:
    """The register as a section of a page, with its files."""
    caption = _("会則・規程（%(n)s）") % {"n": len(rows)}
    heading = _("%(day)sの会則・規程") % {"day": day_said(on)}
    return {"heading": heading, "table": {"caption": caption, **table}, "faces": faces(on)}


def bylaw_facts(standing: Standing, on: date) -> list[dict[str, Any]]:
    """What a rule is, and its standing on the day."""
    return [
        {"key": _("種類"), "value": str(standing.bylaw.get_kind_display())},
        {"key": _("%(day)sの状態") % {"day": day_said(on)}, "state": state_of(standing)},
        {"key": _("いつから"), "value": since_words(standing)},
    ]


def versions_table(versions: list[BylawVersion], compare_url: str, on_url: str) -> dict[str, Any]:
    """Every version, the newest first, each with its text of that day and what it changed."""
    numbers = {one.number for one in versions if not one.abolished}
    rows = []
    for one in versions:
        before = one.number - 1
        what = (
            {
                "text": _("%(after)sで変わったところ") % {"after": version_name(one)},
                "url": f"{compare_url}?before={before}&after={one.number}",
            }
            if before in numbers and not one.abolished
            else None
        )
        text = None if one.abolished else {
            "text": _("%(name)sの全文") % {"name": version_name(one)},
            "url": f"{on_url}?on={one.from_on.isoformat()}",
        }  # fmt: skip
        decided = one.decided_by
        rows.append(
            [
                version_name(one),
                _("廃止") if one.abolished else _("制定") if one.number == 1 else _("改正"),
                day_said(one.from_on),
                f"{decided.meeting.committee.name}：{decided.title}" if decided else one.source or None,
                text,
                what,
            ]
        )
    return {
        "caption": _("これまでの版（新しい順）"),
        "columns": [_("版"), _("種別"), _("施行の日"), _("決めた議案・出典"), _("全文"), _("新旧対照")],
        "rows": rows,
        "empty": _("版はまだありません。"),
    }


def differences_table(before: BylawVersion, after: BylawVersion) -> dict[str, Any]:
    """新旧対照表 — only what changed, line by line; what is only on one side is marked."""
    marks = {Change.ADDED: _("追加"), Change.REMOVED: _("削除"), Change.CHANGED: _("変更")}
    return {
        "caption": _("%(before)sと%(after)sの新旧対照") % {
            "before": version_name(before), "after": version_name(after),
        },
        "before": version_name(before),
        "after": version_name(after),
        "rows": [
            {
                "mark": marks[row.change],
                "before": pieces(row.before, "del"),
                "after": pieces(row.after, "ins"),
            }
            for row in differences(before.text, after.text)
        ],
    }  # fmt: skip


def pieces(line: tuple[Piece, ...] | None, tag: str) -> SafeString | None:
    """A line with what is only on this side marked. None: this side has no such line."""
    if line is None:
        return None
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<{0}>{1}</{0}>", SafeString(tag), one.text) if one.marked else one.text,)
            for one in line
        ),
    )


def comparison_of(request: HttpRequest, one: Bylaw) -> dict[str, Any]:
    """The form with its two versions and, where both are there, what differs."""
    versions = [version for version in reversed(versions_of(one)) if not version.abolished]
    if len(versions) < 2:
        return {"form": None, "differences": None}
    asked = {
        "before": request.GET.get("before", str(versions[-2].number)),
        "after": request.GET.get("after", str(versions[-1].number)),
    }
    form = CompareForm(asked, versions=versions)
    if not form.is_valid():
        raise Http404
    before, after = (form.versions[form.cleaned_data[name]] for name in ("before", "after"))
    return {"form": form, "differences": differences_table(before, after)}
