"""通知: who may do what."""

from moyai.tenants.public import Role

PERMITS: dict[str, set[Role]] = {
    "notices.view": {Role.CLERK, Role.APPROVER, Role.ADMINISTRATOR},
    "notices.resend": {Role.CLERK, Role.ADMINISTRATOR},
}
