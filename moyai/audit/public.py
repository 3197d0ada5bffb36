"""What others may import from audit."""

from moyai.audit.action import NotPermitted, Permits, action, check_permit, reading_across
from moyai.audit.chain import seal_body, seal_council, verify
from moyai.audit.deeds import looked, record
from moyai.audit.models import CouncilDeed, Deed

__all__ = [
    "CouncilDeed",
    "Deed",
    "NotPermitted",
    "Permits",
    "action",
    "check_permit",
    "looked",
    "reading_across",
    "record",
    "seal_body",
    "seal_council",
    "verify",
]
