"""通知: who may do what."""

from moyai.tenants.public import Role

PERMITS: dict[str, set[Role]] = {
    "notices.view": {Role.CLERK, Role.APPROVER, Role.ADMINISTRATOR},
    "notices.forget_messages_about": {Role.ADMINISTRATOR, Role.SYSTEM},
    "notices.forget_messages_of": {Role.SYSTEM},
    "notices.resend": {Role.CLERK, Role.ADMINISTRATOR},
    "notices.view_webhooks": {Role.ADMINISTRATOR},
    "notices.add_webhook": {Role.ADMINISTRATOR},
    "notices.pause_webhook": {Role.ADMINISTRATOR},
    "notices.resume_webhook": {Role.ADMINISTRATOR},
    "notices.rotate_webhook_secret": {Role.ADMINISTRATOR},
    "notices.show_webhook_secret": {Role.ADMINISTRATOR},
    "notices.try_webhook": {Role.ADMINISTRATOR},
    "notices.resend_delivery": {Role.ADMINISTRATOR},
}
