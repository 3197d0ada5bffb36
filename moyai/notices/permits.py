"""通知: who may do what."""

from moyai.tenants.public import Role

PERMITS: dict[str, set[Role]] = {
    "notices.view": {Role.CLERK, Role.APPROVER, Role.ADMINISTRATOR},
    "notices.forget_messages_about": {Role.ADMINISTRATOR, Role.SYSTEM},
    "notices.resend": {Role.CLERK, Role.ADMINISTRATOR},
}
