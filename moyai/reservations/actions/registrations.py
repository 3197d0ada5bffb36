"""利用者登録 — apply online or at the counter, ask for a change or renewal, take over a registration made at the counter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.calendars.public import age_on, fiscal_year
from moyai.reservations.actions.own_case import not_oneself
from moyai.reservations.actions.registration_facts import (
    COLUMNS,
    WORDS,
    Facts,
    MemberFacts,
    facts_of,
    in_words,
    what_differs,
)
from moyai.reservations.actions.remembering import remember
from moyai.reservations.identity import person_key
from moyai.reservations.keys import address_key, kana_key, name_key
from moyai.reservations.models import Booking, Entry, GroupMember, Registration
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.registrations import terms_for
from moyai.reservations.rules.registering import (
    GROUP,
    PROVED,
    Member,
    Terms,
    proof_until,
    wrong_members,
)
from moyai.tenants.public import Actor, Refusal, Role, body_of, clock, one_at_a_time, public_number

STANDING: Final = ("pending", "active", "suspended")
AT_ONCE: Final = ("phone", "email")  # what the owner changes without anybody's approval


class NotOffered(Refusal):
    code = "registration_not_offered"
    message = _("この区分の利用者登録は受け付けていません。")  # type: ignore[assignment]


class CounterOnly(Refusal):
    code = "registration_at_the_counter"
    message = _("利用者登録は窓口で受け付けています。")  # type: ignore[assignment]


class SignInFirst(Refusal):
    code = "sign_in_first"
    status = 403
    message = _("利用者登録には、ログインが必要です。")  # type: ignore[assignment]


class AlreadyRegistered(Refusal):
    code = "already_registered"
    message = _("すでに登録または申込みがあります。")  # type: ignore[assignment]


class FactsWrong(Refusal):
    code = "registration_wrong"
    status = 422
    message = _("登録の内容を確かめてください。")  # type: ignore[assignment]


class NotPossibleNow(Refusal):
    code = "not_possible_now"
    message = _("今の状態では、この操作はできません。画面を開き直してください。")  # type: ignore[assignment]


class ChangedMeanwhile(Refusal):
    code = "changed_meanwhile"
    message = _("ほかの人が先に変更しました。画面を開き直してください。")  # type: ignore[assignment]


class NotYet(Refusal):
    code = "not_renewable"
    message = _("更新を申し込める期間ではありません。")  # type: ignore[assignment]


class NotFound(Refusal):
    code = "registration_not_found"
    status = 422
    message = _("入力した内容に合う登録が見つかりません。")  # type: ignore[assignment]


def locked(*, actor: Actor, registration: Registration, seen_version: int | None = None) -> Registration:
    """The row of the acting body, locked until the transaction ends. Raises ChangedMeanwhile."""
    row: Registration = Registration.objects.select_for_update(of=("self",), no_key=True).get(
        body_id=body_of(actor.body).pk, pk=registration.pk
    )
    if seen_version is not None and row.version != seen_version:
        raise ChangedMeanwhile
    return row


def lay_by(row: Registration) -> None:
    """登録の期間を残す — the term that is over goes to the earlier ones, before another begins."""
    if row.registered_on is not None and row.valid_until is not None:
        last = row.valid_until
        if row.ended_on is not None:
            last = min(last, row.ended_on - timedelta(days=1))
        if last >= row.registered_on:
            row.past = [*row.past, [row.registered_on.isoformat(), last.isoformat()]]
    row.registered_on = row.ended_on = None


def key_of(*, body_id: int, facts: Facts) -> str:
    """The key of the person, of a group that of its representative."""
    group = facts.kind == GROUP
    return person_key(
        body_id=body_id,
        kana=facts.representative_kana if group else facts.kana,
        name=facts.representative if group else facts.name,
        born_on=facts.born_on,
        phone=facts.phone,
    )


def checked(*, actor: Actor, now: datetime, facts: Facts, known: Terms | None = None) -> tuple[Terms, str]:
    """The terms of the body and the person's key; `known`: terms read before. Raises NotOffered, FactsWrong."""
    body, today = body_of(actor.body), clock.today(now)
    terms = known or terms_for(body, today)
    if terms is None or facts.kind not in terms.valid_years:
        raise NotOffered
    wrong: dict[str, str] = {}
    needed = ["name", "kana", "address", "phone"]
    if facts.kind == GROUP:
        needed += ["representative", "representative_kana"]
    for name in needed:
        if not getattr(facts, name).strip():
            wrong[name] = str(_("%(label)sを入力してください。")) % {"label": WORDS[name]}
    if facts.resident_class not in Registration.Class.values:
        wrong["resident_class"] = str(_("区分を選んでください。"))
    if facts.born_on is None:
        if not {Role.SYSTEM} & actor.roles:
            wrong["born_on"] = str(_("生年月日を入力してください。"))
    elif facts.born_on > today:
        wrong["born_on"] = str(_("生年月日は、今日までの日付にしてください。"))
    elif age_on(facts.born_on, today) < terms.least_age:
        wrong["born_on"] = str(_("登録できるのは、%(age)s歳以上の方です。")) % {"age": terms.least_age}
    if facts.kind == GROUP:
        reason = wrong_members(terms, _as_members(body.pk, facts))
        if reason:
            wrong["members"] = str(MEMBERS_WRONG[reason]) % {
                "least": terms.least_members,
                "above": terms.inside[0],
                "below": terms.inside[1],
            }
    if wrong:
        raise FactsWrong(next(iter(wrong.values())), fields=wrong)
    return terms, key_of(body_id=body.pk, facts=facts)


