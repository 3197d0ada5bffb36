"""決裁の経路 — who has to agree before a decision may be made: in order, those of one position side by side (合議).

The procedure's `route` is a list of {position, name, kind, section, days}: kind `approve` (決裁), `consult` (合議)
or `outside` (外部協議: 警察署 and others; staff write down the answer). Its last `approve` is the decision itself.
A proposal begins a round; 差戻し ends it. Nobody agrees twice in a round, and nobody to what they proposed.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.applications import flow
from moyai.applications.actions.review import need_reason
from moyai.applications.actions.steps import locked, remember, touch
from moyai.applications.models import Application, History, RouteStep
from moyai.applications.permits import PERMITS
from moyai.applications.queries.route import current_steps, standing_steps
from moyai.audit.public import action
from moyai.calendars.public import add_office_days
from moyai.tenants.public import Actor, Refusal, Role, clock

APPROVES = frozenset({Role.APPROVER, Role.ADMINISTRATOR})


class NotYourStep(Refusal):
    """The step is not waiting, is another section's, or this person proposed or agreed already."""

    code = "not_your_step"
    status = 409
    message = lazy("今、あなたが行う決裁・合議ではありません。")  # type: ignore[assignment]


class RouteNotFinished(Refusal):
    code = "route_not_finished"
    status = 409
    message = lazy("決裁の経路が終わっていないため、決定できません。")  # type: ignore[assignment]


def begin_round(*, actor: Actor, now: datetime, application: Application) -> None:
    """Ask everybody on the procedure's route anew; a procedure without one asks nobody."""
    route = application.procedure.route
    if not route:
        return
    last = RouteStep.objects.filter(body_id=application.body_id, application=application)
    number = max(last.values_list("round", flat=True), default=0) + 1
    today = clock.today(now)
    RouteStep.objects.bulk_create(
        [
            RouteStep(
                body_id=application.body_id,
                application=application,
                round=number,
                position=int(step["position"]),
                name=step["name"],
                kind=step["kind"],
                section=step.get("section", ""),
                due_on=add_office_days(today, int(step["days"]), body=actor.body)
                if step.get("days")
                else None,
            )
            for step in route
        ]
    )


def may_answer(*, actor: Actor, application: Application, step: RouteStep) -> bool:
    """Whether the step waits for this person: their turn, their section, not their own proposal, not twice."""
    steps = standing_steps(application)
    if application.status != flow.PROPOSED or step.pk not in {one.pk for one in current_steps(steps)}:
        return False
    # A step of no section in particular is the section's that keeps the case: who is asked beside it is not meant.
    section = step.section or application.procedure.section
    if not actor.sees(section) or (step.kind == RouteStep.Kind.APPROVE and not actor.may(APPROVES)):
        return False
    if step.kind == RouteStep.Kind.OUTSIDE:
        return True
    if actor.account_id is None:
        return Role.SYSTEM in actor.roles
    proposal = application.history.filter(verb=flow.PROPOSE).order_by("-id").first()
    taken = {one.by_account_id for one in steps if one.kind != RouteStep.Kind.OUTSIDE}
    return actor.account_id not in taken and (proposal is None or proposal.by_account_id != actor.account_id)


@action("applications.agree", permits=PERMITS, thing="application")
def answer_step(
    *, actor: Actor, now: datetime, application: Application, step: RouteStep, agrees: bool, words: str = ""
) -> RouteStep:
    """同意する・意見を付ける — a step of the round is answered; an objection needs its words and does not stop the round:
    who decides reads it. To stop it there is 差戻し. Raises NotYourStep, ReasonMissing.
    """
    row = locked(actor=actor, application=application)
    one: RouteStep | None = (
        RouteStep.objects.filter(body_id=row.body_id, application=row, pk=step.pk).select_for_update().first()
    )
    if (
        one is None
        or is_last_approval(one, standing_steps(row))
        or not may_answer(actor=actor, application=row, step=one)
    ):
        raise NotYourStep
    text = words.strip() if agrees else need_reason(words, field="words")
    _close(one, actor, now, RouteStep.State.AGREED if agrees else RouteStep.State.OBJECTED, text)
    touch(row=row, actor=actor, now=now, also=())
    verb = History.AGREED if agrees else History.OBJECTED
    note = f"{one.name}：{text}" if text else one.name
    remember(actor=actor, now=now, application=row, verb=verb, note=note)
    return one


def is_last_approval(step: RouteStep, steps: list[RouteStep]) -> bool:
    """Whether this step is the decision itself: the last 決裁 of the round."""
    approvals = [one for one in steps if one.kind == RouteStep.Kind.APPROVE]
    return bool(approvals) and approvals[-1].pk == step.pk


def finish_round(*, actor: Actor, now: datetime, application: Application) -> None:
    """Close the last step with the decision. Raises RouteNotFinished, NotYourStep; without a route does nothing."""
    if not application.procedure.route or Role.SYSTEM in actor.roles:
        return
    steps = standing_steps(application)
    open_steps = [one for one in steps if one.state == RouteStep.State.WAITING]
    if application.status != flow.PROPOSED or not steps:
        raise RouteNotFinished(_("この手続きは、決裁の経路を通して決定します。決裁に回してください。"))
    last = [one for one in open_steps if is_last_approval(one, steps)]
    if len(open_steps) > len(last):
        names = "、".join(one.name for one in open_steps if one not in last)
        raise RouteNotFinished(_("%(names)sが終わっていないため、決定できません。") % {"names": names})
    for one in last:
        if not may_answer(actor=actor, application=application, step=one):
            raise NotYourStep
        _close(one, actor, now, RouteStep.State.AGREED, "")


def end_round(
    *, application: Application, actor: Actor, now: datetime, words: str, sent_back: bool = True
) -> None:
    """差戻し・取下げ: whatever of the round still waits is ended; where it was sent back, the first waiting one
    carries by whom."""
    waiting = [one for one in standing_steps(application) if one.state == RouteStep.State.WAITING]
    current = {one.pk for one in current_steps(waiting)} if sent_back else set()
    for one in waiting:
        state = RouteStep.State.SENT_BACK if one.pk in current else RouteStep.State.ENDED
        _close(one, actor, now, state, words)


def _close(step: RouteStep, actor: Actor, now: datetime, state: str, words: str) -> None:
    step.state, step.words, step.at = state, words, now
    step.by_account_id, step.by_name = actor.account_id, actor.name
    step.save(update_fields=["state", "words", "at", "by_account_id", "by_name"])
