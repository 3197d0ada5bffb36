"""Who may do what with accounts. Staff and council manage their own people only; see actions."""

from __future__ import annotations

from moyai.tenants.public import COUNCIL, STAFF, Role

ANYONE = frozenset({Role.RESIDENT, Role.SUPPLIER}) | STAFF | COUNCIL
MANAGERS = frozenset({Role.ADMINISTRATOR, Role.SECRETARIAT, Role.OPERATOR, Role.SYSTEM})

PERMITS: dict[str, frozenset[Role]] = {
    # oneself
    "people.ask_link": ANYONE,
    "people.sign_in": ANYONE,
    "people.sign_out": ANYONE,
    "people.change_profile": ANYONE,
    "people.set_password": ANYONE,
    "people.set_up_app": ANYONE,
    "people.add_passkey": ANYONE,
    "people.remove_factor": ANYONE,
    "people.renew_codes": ANYONE,
    "people.sign_out_elsewhere": ANYONE,
    "people.ask_code": ANYONE,
    "people.link_identity": ANYONE,
    "people.unlink_identity": ANYONE,
    "people.ask_signature": ANYONE,
    "people.keep_signature": ANYONE,
    "people.change_details": ANYONE,
    "people.keep_details": ANYONE,
    "people.delete_details": ANYONE,
    # others
    "people.list": STAFF | COUNCIL,
    "people.invite": MANAGERS,
    "people.end_role": MANAGERS,
    "people.set_section": MANAGERS,
    "people.make_key": frozenset({Role.ADMINISTRATOR}),
    "people.revoke_key": frozenset({Role.ADMINISTRATOR}),
    "people.reset_factors": MANAGERS,
    "people.send_password_link": MANAGERS,
}
