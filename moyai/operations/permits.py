"""Verb × role of operations."""

from typing import Final

from moyai.tenants.public import COUNCIL, STAFF, Role

DESK: Final = {Role.SECRETARIAT, Role.OPERATOR, Role.SYSTEM}
MEMBERS: Final = set(STAFF)

PERMITS: Final = {
    # 稼働
    "operations.add_system": DESK,
    "operations.change_system": DESK,
    "operations.set_hours": DESK,
    "operations.lean_on": DESK,
    "operations.end_dependency": DESK,
    "operations.agree_level": {Role.SECRETARIAT, Role.SYSTEM},
    "operations.report_month": DESK,
    "operations.announce_stop": DESK,
    "operations.note_outage": DESK,
    "operations.note_unknown": DESK,
    "operations.close_stop": DESK,
    "operations.explain_stop": DESK,
    "operations.void_stop": DESK,
    "operations.add_probe": DESK,
    "operations.renew_probe_key": DESK,
    "operations.switch_probe": DESK,
    "operations.end_probe": DESK,
    # 受付
    "operations.set_kind": DESK,
    "operations.open_case": DESK | MEMBERS,
    "operations.answer_case": DESK,
    "operations.ask_back": DESK,
    "operations.note_on_case": DESK,
    "operations.assign_case": DESK,
    "operations.turn_case": DESK,
    "operations.decide_case": {Role.SECRETARIAT, Role.SYSTEM},
    "operations.release_case": DESK,
    "operations.share_case": DESK,
    "operations.close_case": DESK,
    "operations.reopen_case": DESK | MEMBERS,
    "operations.reply_on_case": MEMBERS,
    "operations.support_wish": MEMBERS,
    # 研修・行事・広報
    "operations.plan_event": DESK,
    "operations.change_event": DESK,
    "operations.call_off_event": DESK,
    "operations.note_attendance": DESK,
    "operations.sign_up": MEMBERS,
    "operations.withdraw_sign_up": MEMBERS,
    "operations.issue_newsletter": DESK,
    "operations.note_exchange": DESK,
}
READERS: Final = COUNCIL
