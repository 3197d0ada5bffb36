"""Writes of notices: telling people, telling machines."""

from moyai.notices.actions.messages import (
    AddressRefused,
    NothingToSendTo,
    NotResendable,
    Recipient,
    SubjectRefused,
    forget_messages_about,
    forget_messages_of,
    resend,
    tell,
)
from moyai.notices.actions.webhooks import (
    DeliveryNotResendable,
    UrlRefused,
    add_webhook,
    announce,
    check_url,
    pause_webhook,
    resend_delivery,
    resume_webhook,
    rotate_webhook_secret,
    show_webhook_secret,
    try_webhook,
)

__all__ = [
    "AddressRefused",
    "DeliveryNotResendable",
    "NotResendable",
    "NothingToSendTo",
    "Recipient",
    "SubjectRefused",
    "UrlRefused",
    "add_webhook",
    "announce",
    "check_url",
    "forget_messages_about",
    "forget_messages_of",
    "pause_webhook",
    "resend",
    "resend_delivery",
    "resume_webhook",
    "rotate_webhook_secret",
    "show_webhook_secret",
    "tell",
    "try_webhook",
]
