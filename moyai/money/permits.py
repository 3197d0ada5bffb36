"""収納: who may do what. Money moves by staff or by the system; giving money away needs an approver."""

from moyai.tenants.public import Role

_STAFF = {Role.CLERK, Role.APPROVER, Role.ADMINISTRATOR}
_DECIDES = {Role.APPROVER, Role.ADMINISTRATOR}
_ANYONE = {*_STAFF, Role.RESIDENT, Role.SUPPLIER, Role.SYSTEM}

PERMITS: dict[str, set[Role]] = {
    "money.charge": _ANYONE,  # inside the act that makes it owed
    "money.cancel": {*_DECIDES, Role.SYSTEM, Role.CLERK, Role.RESIDENT},  # inside the act that takes it back
    "money.reduce": _ANYONE,  # inside the act that makes it less
    "money.start_payment": _ANYONE,
    "money.issue_slip": _ANYONE,
    "money.forget_payer": {Role.ADMINISTRATOR, Role.SYSTEM},
    "money.view": _STAFF,
    "money.receive": {Role.CLERK, Role.ADMINISTRATOR},
    "money.take_news": {Role.SYSTEM},
    "money.confirm_receipt": {Role.CLERK, Role.ADMINISTRATOR},
    "money.request_refund": {Role.CLERK, Role.ADMINISTRATOR},
    "money.decide_refund": _DECIDES,
    "money.pay_refund": {Role.CLERK, Role.ADMINISTRATOR},
    "money.write_off": _DECIDES,
}
