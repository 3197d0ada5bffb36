"""加入の候補 — whom a committee or group invites, and how far the talk has come. A step is a new row; none is changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.council.actions.seats import take_seat
from moyai.council.actions.spans import day_said
from moyai.council.models import Candidate, Committee
from moyai.council.permits import PERMITS
from moyai.tenants.public import Actor, Body, Refusal

State = Candidate.State
FLOW: Final[Mapping[str, frozenset[str]]] = {
    State.INVITED: frozenset({State.CONSIDERING, State.AGREED, State.DECLINED}),
    State.CONSIDERING: frozenset({State.CONSIDERING, State.AGREED, State.DECLINED}),
    State.AGREED: frozenset({State.CONSIDERING, State.AGREED, State.JOINED, State.DECLINED}),
    State.DECLINED: frozenset({State.INVITED, State.CONSIDERING}),
    State.JOINED: frozenset(),
}


class AlreadyInvited(Refusal):
    code = "already_invited"
    message = lazy("この団体は、すでにこの会議体の加入候補です。")  # type: ignore[assignment]


class StepTaken(Refusal):
    code = "step_taken"
    message = lazy("ほかの方が、先に次の段階を記録しました。新しい内容を確かめてください。")  # type: ignore[assignment]


class NoSuchStep(Refusal):
    code = "no_such_step"
    message = lazy("今の段階から、その段階には進めません。")  # type: ignore[assignment]


class StepGoesBack(Refusal):
    code = "step_goes_back"
    status = 422
    message = lazy("前の段階の日付以降にしてください。")  # type: ignore[assignment]


class VendorNotAgreed(Refusal):
    code = "vendor_not_agreed"
    message = lazy("事業者の同意がまだ記録されていません。同意を得てから、加入にしてください。")  # type: ignore[assignment]


class JoinsWhen(Refusal):
    code = "joins_when"
    status = 422
    message = lazy("加入する日を入力してください。")  # type: ignore[assignment]


class JoinsWho(Refusal):
    code = "joins_who"
    status = 422
    message = lazy("協議会に加入している団体を選んでください。")  # type: ignore[assignment]


@action("council.invite", permits=PERMITS)
def invite(
    *,
    actor: Actor,
    now: datetime,
    committee: Committee,
    name: str,
    noted_on: date,
    body: Body | None = None,
    vendor_agrees: bool | None = None,
    wanted_from: date | None = None,
    note: str = "",
) -> Candidate:
    """勧誘 — the first step of a candidate, a body of the council or one outside. Raises AlreadyInvited."""
    locked = Committee.objects.select_for_update(no_key=True).get(pk=committee.pk)
    name = body.name if body is not None else name.strip()
    if Candidate.objects.filter(committee=locked, name=name).exists():
        raise AlreadyInvited(fields={"name": str(AlreadyInvited.message)})
    return Candidate.objects.create(
        committee=locked,
        name=name,
        body=body,
        vendor_agrees=vendor_agrees,
        wanted_from=wanted_from,
        note=note,
        noted_on=noted_on,
        noted_by=actor.name[:60],
    )


@action("council.note_candidate", permits=PERMITS, refuses={"candidate_goes_on_once": StepTaken})
def note_candidate(
    *,
    actor: Actor,
    now: datetime,
    candidate: Candidate,
    state: str,
    noted_on: date,
    vendor_agrees: bool | None = None,
    wanted_from: date | None = None,
    note: str = "",
    body: Body | None = None,
) -> Candidate:
    """次の段階 — a new row after `candidate`, which must be the newest. 加入済 also takes the seat from `wanted_from` on.

    What is not said (body, 事業者の同意, 加入の希望) stays as it was. Raises StepTaken, NoSuchStep, StepGoesBack; for 加入済
    VendorNotAgreed in a group or where the vendor refused, JoinsWhen, JoinsWho, and what `take_seat` raises.
    """
    committee = Committee.objects.select_for_update(no_key=True).get(pk=candidate.committee_id)
    if Candidate.objects.filter(before=candidate).exists():
        raise StepTaken
    if state not in FLOW[candidate.state]:
        words = _("「%(before)s」から「%(after)s」には進めません。") % {
            "before": candidate.get_state_display(),
            "after": State(state).label,
        }
        raise NoSuchStep(words, fields={"state": words})
    if noted_on < candidate.noted_on:
        words = _("前の段階の日付（%(day)s）以降にしてください。") % {"day": day_said(candidate.noted_on)}
        raise StepGoesBack(words, fields={"noted_on": words})
    body = body or candidate.body
    agrees = candidate.vendor_agrees if vendor_agrees is None else vendor_agrees
    wanted_from = wanted_from or candidate.wanted_from
    if state == State.JOINED:
        _join(actor, now, committee, body, agrees, wanted_from)
    return Candidate.objects.create(
        committee=committee,
        name=candidate.name,
        body=body,
        state=state,
        vendor_agrees=agrees,
        wanted_from=wanted_from,
        note=note,
        noted_on=noted_on,
        noted_by=actor.name[:60],
        before=candidate,
    )


def _join(
    actor: Actor,
    now: datetime,
    committee: Committee,
    body: Body | None,
    agrees: bool | None,
    wanted_from: date | None,
) -> None:
    # 自治体クラウドのグループ: the vendor's part in it is as needed as the members'.
    if agrees is False or (agrees is None and committee.kind == Committee.Kind.GROUP):
        raise VendorNotAgreed(fields={"vendor_agrees": str(VendorNotAgreed.message)})
    if wanted_from is None:
        raise JoinsWhen(fields={"wanted_from": str(JoinsWhen.message)})
    if body is None:
        raise JoinsWho(fields={"body": str(JoinsWho.message)})
    take_seat(actor=actor, now=now, committee=committee, body=body, from_on=wanted_from)
