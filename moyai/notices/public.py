"""What others may import from notices."""

from moyai.notices.actions import AddressRefused, Recipient, SubjectRefused, tell
from moyai.notices.models import Message
from moyai.notices.queries import notices_about
from moyai.notices.rules import State
from moyai.notices.wording import badge

__all__ = [
    "AddressRefused",
    "Message",
    "Recipient",
    "State",
    "SubjectRefused",
    "badge",
    "notices_about",
    "tell",
]
