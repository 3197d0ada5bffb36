"""予約の点検 — whether a use may be asked for at all; each no is a refusal of its own, beside its field.

What is not possible (`overridable` False: a time that is none of the room, a past day, too many people) stays so for
everybody. What is only not allowed can be granted by a second person at the counter (actions.overrides). That
something is taken is never decided here: the slots decide it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as lazy

from moyai.reservations import words
from moyai.reservations.actions.asked import Scene
from moyai.reservations.models import Equipment, Registration
from moyai.reservations.queries.masters import equipment_for
from moyai.reservations.rules.eligibility import Applicant, class_on, why_not, why_not_standing
from moyai.reservations.rules.limits import Count, Use, exceeded
from moyai.reservations.rules.periods import Way, Window, state_at, window
from moyai.reservations.rules.rooms import NotATime
from moyai.tenants.public import STAFF, Actor, Refusal, Role, clock

COME: tuple[Way, ...] = ("first", "priority")  # 抽選 is asked for otherwise


class CannotBook(Refusal):
    """A use that cannot be booked as asked. `field` is the input it stands beside."""

    code = "cannot_book"
    status = 422
    field: ClassVar[str] = "day"
    overridable: ClassVar[bool] = False

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message)
        self.fields = {self.field: str(self.message)}


class NotATimeOfRoom(CannotBook):
    code = "not_a_time"
    field = "starts"
    message = lazy("この時間は選べません。表示された時間から選んでください。")  # type: ignore[assignment]


class PastDay(CannotBook):
    code = "past_day"
    message = lazy("過ぎた日時は予約できません。これからの日時を選んでください。")  # type: ignore[assignment]


class NotOffered(CannotBook):
    code = "room_not_offered"
    field = "combination"
    message = lazy("この室場は、いま予約を受け付けていません。")  # type: ignore[assignment]


class ClosedThen(CannotBook):
    code = "closed_then"
    overridable = True
    message = lazy("この日は休館日です。別の日を選んでください。")  # type: ignore[assignment]


class OutsideHours(CannotBook):
    code = "outside_hours"
    field = "starts"
    overridable = True
    message = lazy("開館時間の外です。開館時間の中で選んでください。")  # type: ignore[assignment]


class OutsidePeriod(CannotBook):
    code = "outside_period"
    overridable = True
    message = lazy("この日の予約の受付は終わりました。")  # type: ignore[assignment]


class NotEligible(CannotBook):
    code = "not_eligible"
    field = "registration"
    overridable = True
    message = lazy("この利用者登録では、この室場を予約できません。")  # type: ignore[assignment]


class NotRegistered(CannotBook):
    """Pending, refused, struck or suspended: no second person grants what the registration itself forbids."""

    code = "not_registered"
    field = "registration"
    message = lazy("利用者登録が有効ではありません。")  # type: ignore[assignment]


class WrongPurpose(CannotBook):
    code = "wrong_purpose"
    field = "purpose"
    overridable = True
    message = lazy("この室場は、この目的では使えません。利用目的を選び直してください。")  # type: ignore[assignment]


class TooManyPeople(CannotBook):
    code = "too_many_people"
    field = "people"
    message = lazy("定員を超えています。")  # type: ignore[assignment]


class UnknownEquipment(CannotBook):
    code = "unknown_equipment"
    field = "equipment"
    message = lazy("この備品は、この室場では借りられません。")  # type: ignore[assignment]


class NeedsMainRoom(CannotBook):
    code = "needs_main_room"
    field = "combination"
    message = lazy("この室場は、主となる室場と同じ時間に合わせて予約してください。")  # type: ignore[assignment]


class OverLimit(CannotBook):
    code = "over_limit"
    status = 409
    overridable = True
    message = lazy("予約できる回数の上限に達しています。")  # type: ignore[assignment]


class TooLong(CannotBook):
    code = "use_too_long"
    field = "ends"
    overridable = True
    message = lazy("1回に使える時間を超えています。")  # type: ignore[assignment]


class NotYours(Refusal):
    """Another's registration or booking: the same answer as for one that is not there."""

    code = "booking_not_found"
    status = 404
    message = lazy("予約が見つかりません。")  # type: ignore[assignment]


def acts_for_body(actor: Actor) -> bool:
    """Whether the actor is at the counter, or the house itself: who books for others."""
    return Role.SYSTEM in actor.roles or (bool(actor.roles & STAFF) and actor.channel == "office")


def own(*, actor: Actor, registration: Registration | None) -> None:
    """本人か — a resident acts on what belongs to his own account. Raises NotYours."""
    if acts_for_body(actor):
        return
    if registration is None or actor.account_id is None or registration.account_id != actor.account_id:
        raise NotYours


def possible(*, actor: Actor, now: datetime, scene: Scene, granted: frozenset[str] = frozenset()) -> None:
    """できること — the time, the day and the room, before anything else is looked at. Raises CannotBook.

    `granted`: codes of refusals that a second person has set aside.
    """
    for refusal in impossible(actor=actor, now=now, scene=scene):
        if refusal.code not in granted or not refusal.overridable:
            raise refusal


def possible_times(scene: Scene) -> None:
    """Whether the times are some of the room at all. Raises NotATimeOfRoom."""
    try:
        scene.plan.cells(scene.asked.starts, scene.asked.ends)
    except NotATime as error:
        raise NotATimeOfRoom(words.not_a_time(error.code)) from None


