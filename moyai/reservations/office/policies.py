"""利用の決まり — what is in force where, its versions and their differences, and a new one from a day on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from moyai.calendars.public import short_wareki
from moyai.reservations.actions.masters import MastersMoved, MastersRefused, keep_policy, withdraw_policy
from moyai.reservations.forms.masters import PolicyForm
from moyai.reservations.models import Facility, Policy, Room
from moyai.reservations.office.masters import crumbs, may, table, tried, url_of
from moyai.reservations.queries.masters_office import policies_seen, policy_seen, versions_of
from moyai.reservations.rules.policies import KINDS
from moyai.reservations.workbook.checks import Fault
from moyai.reservations.workbook.differences import Change, document_changes
from moyai.reservations.workbook.layouts import SOURCE, canonical, cells_of, layout
from moyai.tenants.public import clock
from moyai.ui.public import page


def where(policy: Policy) -> str:
    """団体全体, 中央体育館, 中央体育館 アリーナ."""
    if policy.facility is None:
        return _("団体全体")
    return policy.facility.name if policy.room is None else f"{policy.facility.name} {policy.room.name}"


def state(policy: Policy, versions: Sequence[Policy], today: date) -> dict[str, str]:
    """施行中, 予定, 過去 — of the versions of one place."""
    if policy.from_on > today:
        return {"kind": "progress", "word": _("予定")}
    newest = max((one.from_on for one in versions if one.from_on <= today), default=policy.from_on)
    if policy.from_on == newest:
        return {"kind": "good", "word": _("適用中")}
    return {"kind": "neutral", "word": _("過去の版")}


@require_GET
def policies(request: HttpRequest) -> HttpResponse:
    """利用の決まりの一覧 — of the body; with ?facility= or ?room= what decides there."""
    today = clock.today(request.now)  # type: ignore[attr-defined]
    facility, room = _scope(request)
    every = policies_seen(request.actor)  # type: ignore[attr-defined]
    if facility is not None:
        every = [
            one
            for one in every
            if one.facility_id in (None, facility.pk) and (room is None or one.room_id in (None, room.pk))
        ]
    places: dict[tuple[str, int | None, int | None], list[Policy]] = {}
    for one in every:
        places.setdefault((one.kind, one.facility_id, one.room_id), []).append(one)
    order = {kind: number for number, kind in enumerate(Policy.Kind.values)}
    rows = [
        [
            {
                "text": one.get_kind_display(),
                "url": url_of(request, "policy", policy_id=one.pk),
                "head": True,
            },
            where(one),
            short_wareki(one.from_on),
            one.source or None,
            {"state": state(one, places[one.kind, one.facility_id, one.room_id], today)},
        ]
        for one in sorted(every, key=lambda one: order[one.kind])
    ]
    about = f"?facility={facility.pk}" if facility is not None else ""
    if facility is not None and room is not None:
        about = f"?facility={facility.pk}&room={room.pk}"
    name = f"{facility.name} {room.name}" if facility and room else facility.name if facility else ""
    context = {
        "heading": _("%(name)sの利用の決まり") % {"name": name} if name else _("利用の決まり"),
        "table": table(
            _("決まり%(count)s件") % {"count": f"{len(rows):,}"},
            [_("決まり"), _("範囲"), _("適用開始日"), _("条例・規則"), _("状態")], rows, _("決まりはまだありません。"),
        ),
        "kinds": [
            (label, url_of(request, "policy_new", policy_kind=kind) + about) for kind, label in Policy.Kind.choices
        ] if may(request, "reservations.keep_policy") else [],
        "crumbs": _crumbs(request, facility, room),
    }  # fmt: skip
    return page(request, "reservations/office/masters_policies.html", context)


@require_GET
def policy(request: HttpRequest, policy_id: int) -> HttpResponse:
    """決まり — its values and lists as tables, what differs from the version before, and all versions."""
    one = policy_seen(request.actor, policy_id)  # type: ignore[attr-defined]
    if one is None:
        raise Http404
    today = clock.today(request.now)  # type: ignore[attr-defined]
    versions = versions_of(one)
    earlier = next((other for other in versions if other.from_on < one.from_on), None)
    how = layout(one.kind)
    document = canonical(one.kind, one.document)
    facts = [
        {"key": _("範囲"), "value": where(one)},
        {"key": _("適用開始日"), "value": short_wareki(one.from_on)},
        {"key": SOURCE.head, "value": one.source, "missing": "—"},
        {"key": _("定めた人"), "value": one.made_by},
        *(
            {"key": placed.column.head, "value": _words(cell)}
            for placed, cell in zip(how.placed, cells_of(how.placed, document), strict=True)
            if cell is not None
        ),
    ]
    changes = document_changes(one.kind, canonical(one.kind, earlier.document), document) if earlier else []
    may_keep = may(request, "reservations.keep_policy")
    context = {
        "heading": _("%(kind)s（%(where)s）") % {"kind": one.get_kind_display(), "where": where(one)},
        "state": state(one, versions, today),
        "facts": facts,
        "tables": [_list_table(listed, document) for listed in how.lists if document.get(listed.name)],
        "changes": changes_table(changes) if changes else None,
        "versions": table(
            _("この決まりの版"), [_("適用開始日"), _("条例・規則"), _("定めた人"), _("状態")],
            [
                [
                    {"text": short_wareki(other.from_on), "url": url_of(request, "policy", policy_id=other.pk), "head": True},
                    other.source or None, other.made_by, {"state": state(other, versions, today)},
                ]
                for other in versions
            ], "",
        ),
        "withdraw_url": url_of(request, "policy_withdraw", policy_id=one.pk)
        if may_keep and one.from_on > today else "",
        "next_url": f"{url_of(request, 'policy_new', policy_kind=one.kind)}?like={one.pk}" if may_keep else "",
        "crumbs": _crumbs(request, one.facility, one.room, (one.get_kind_display(), "")),
    }  # fmt: skip
    return page(request, "reservations/office/masters_policy.html", context)


def new(request: HttpRequest, policy_kind: str) -> HttpResponse:
    """新しい版を定める — from a day on; begun from the policy named by ?like=."""
    if policy_kind not in KINDS:
        raise Http404
    like = _like(request, policy_kind)
    facility, room = (like.facility, like.room) if like is not None else _scope(request)
    document = canonical(policy_kind, like.document) if like is not None else {}
    form = PolicyForm(
        request.POST or None, how=layout(policy_kind), document=document, source=like.source if like else ""
    )
    if request.method == "POST" and form.is_valid():
        made = form.document()
        if not form.errors and tried(
            form,
            lambda: _keep(request, policy_kind, form, made, facility, room),
            lambda fault: _field(form, fault),
        ):
            messages.success(request, _("決まりを定めました。"))
            about = f"?facility={facility.pk}" if facility is not None else ""
            return redirect(url_of(request, "policies") + about)
    label = Policy.Kind(policy_kind).label
    heading = _("%(kind)sを定める") % {"kind": label}
    context = {
        "heading": heading,
        "back": url_of(request, "policies"),
        "crumbs": _crumbs(request, facility, room, (heading, "")),
    }
    return page(request, "reservations/office/masters_form.html", context, form=form)


@require_POST
def withdraw(request: HttpRequest, policy_id: int) -> HttpResponse:
    """予定を取りやめる — of a policy that has not begun."""
    one = policy_seen(request.actor, policy_id)  # type: ignore[attr-defined]
    if one is None:
        raise Http404
    try:
        with transaction.atomic():
            withdraw_policy(actor=request.actor, now=request.now, policy=one)  # type: ignore[attr-defined]
    except (MastersRefused, MastersMoved) as refusal:
        texts = [fault.text for fault in getattr(refusal, "faults", [])] or [str(refusal.message)]
        messages.error(request, texts[0])
        return redirect(url_of(request, "policy", policy_id=policy_id))
    messages.success(request, _("予定の決まりを取りやめました。"))
    return redirect(url_of(request, "policies"))


# --- how ------------------------------------------------------------------------------------------------


def changes_table(changes: Sequence[Change]) -> dict[str, Any]:
    rows = [[change.head, change.before or None, change.after or None] for change in changes]
    return table(_("違い%(count)s件") % {"count": f"{len(rows):,}"}, [_("項目"), _("前"), _("後")], rows, "")


def _list_table(listed: Any, document: Mapping[str, Any]) -> dict[str, Any]:
    """A list of the policy, with only the columns that say something."""
    rows = [cells_of(listed.placed, item) for item in document[listed.name]]
    used = [at for at in range(len(listed.columns)) if any(row[at] is not None for row in rows)]
    columns = [(listed.columns[at].head, listed.columns[at].kind in ("yen", "whole")) for at in used]
    return table(listed.title, columns, [[_words(row[at]) or None for at in used] for row in rows], "")


def _words(cell: Any) -> str:
    if cell is None:
        return ""
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def _keep(
    request: HttpRequest, kind: str, form: PolicyForm, document: Mapping[str, Any], facility: Any, room: Any
) -> Policy:
    return keep_policy(
        actor=request.actor,  # type: ignore[attr-defined]
        now=request.now,  # type: ignore[attr-defined]
        kind=kind,
        document=document,
        from_on=form.cleaned_data["from_on"],
        source=form.cleaned_data["source"],
        facility=facility.code if facility is not None else "",
        room=room.code if room is not None else "",
    )


def _field(form: PolicyForm, fault: Fault) -> str | None:
    return form.field_at(fault.path) or ("from_on" if fault.column == _("適用開始日") else None)


def _like(request: HttpRequest, kind: str) -> Policy | None:
    text = request.GET.get("like", "")
    if not text:
        return None
    found = (
        policy_seen(request.actor, int(text))  # type: ignore[attr-defined]
        if text.isascii() and text.isdigit() and len(text) < 19
        else None
    )
    if found is None or found.kind != kind:
        raise Http404
    return found


def _scope(request: HttpRequest) -> tuple[Facility | None, Room | None]:
    """The facility and the room that ?facility= and ?room= name; 404 for what is not there."""
    body = request.actor.body  # type: ignore[attr-defined]
    numbers = {}
    for name in ("facility", "room"):
        text = request.GET.get(name, "")
        if text and not (text.isascii() and text.isdigit() and len(text) < 19):
            raise Http404
        numbers[name] = int(text) if text else None
    if numbers["room"] is not None:
        room = Room.objects.filter(body=body, pk=numbers["room"]).select_related("facility").first()
        if room is None or numbers["facility"] not in (None, room.facility_id):
            raise Http404
        return room.facility, room
    if numbers["facility"] is None:
        return None, None
    facility = Facility.objects.filter(body=body, pk=numbers["facility"]).first()
    if facility is None:
        raise Http404
    return facility, None


def _crumbs(
    request: HttpRequest, facility: Facility | None, room: Room | None, *more: tuple[str, str]
) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if facility is not None:
        found.append((facility.name, url_of(request, "facility", facility_id=facility.pk)))
    if room is not None:
        found.append((room.name, url_of(request, "room", room_id=room.pk)))
    found.append((_("利用の決まり"), url_of(request, "policies") if more else ""))
    return crumbs(request, *found, *more)


urlpatterns = [
    path("masters/policies/", policies, name="reservations_office_policies"),
    path("masters/policies/<int:policy_id>/", policy, name="reservations_office_policy"),
    path("masters/policies/<int:policy_id>/withdraw/", withdraw, name="reservations_office_policy_withdraw"),
    path("masters/policies/new/<slug:policy_kind>/", new, name="reservations_office_policy_new"),
]
