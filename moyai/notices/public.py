"""What others may import from notices."""

from moyai.notices import events, receivers
from moyai.notices.actions import (
    AddressRefused,
    Recipient,
    SubjectRefused,
    UrlRefused,
    announce,
    check_url,
    forget_messages_about,
    forget_messages_of,
    tell,
)
from moyai.notices.deliveries import post_signed
from moyai.notices.models import Message
from moyai.notices.outgoing import move, queue_again, take_answer, wake_due
from moyai.notices.queries import notices_about
from moyai.notices.rules.messages import State
from moyai.notices.sending import Answered, ask
from moyai.notices.wording import DELIVERY_TROUBLES, badge, delivery_badge

__all__ = [
    "DELIVERY_TROUBLES",
    "AddressRefused",
    "Answered",
    "Message",
    "Recipient",
    "State",
    "SubjectRefused",
    "UrlRefused",
    "announce",
    "ask",
    "badge",
    "check_url",
    "delivery_badge",
    "events",
    "forget_messages_about",
    "forget_messages_of",
    "move",
    "notices_about",
    "post_signed",
    "queue_again",
    "receivers",
    "take_answer",
    "tell",
    "wake_due",
]