def impossible(*, actor: Actor, now: datetime, scene: Scene) -> Iterator[CannotBook]:
    asked, plan = scene.asked, scene.plan
    try:
        plan.cells(asked.starts, asked.ends)
    except NotATime as error:
        yield NotATimeOfRoom(words.not_a_time(error.code))
        return
    if begun(now=now, scene=scene):
        yield PastDay()
    if not plan.in_use(asked.day) or not (plan.published or acts_for_body(actor)):
        yield NotOffered()
    if not scene.opening.open:
        yield ClosedThen(words.closed(scene.opening))
    elif not scene.opening.covers(asked.starts, asked.ends):
        yield OutsideHours(words.closed(scene.opening))


def begun(*, now: datetime, scene: Scene) -> bool:
    """Whether the use asked for would have begun already."""
    local = now.astimezone(clock.JST)
    return (scene.asked.day, scene.asked.starts) <= (local.date(), local.hour * 60 + local.minute)


def faults(
    *,
    actor: Actor,
    now: datetime,
    scene: Scene,
    registration: Registration,
    standing: Sequence[Use],
    stock: dict[Equipment, int] | None = None,
    inside_members: int | None = None,
    period: bool = True,
    filling_in: bool = False,
) -> list[CannotBook]:
    """Everything that speaks against a use, in the order in which a page tells it; [] is nothing.

    `standing`: the other uses of the same person. `period` False: it was in time when it was first asked for.
    `filling_in`: purpose and people are still to be told (a hold).
    """
    found = list(impossible(actor=actor, now=now, scene=scene))
    if any(isinstance(one, NotATimeOfRoom) for one in found):
        return found
    found += _of_registration(scene, registration, inside_members)
    if period and (early := _of_period(now, scene, registration)):
        found.append(early)
    if not filling_in:
        found += _of_use(scene)
    asked = as_use(scene, kind=registration.kind)
    count = exceeded(
        scene.document("limits"),
        asked=asked,
        standing=standing,
        resident_class=class_on(applicant_of(registration), scene.today),
        today=scene.today,
    )
    if count is not None:
        found.append(_over(count))
    return found


def raise_first(found: Sequence[CannotBook]) -> None:
    """Refuse with the first of them; the fields of all of them stand beside it."""
    if found:
        first = found[0]
        for one in reversed(found):
            first.fields = {**first.fields, **one.fields}
        raise first


def stock_of(scene: Scene) -> dict[Equipment, int]:
    """備品 that is asked for, by its row. Raises UnknownEquipment. No query where none is asked for."""
    wanted = {code: count for code, count in scene.asked.equipment.items() if count > 0}
    if not wanted:
        return {}
    lent = {one.code: one for one in equipment_for(scene.plan, on=scene.asked.day)}
    if wanted.keys() - lent.keys():
        raise UnknownEquipment
    return {lent[code]: count for code, count in wanted.items()}


def applicant_of(registration: Registration, inside_members: int | None = None) -> Applicant:
    return Applicant(
        kind=registration.kind,
        state=registration.state,
        resident_class=registration.resident_class,
        class_until=registration.class_until,
        valid_until=registration.valid_until,
        suspended_until=registration.suspended_until,
        born_on=registration.born_on,
        members=registration.members,
        inside_members=inside_members,
    )


def as_use(scene: Scene, *, kind: str, what: str = "booking") -> Use:
    """The asked use as limits count it."""
    asked, plan = scene.asked, scene.plan
    return Use(
        day=asked.day,
        starts=asked.starts,
        ends=asked.ends,
        weight=plan.weight(asked.starts, asked.ends),
        room_id=plan.id,
        facility_id=plan.facility_id,
        category=plan.category,
        purpose=asked.purpose,
        what=what,
        kind=kind,
        holiday=scene.holidays.is_rest_day(asked.day),
        asked_on=scene.today,
    )


def come_windows(scene: Scene, registration: Registration) -> list[Window]:
    """先着・優先の受付期間 of the asked use for this registration."""
    found = [
        window(
            scene.document("periods"),
            way=way,
            day_of_use=scene.asked.day,
            resident_class=class_on(applicant_of(registration), scene.today),
            kind=registration.kind,
            starts=scene.asked.starts,
        )
        for way in COME
    ]
    return [one for one in found if one is not None]


# --- how --------------------------------------------------------------------------------------------


def _of_registration(
    scene: Scene, registration: Registration, inside_members: int | None
) -> Iterator[CannotBook]:
    code = why_not(
        scene.document("eligibility"),
        applicant=applicant_of(registration, inside_members),
        on=scene.today,
        day_of_use=scene.asked.day,
    )
    if code is None:
        return
    standing = why_not_standing(applicant_of(registration), scene.today)
    yield NotRegistered(words.why_not(code)) if standing else NotEligible(words.why_not(code))


def _of_period(now: datetime, scene: Scene, registration: Registration) -> CannotBook | None:
    """受付期間 by 先着 or 優先: one of them open is enough; else the word of the one that opens next."""
    windows = come_windows(scene, registration)
    if any(state_at(one, now) == "open" for one in windows):
        return None
    early = [one for one in windows if state_at(one, now) == "early"]
    over = [one for one in windows if state_at(one, now) == "over"]
    nearest = min(early) if early else max(over, key=lambda one: one.closes) if over else None
    return OutsidePeriod(words.not_now(nearest, now))


def _of_use(scene: Scene) -> Iterator[CannotBook]:
    asked, plan = scene.asked, scene.plan
    if plan.purposes and asked.purpose not in plan.purposes:
        yield WrongPurpose()
    most = scene.unit.capacity
    if asked.people is not None and most is not None and asked.people > most:
        yield TooManyPeople(gettext("定員は%(most)s人です。人数を確かめてください。") % {"most": most})


def _over(count: Count) -> CannotBook:
    of_one_use = count.code in ("longest", "shortest", "weight")
    return TooLong(words.beyond(count)) if of_one_use else OverLimit(words.beyond(count))
