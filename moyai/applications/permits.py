"""Who may do what: verb × roles. What is not listed is refused."""

from __future__ import annotations

from typing import Final

from moyai.tenants.public import Role

_STAFF: Final = frozenset({Role.CLERK, Role.APPROVER, Role.ADMINISTRATOR})
_DECIDES: Final = frozenset({Role.APPROVER, Role.ADMINISTRATOR})
_KEEPS: Final = frozenset({Role.ADMINISTRATOR, Role.CLERK, Role.SYSTEM})
_APPLIES: Final = frozenset({Role.RESIDENT, Role.SYSTEM}) | _STAFF  # staff type in what comes on paper

PERMITS: Final[dict[str, frozenset[Role]]] = {
    # the procedure and its form
    "applications.create_procedure": _KEEPS,
    "applications.edit_procedure": _KEEPS,
    "applications.keep_edition_draft": _KEEPS,
    "applications.publish_edition": frozenset({Role.ADMINISTRATOR, Role.SYSTEM}),
    "applications.share_form": frozenset({Role.ADMINISTRATOR, Role.SYSTEM}),
    "applications.withdraw_form": frozenset({Role.ADMINISTRATOR}),
    "applications.copy_form": frozenset({Role.ADMINISTRATOR, Role.CLERK}),
    "applications.take_original": frozenset({Role.ADMINISTRATOR, Role.CLERK}),
    # the resident
    "applications.start_draft": _APPLIES,
    "applications.save_draft": _APPLIES,
    "applications.move_draft": _APPLIES,
    "applications.submit": _APPLIES,
    "applications.answer_correction": _APPLIES,
    "applications.withdraw": _APPLIES,
    "applications.fetch_letter": _APPLIES,
    "applications.cancel": _APPLIES,
    "applications.make_mandate": _APPLIES,
    "applications.revoke_mandate": _APPLIES,
    "applications.decline_record": _APPLIES,
    "applications.sign": _APPLIES,
    "applications.settle": frozenset({Role.SYSTEM}),
    "applications.lapse": frozenset({Role.SYSTEM}),
    # staff
    "applications.accept": _STAFF | {Role.SYSTEM},
    "applications.refuse": _STAFF,
    "applications.request_correction": _STAFF,
    "applications.cancel_correction": _STAFF,
    "applications.propose": _STAFF,
    "applications.send_back": _DECIDES,
    "applications.decide": _DECIDES | {Role.SYSTEM},
    "applications.complete": _STAFF | {Role.SYSTEM},
    "applications.assign": _STAFF | {Role.SYSTEM},
    "applications.note": _STAFF,
    "applications.agree": _STAFF,  # who may agree at which step, the route says
    "applications.extend": _DECIDES,
    "applications.import_records": _STAFF,
    "applications.give_back": _STAFF,
    "applications.save_view": _STAFF,
    "applications.share_view": _DECIDES,
    # keeping and letting go
    "applications.hold": _STAFF,
    "applications.release_hold": _DECIDES,
    "applications.propose_retention": _STAFF,
    "applications.approve_retention": frozenset({Role.ADMINISTRATOR}),
    "applications.decline_retention": frozenset({Role.ADMINISTRATOR}),
    "applications.run_retention": frozenset({Role.SYSTEM}),
    "applications.forget": frozenset({Role.SYSTEM}),
    "applications.ask_export": _STAFF,
    "applications.allow_export": _DECIDES,
    "applications.decline_export": _DECIDES,
    "applications.fetch_export": _STAFF,
    "applications.count_answers": _STAFF | {Role.SYSTEM},
    "applications.make_kiosk": _STAFF,
    "applications.end_kiosk": _STAFF,
    # places and draws
    "applications.keep_pools": _STAFF | {Role.SYSTEM},
    "applications.promote_place": _STAFF,
    "applications.answer_offer": _APPLIES,
    "applications.tend_places": _STAFF | {Role.SYSTEM},
    "applications.freeze_draw": _STAFF | {Role.SYSTEM},
    "applications.enter_seed": _STAFF,
    "applications.draw_places": _STAFF,
    "applications.charge_placed": frozenset({Role.SYSTEM}),
    # the house itself
    "applications.ask_follow_up": frozenset({Role.SYSTEM}),
    "applications.plan_follow_up": _DECIDES | {Role.SYSTEM},
    "applications.note_payment": frozenset({Role.SYSTEM, Role.RESIDENT}) | _STAFF,
}

# The permit that a verb of FLOW needs.
FOR_VERB: Final[dict[str, str]] = {
    verb: f"applications.{verb}"
    for verb in (
        "accept",
        "refuse",
        "request_correction",
        "answer_correction",
        "cancel_correction",
        "propose",
        "send_back",
        "decide",
        "complete",
        "withdraw",
        "cancel",
        "settle",
        "lapse",
    )
} | {"submit": "applications.submit", "record": "applications.submit"}