MEMBERS_WRONG: Final = {
    "repeated": _("構成員に同じ方が2回以上入っています。"),
    "too_few": _("構成員は%(least)s人以上必要です。"),
    "too_many_outside": _(
        "構成員の%(below)s分の%(above)s以上が、市内に在住・在勤・在学の方である必要があります。"
    ),
}


def _member_key(body_id: int, one: MemberFacts) -> str:
    return person_key(body_id=body_id, kana=one.kana, name=one.name, born_on=one.born_on)


def _as_members(body_id: int, facts: Facts) -> list[Member]:
    return [Member(_member_key(body_id, one), one.inside) for one in facts.members]


def write_facts(*, row: Registration, facts: Facts) -> None:
    """Set the columns, the keys and the members; the row is saved."""
    fill_facts(row=row, facts=facts)
    row.save()
    GroupMember.objects.filter(body_id=row.body_id, registration=row).delete()
    GroupMember.objects.bulk_create(member_rows(row=row, facts=facts))


def fill_facts(*, row: Registration, facts: Facts) -> None:
    """Set the columns and the keys of a row that is not saved here."""
    for name in COLUMNS:
        setattr(row, name, getattr(facts, name))
    row.person_key = key_of(body_id=row.body_id, facts=facts)
    row.search_key = kana_key(facts.kana)
    row.name_key = name_key(facts.name)
    row.address_key = address_key(facts.address)
    row.members = max(1, len(facts.members)) if facts.kind == GROUP else 1


def member_rows(*, row: Registration, facts: Facts) -> list[GroupMember]:
    """構成員 of a stored registration, not yet stored themselves."""
    return [
        GroupMember(
            body_id=row.body_id,
            registration=row,
            name=one.name,
            kana=one.kana,
            born_on=one.born_on,
            inside=one.inside,
            person_key=_member_key(row.body_id, one),
        )
        for one in facts.members
    ]


def count_under(since: date, rows: Sequence[Registration], key: str) -> None:
    """Bookings from a day of use on, and entries that are not drawn yet, count under the person's key."""
    body_id, ids = rows[0].body_id, [row.pk for row in rows]
    Booking.objects.filter(body_id=body_id, registration_id__in=ids, day__gte=since).update(one_person=key)
    Entry.objects.filter(Q(round__state="open"), body_id=body_id, registration_id__in=ids).update(
        one_person=key
    )


def rewrite_facts(*, row: Registration, facts: Facts, now: datetime) -> None:
    """`write_facts` of one that may have booked: no limit begins anew because a name or a birthday is read otherwise.

    What it had in this fiscal year goes on to count for it: no limit looks farther back.
    """
    before = row.one_person
    write_facts(row=row, facts=facts)
    if row.one_person != before:
        count_under(date(fiscal_year(clock.today(now)), 4, 1), [row], row.one_person)


