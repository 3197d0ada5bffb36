"""What others may import from notices."""

from moyai.notices import events
from moyai.notices.actions import (
    AddressRefused,
    Recipient,
    SubjectRefused,
    announce,
    forget_messages_about,
    tell,
)
from moyai.notices.models import Message
from moyai.notices.queries import notices_about
from moyai.notices.rules.messages import State
from moyai.notices.wording import badge

__all__ = [
    "AddressRefused",
    "Message",
    "Recipient",
    "State",
    "SubjectRefused",
    "announce",
    "badge",
    "events",
    "forget_messages_about",
    "notices_about",
    "tell",
]
