"""広報・意見交換 — newsletters as they go out, and counts of lists, Web会議 and reports."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.operations.models import Exchange, Issue
from moyai.operations.permits import PERMITS
from moyai.tenants.public import Actor, Refusal, acting_in, bodies_on, clock, later


class IssueKnown(Refusal):
    code = "issue_known"
    message = _("この号は、すでに発行されています。")  # type: ignore[assignment]


class SentInTheFuture(Refusal):
    code = "sent_in_the_future"
    status = 422
    message = _("発行日は、今日までの日付にしてください。")  # type: ignore[assignment]


class ExchangeKnown(Refusal):
    code = "exchange_known"
    message = _("この主題のこの期間の件数は、すでに登録されています。")  # type: ignore[assignment]


class ExchangeChanged(Refusal):
    code = "exchange_changed"
    message = _("開いている間に、件数が変わりました。最新の件数を確かめてください。")  # type: ignore[assignment]


@action("operations.issue_newsletter", permits=PERMITS, refuses={"issue_once": IssueKnown})
def issue_newsletter(
    *,
    actor: Actor,
    now: datetime,
    name: str,
    title: str,
    text: str = "",
    number: int | None = None,
    sent_on: date | None = None,
    recipients: int | None = None,
) -> Issue:
    """メールマガジンの発行 — to every member of today, through the notices of each; the number is the next of its name.

    With `sent_on` before today it is a record of the past and goes to nobody. Raises IssueKnown, SentInTheFuture.
    """
    today = clock.today(now)
    on = sent_on or today
    if on > today:
        raise SentInTheFuture(fields={"sent_on": str(SentInTheFuture.message)})
    if number is None:
        last: int | None = Issue.objects.filter(name=name).aggregate(last=Max("number"))["last"]
        number = (last or 0) + 1
    past = on < today
    bodies = [] if past else list(bodies_on(today))
    issue = Issue.objects.create(
        name=name,
        number=number,
        sent_on=on,
        title=title,
        text=text,
        recipients=recipients if past else len(bodies),
    )
    from moyai.operations.jobs.telling import tell_of_issue

    for body in bodies:
        with acting_in(body):
            later(tell_of_issue, issue_id=issue.pk)
    return issue


@action("operations.note_exchange", permits=PERMITS, refuses={"exchange_once": ExchangeKnown})
def note_exchange(
    *,
    actor: Actor,
    now: datetime,
    kind: str,
    topic: str,
    fiscal_year: int,
    count: int,
    month: date | None = None,
    source: str = "",
    before: int | None = None,
) -> Exchange:
    """意見交換の件数 — posts of a list or sessions of a Web会議 on a topic in a month, or a year.

    A first count is noted without `before`; to mend one, `before` is the count that was seen. Raises ExchangeKnown,
    ExchangeChanged.
    """
    if before is None:
        return Exchange.objects.create(
            kind=kind, topic=topic, fiscal_year=fiscal_year, month=month, count=count, source=source
        )
    row = (
        Exchange.objects.select_for_update()
        .filter(kind=kind, topic=topic, fiscal_year=fiscal_year, month=month)
        .first()
    )
    if row is None or row.count != before:
        raise ExchangeChanged
    row.count = count
    row.save(update_fields=["count"])
    return row
