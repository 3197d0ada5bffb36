"""What others may import from audit."""

from moyai.audit.action import NotPermitted, Permits, action, check_permit, reading_across
from moyai.audit.chain import seal_body, seal_council, verify
from moyai.audit.deeds import forget_reasons_about, looked, reasons_of, record, record_each
from moyai.audit.models import CouncilDeed, Deed

__all__ = [
    "CouncilDeed",
    "Deed",
    "NotPermitted",
    "Permits",
    "action",
    "check_permit",
    "forget_reasons_about",
    "looked",
    "reading_across",
    "reasons_of",
    "record",
    "record_each",
    "seal_body",
    "seal_council",
    "verify",
]
