"""使用料の見積り — the fee of one asked use by the policy of its day, as it is kept with the booking. Reads, never writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as lazy

from moyai.reservations.actions.asked import Asked, Scene
from moyai.reservations.actions.checks import applicant_of, stock_of
from moyai.reservations.actions.judging import has_main
from moyai.reservations.models import Booking, Policy, Registration
from moyai.reservations.rules import fees
from moyai.reservations.rules.eligibility import class_on
from moyai.tenants.public import Refusal

RULE: Final = "reservation-fee"
# What a booking carries through changes of its fee: what was given up and stays owed, how often it was changed.
CARRIED: Final = ("kept_yen", "given_up", "changes")


class FeeUnknown(Refusal):
    """The policy gives no price for this use: an error, never a fee of zero. The message says what is missing."""

    code = "fee_unknown"
    status = 422
    message = lazy("この利用の使用料の定めがないため、受け付けられません。施設に問い合わせてください。")  # type: ignore[assignment]

    def __init__(self, words: str = "", field: str = "starts") -> None:
        text = f"{self.message}（{words}）" if words else str(self.message)
        super().__init__(text, fields={field: text})


@dataclass(frozen=True, slots=True)
class Quoted:
    """見積り — yen after relief, and the working as JSON; `pay_until` where something is owed."""

    fee_yen: int
    relief_yen: int
    document: Mapping[str, Any]
    pay_until: date | None

    def put_on(self, booking: Booking) -> None:
        """Set the fee columns of a booking, without saving; what it carries through changes stays."""
        carried = {name: booking.quote[name] for name in CARRIED if name in booking.quote}
        booking.fee_yen, booking.relief_yen, booking.pay_until = self.fee_yen, self.relief_yen, self.pay_until
        booking.quote = {**self.document, **carried}


def quote_for(
    *,
    scene: Scene,
    registration: Registration,
    relief: str | None = None,
    extension_minutes: int = 0,
    with_main: bool = False,
    letting_extras_go: bool = False,
) -> Quoted:
    """使用料を見積もる — by the fee policy in force on the day of use, of the room, its facility or the body.

    `relief`: the code of a granted 減免, "" for none; None: what the registration brings with it.
    `letting_extras_go`: what this unit does not offer (全面の照明 of a half) falls away. Raises FeeUnknown.
    """
    policy = scene.policies.of("fees", scene.plan, scene.asked.day)
    if policy is None:
        raise FeeUnknown
    use = _use(scene, registration, relief or "", extension_minutes, with_main)
    if letting_extras_go:
        use = fees.with_extras_there_are(policy.document, use)
    try:
        if relief is None:
            use = _with_standing_relief(policy.document, registration.relief, use)
        worked = fees.work_out(policy.document, use)
    except fees.CannotWorkOut as cannot:
        raise FeeUnknown(cannot.words, _field(cannot.code)) from None
    pay_until = _pay_until(policy.document, today=scene.today, day=scene.asked.day) if worked.yen else None
    return Quoted(worked.yen, worked.relief_yen, _as_kept(worked, use, policy), pay_until)


def requote(*, booking: Booking, scene: Scene, registration: Registration) -> Quoted:
    """変更後の見積り — of another time or unit, with the relief and the extension that the booking has.

    The price with its main room holds only where that room is its user's at that time.
    """
    use = booking.quote.get("use", {})
    granted = str(use.get("relief", ""))
    standing = granted in ("", registration.relief)
    return quote_for(
        scene=scene,
        registration=registration,
        relief=None if standing else granted,
        extension_minutes=booking.extension_minutes,
        with_main=bool(use.get("with_main", False)) and has_main(scene, registration),
        letting_extras_go=True,
    )


def relief_of(booking: Booking) -> str:
    """減免 of a booking: its code, "" for none."""
    return str(booking.quote.get("use", {}).get("relief", ""))


def reliefs_open_to(*, scene: Scene, registration: Registration) -> list[tuple[str, str]]:
    """申請できる減免 — (code, label) of what may be asked for this use; staff or its user ask, another person grants."""
    document = scene.document("fees")
    if document is None:
        return []
    return fees.reliefs_to_ask(document, _use(scene, registration, "", 0, False))


def _with_standing_relief(document: Mapping[str, Any], code: str, use: fees.FeeUse) -> fees.FeeUse:
    found = fees.standing_relief(document, code, use) if code else ""
    return fees.use_from({**use.as_case(), "relief": found}) if found else use


def _use(
    scene: Scene, registration: Registration, relief: str, extension_minutes: int, with_main: bool
) -> fees.FeeUse:
    asked, plan = scene.asked, scene.plan
    return fees.FeeUse(
        on=asked.day,
        day_class=fees.day_class(asked.day, holiday=scene.holidays(asked.day)),
        room=plan.code,
        unit=scene.unit.code,
        starts=asked.starts,
        ends=asked.ends,
        frames=tuple(
            fees.FeeFrame(frame.code, frame.name, frame.starts, frame.ends)
            for frame in (plan.frames_between(asked.starts, asked.ends) if not plan.step else ())
        ),
        resident_class=class_on(applicant_of(registration), asked.day),
        kind=registration.kind,
        purpose=asked.purpose,
        people=asked.people or 0,
        commercial=asked.commercial,
        admission_yen=asked.admission_yen,
        with_main=with_main,
        equipment=_items(scene, asked),
        extras=tuple(asked.extras),
        extension_minutes=extension_minutes,
        relief=relief,
    )


def _items(scene: Scene, asked: Asked) -> tuple[fees.FeeItem, ...]:
    """備品 with the prices of its masters; one query, none where nothing is asked for."""
    if not asked.equipment:
        return ()
    return tuple(
        fees.FeeItem(one.code, one.name, one.yen, one.per, count) for one, count in stock_of(scene).items()
    )


def _as_kept(worked: fees.Worked, use: fees.FeeUse, policy: Policy) -> dict[str, Any]:
    """The whole working, so that a fee explains itself however the policy changes later. Empty words are left out."""
    case = {name: value for name, value in use.as_case().items() if value not in ("", [], 0, False)}
    shown = {id(step) for line in worked.lines for step in line.steps}
    return {
        "yen": worked.yen,
        "relief_yen": worked.relief_yen,
        "lines": [
            {
                "code": line.code,
                "label": line.label,
                "yen": line.yen,
                "steps": [step.as_json() for step in line.steps],
            }
            for line in worked.lines
        ],
        "closing": [step.as_json() for step in worked.steps if id(step) not in shown],
        "use": case,
        "rule": RULE,
        "version": f"{policy.from_on.isoformat()}:{policy.sha256[:12]}",
        "source": policy.source or policy.document.get("source", ""),
    }


def _pay_until(document: Mapping[str, Any], *, today: date, day: date) -> date:
    """納付期限 — so many days after the booking, at the latest so many days before the use, never before today."""
    latest = day - timedelta(days=document.get("pay_before_use_days", 0))
    within = today + timedelta(days=document.get("pay_within_days", 14))
    return max(today, min(latest, within))


def _field(code: str) -> str:
    return {"no_extra": "extras", "no_relief": "relief", "no_extension": "extension_minutes"}.get(
        code, "starts"
    )
