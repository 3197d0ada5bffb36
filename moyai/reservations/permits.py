"""Who may do what: verb × roles. What is not listed is refused."""

from __future__ import annotations

from typing import Final

from moyai.tenants.public import Role

_STAFF: Final = frozenset({Role.CLERK, Role.APPROVER, Role.ADMINISTRATOR})
_DECIDES: Final = frozenset({Role.APPROVER, Role.ADMINISTRATOR})
_SYSTEM: Final = frozenset({Role.SYSTEM})
_USES: Final = frozenset({Role.RESIDENT}) | _STAFF | _SYSTEM  # staff book for others at the counter

PERMITS: Final[dict[str, frozenset[Role]]] = {
    # masters
    "reservations.keep_masters": frozenset({Role.ADMINISTRATOR, Role.CLERK}) | _SYSTEM,
    "reservations.keep_policy": frozenset({Role.ADMINISTRATOR}) | _SYSTEM,
    "reservations.take_workbook": frozenset({Role.ADMINISTRATOR}) | _SYSTEM,
    # bookings
    "reservations.hold_slot": _USES,
    "reservations.drop_hold": _USES,
    "reservations.book": _USES,
    "reservations.change": _USES,
    "reservations.cancel": _USES,
    "reservations.cancel_part": _USES,
    "reservations.confirm": _USES,
    "reservations.book_series": _USES,
    "reservations.approve": _DECIDES | _SYSTEM,
    "reservations.refuse": _DECIDES,
    "reservations.restore": _STAFF,
    "reservations.mark_used": _STAFF | _SYSTEM,
    "reservations.mark_missed": _STAFF | _SYSTEM,
    "reservations.excuse": _STAFF,
    "reservations.end": _SYSTEM,
    "reservations.free": _SYSTEM,
    "reservations.block": _STAFF | _SYSTEM,
    "reservations.keep": _STAFF | _SYSTEM,
    "reservations.lift_block": _STAFF,
    "reservations.give_kept": _STAFF,
    # 伺い: what needs a second person
    "reservations.ask_override": _STAFF,
    "reservations.grant_override": _DECIDES,
    "reservations.decline_override": _DECIDES,
}

# 利用者登録
PERMITS.update(
    {
        "reservations.register": _USES,
        "reservations.ask_change": frozenset({Role.RESIDENT}),
        "reservations.ask_renewal": frozenset({Role.RESIDENT}),
        "reservations.claim_registration": frozenset({Role.RESIDENT}),
        "reservations.change_registration": _STAFF | _SYSTEM,
        "reservations.approve_registration": _STAFF | _SYSTEM,
        "reservations.refuse_registration": _STAFF,
        "reservations.grant_change": _STAFF,
        "reservations.decline_change": _STAFF,
        "reservations.renew_registration": _STAFF | _SYSTEM,
        "reservations.strike_registration": _DECIDES | _SYSTEM,
        "reservations.reinstate_registration": _DECIDES,
        "reservations.suspend_registration": _STAFF,
        "reservations.resume_registration": _STAFF | _SYSTEM,
        "reservations.end_class": _SYSTEM,
        "reservations.join_registrations": _STAFF,
        "reservations.part_registration": _STAFF,
        "reservations.give_penalty": _STAFF | _SYSTEM,
        "reservations.take_back_penalty": _STAFF,
        "reservations.remind_registration": _SYSTEM,
        "reservations.forget_registration": _SYSTEM,
    }
)

# 抽選
PERMITS.update(
    {
        "reservations.plan_round": _STAFF | _SYSTEM,
        "reservations.call_off_round": _DECIDES,
        "reservations.enter_lottery": _USES,
        "reservations.withdraw_entry": _USES,
        "reservations.freeze_round": _STAFF | _SYSTEM,
        "reservations.enter_seed": _STAFF,
        "reservations.take_beacon": _SYSTEM,
        "reservations.draw_round": _STAFF | _SYSTEM,
        "reservations.publish_round": _SYSTEM,
        "reservations.book_wins": _SYSTEM,
        "reservations.tell_results": _SYSTEM,
        "reservations.confirm_win": _USES,
        "reservations.decline_win": _USES,
        "reservations.forfeit_wins": _STAFF | _SYSTEM,
        "reservations.promote_entries": _STAFF | _SYSTEM,
        "reservations.close_round": _STAFF | _SYSTEM,
        "reservations.open_release": _SYSTEM,
        "reservations.draw_release": _SYSTEM,
    }
)

# 使用料
PERMITS.update(
    {
        "reservations.note_payment": _SYSTEM,
        "reservations.ask_relief": frozenset({Role.RESIDENT}) | _STAFF,
        "reservations.grant_relief": _DECIDES,
        "reservations.decline_relief": _DECIDES,
        "reservations.ask_refund": _STAFF,
        "reservations.grant_refund": _DECIDES,
        "reservations.decline_refund": _DECIDES,
        "reservations.use_credit": frozenset({Role.CLERK, Role.ADMINISTRATOR}),  # as money's own request
        "reservations.pay_back": frozenset({Role.CLERK, Role.ADMINISTRATOR}),
        "reservations.extend": _STAFF,
        "reservations.issue_permit": _USES,
        "reservations.view_receivables": _STAFF,
    }
)

# 統計・カレンダー
PERMITS.update(
    {
        "reservations.view_figures": _STAFF,
        "reservations.share_calendar": frozenset({Role.RESIDENT}),
        "reservations.stop_calendar": frozenset({Role.RESIDENT}),
    }
)

# スマートロック
PERMITS.update(
    {
        "reservations.view_locks": _STAFF,
        "reservations.add_lock": frozenset({Role.ADMINISTRATOR}) | _SYSTEM,
        "reservations.change_lock": frozenset({Role.ADMINISTRATOR}),
        "reservations.settle_locks": _STAFF,
        "reservations.pause_lock": frozenset({Role.ADMINISTRATOR}),
        "reservations.resume_lock": frozenset({Role.ADMINISTRATOR}),
        "reservations.rotate_lock_secret": frozenset({Role.ADMINISTRATOR}),
        "reservations.show_lock_secret": frozenset({Role.ADMINISTRATOR}),
        "reservations.try_lock": frozenset({Role.ADMINISTRATOR}),
        "reservations.resend_lock_message": _STAFF,
        "reservations.show_lock_code": _STAFF,
        "reservations.renew_lock_code": _STAFF,
    }
)

# 保存期間
PERMITS.update(
    {
        "reservations.forget_bookings": _SYSTEM,
        "reservations.forget_entries": _SYSTEM,
        "reservations.hold_booking": _DECIDES,
        "reservations.give_up_registration": frozenset({Role.RESIDENT}),
    }
)
