"""登録について利用者が求めること — a change that is looked at first, a renewal, a registration that the counter made."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from django.db.models import Q

from moyai.audit.public import action
from moyai.people.public import forgive, throttle
from moyai.reservations.actions.registration_facts import (
    Facts,
    facts_of,
    in_words,
    what_differs,
)
from moyai.reservations.actions.registrations import (
    AT_ONCE,
    STANDING,
    AlreadyRegistered,
    NotFound,
    NotOffered,
    NotPossibleNow,
    NotYet,
    SignInFirst,
    checked,
    locked,
    own_row,
    rewrite_facts,
)
from moyai.reservations.actions.remembering import remember
from moyai.reservations.models import Registration
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.registrations import terms_for
from moyai.reservations.rules.registering import (
    GROUP,
    PERSON,
    may_renew,
)
from moyai.tenants.public import Actor, body_of, clock, one_at_a_time


@action("reservations.ask_change", permits=PERMITS)
def ask_change(
    *, actor: Actor, now: datetime, registration: Registration, facts: Facts, seen_version: int | None = None
) -> Registration:
    """内容の変更を申し込む, by the owner: 電話番号 and メールアドレス at once, the rest when staff have approved it.

    減免区分 is not the owner's to ask for here. What was asked for before is replaced. Raises NotPossibleNow, FactsWrong.
    """
    row = own_row(actor, locked(actor=actor, registration=registration, seen_version=seen_version))
    if row.state not in STANDING:
        raise NotPossibleNow
    facts = replace(facts, kind=row.kind, relief=row.relief)
    checked(actor=actor, now=now, facts=facts)
    before = facts_of(row)
    changed = what_differs(before, facts)
    at_once = [name for name in changed if name in AT_ONCE]
    rest = [name for name in changed if name not in AT_ONCE]
    row.version += 1
    for name in at_once:
        setattr(row, name, getattr(facts, name))
    if row.state == Registration.State.PENDING:  # nobody has approved anything yet
        rewrite_facts(row=row, facts=facts, now=now)
    elif rest:
        renew = bool((row.wanted or {}).get("renew"))
        row.wanted, row.wanted_at = {"renew": renew, "facts": facts.as_json(), "names": rest}, now
    row.save()
    asks = rest and row.state != Registration.State.PENDING
    what = "asked_change" if asks else "changed"
    remember(actor=actor, now=now, registration=row, what=what, words=in_words(changed))
    return row


@action("reservations.ask_renewal", permits=PERMITS)
def ask_renewal(
    *, actor: Actor, now: datetime, registration: Registration, seen_version: int | None = None
) -> Registration:
    """更新を申し込む, by the owner, from some days before the expiry to some after it. Raises NotYet, NotPossibleNow."""
    row = own_row(actor, locked(actor=actor, registration=registration, seen_version=seen_version))
    if row.state not in ("active", "suspended") or row.valid_until is None:
        raise NotPossibleNow
    today = clock.today(now)
    terms = terms_for(body_of(actor.body), today)
    if terms is None or row.kind not in terms.valid_years:
        raise NotOffered
    if not may_renew(terms, stands_until=row.valid_until, today=today):
        raise NotYet
    row.version += 1
    row.wanted, row.wanted_at = {**(row.wanted or {}), "renew": True}, now
    row.save()
    remember(actor=actor, now=now, registration=row, what="asked_renewal")
    return row


@action("reservations.claim_registration", permits=PERMITS)
def claim_registration(
    *, actor: Actor, now: datetime, number: str, born_on: date, phone: str
) -> Registration:
    """窓口での登録を自分のアカウントで使う — by number, birthday and phone of a registration that is nobody's yet.

    Tries are counted by number and network: who guesses from elsewhere does not keep the owner out. All that does not
    fit is the same refusal. Raises SignInFirst, NotFound, AlreadyRegistered, TooManyTries.
    """
    if actor.account_id is None:
        raise SignInFirst
    throttle(kind="reservations.claim", key=number, now=now)
    body = body_of(actor.body)
    one_at_a_time("reservations.register", str(actor.account_id))
    row: Registration | None = (
        Registration.objects.select_for_update(of=("self",), no_key=True)
        .filter(body_id=body.pk, number=number, state__in=STANDING)
        .first()
    )
    fits = row is not None and row.account_id is None and row.born_on == born_on and row.phone == phone
    if row is None or not fits:
        raise NotFound
    forgive(kind="reservations.claim", key=number)
    own = Q(kind=PERSON) if row.kind == PERSON else Q(kind=GROUP, name_key=row.name_key)
    if Registration.objects.filter(
        own, body_id=body.pk, account_id=actor.account_id, state__in=STANDING
    ).exists():
        raise AlreadyRegistered
    row.account_id = actor.account_id
    row.version += 1
    row.save(update_fields=["account_id", "version"])
    remember(actor=actor, now=now, registration=row, what="claimed")
    return row
