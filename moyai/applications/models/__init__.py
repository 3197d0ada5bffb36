"""Tables of applications, by noun."""

from moyai.applications.models.applications import Application, Attachment, Draft
from moyai.applications.models.around import (
    CardSignature,
    FollowUp,
    Mandate,
    ReturnedPaper,
    RouteStep,
    SavedView,
)
from moyai.applications.models.keeping import Export, Hold, RetentionRun, Tally, Tombstone
from moyai.applications.models.places import Pool, PoolDraw, Taking
from moyai.applications.models.procedures import (
    EditionDraft,
    FormEdition,
    Kiosk,
    Procedure,
    Record,
    SharedForm,
)
from moyai.applications.models.review import Correction, Decision, History

__all__ = [
    "Application",
    "Attachment",
    "CardSignature",
    "Correction",
    "Decision",
    "Draft",
    "EditionDraft",
    "Export",
    "FollowUp",
    "FormEdition",
    "History",
    "Hold",
    "Kiosk",
    "Mandate",
    "Pool",
    "PoolDraw",
    "Procedure",
    "Record",
    "RetentionRun",
    "ReturnedPaper",
    "RouteStep",
    "SavedView",
    "SharedForm",
    "Taking",
    "Tally",
    "Tombstone",
]