@action("reservations.register", permits=PERMITS, refuses={"account_registers_once": AlreadyRegistered})
def register(
    *, actor: Actor, now: datetime, facts: Facts, channel: str, account_id: int | None = None
) -> Registration:
    """利用者登録を申し込む — it waits for approval. At the counter (`channel` "staff") it is nobody's account yet.

    An account has one registration as a person and one for each group; who was refused or struck applies anew under the
    same number. `account_id` is given by jobs and the replay alone. Raises NotOffered, CounterOnly, SignInFirst,
    AlreadyRegistered, FactsWrong.
    """
    body = body_of(actor.body)
    counter = channel == "staff"
    owner = account_id if Role.SYSTEM in actor.roles else None if counter else actor.account_id
    if counter and not (actor.is_staff or Role.SYSTEM in actor.roles):
        raise NotPossibleNow
    if owner is None and not counter and Role.SYSTEM not in actor.roles:
        raise SignInFirst
    terms, key = checked(actor=actor, now=now, facts=facts)
    if not terms.online and not counter and Role.SYSTEM not in actor.roles:
        raise CounterOnly
    one_at_a_time("reservations.register", str(owner) if owner else key)
    row = _earlier(body.pk, owner, key, facts)
    if row is None:
        row = Registration(body_id=body.pk, number=public_number(), kind=facts.kind, account_id=owner)
    row.state, row.asked_at, row.channel = Registration.State.PENDING, now, channel
    row.why, row.keep_until, row.wanted, row.wanted_at = "", None, None, None
    lay_by(row)
    row.valid_until = row.class_until = row.suspended_until = None
    row.version += 1 if row.pk else 0
    write_facts(row=row, facts=facts)
    remember(actor=actor, now=now, registration=row, what="applied", channel=channel)
    return row


def _earlier(body_id: int, owner: int | None, key: str, facts: Facts) -> Registration | None:
    """The refused or struck row that is applied for anew. Raises AlreadyRegistered where one stands."""
    rows = Registration.objects.filter(body_id=body_id, kind=facts.kind, forgotten_on__isnull=True)
    rows = rows.filter(account_id=owner) if owner else rows.filter(person_key=key)
    if facts.kind == GROUP:
        rows = rows.filter(name_key=name_key(facts.name))
    found = list(rows.select_for_update(of=("self",), no_key=True).order_by("-id")[:20])
    standing = next((one for one in found if one.state in STANDING), None)
    if standing is not None:
        raise already(standing)
    return found[0] if found and owner else None


def already(standing: Registration) -> AlreadyRegistered:
    text = _("すでに登録または申込みがあります（利用者番号%(number)s）。")
    return AlreadyRegistered(str(text) % {"number": standing.number})


@action("reservations.change_registration", permits=PERMITS)
def change_registration(
    *,
    actor: Actor,
    now: datetime,
    registration: Registration,
    facts: Facts,
    reason: str = "",
    seen_version: int | None = None,
) -> Registration:
    """登録の内容を変える, by staff: at once. What the owner had asked for falls away. Raises FactsWrong."""
    row = locked(actor=actor, registration=registration, seen_version=seen_version)
    if row.state not in STANDING:
        raise NotPossibleNow
    not_oneself(actor=actor, registration=row)
    terms, _key = checked(actor=actor, now=now, facts=replace(facts, kind=row.kind))
    changed = what_differs(facts_of(row), facts)
    row.version += 1
    row.wanted = row.wanted_at = None
    rewrite_facts(row=row, facts=replace(facts, kind=row.kind), now=now)
    if row.resident_class not in PROVED:
        row.class_until = None
    elif "resident_class" in changed and row.state != Registration.State.PENDING:  # else the approval says it
        row.class_until = proof_until(terms, resident_class=row.resident_class, begins=clock.today(now))
    row.save(update_fields=["class_until"])
    remember(
        actor=actor,
        now=now,
        registration=row,
        what="changed",
        words=in_words(changed),
        facts={"names": changed},
    )
    return row


def own_row(actor: Actor, row: Registration) -> Registration:
    if actor.account_id is None or row.account_id != actor.account_id:
        raise NotFound
    return row
