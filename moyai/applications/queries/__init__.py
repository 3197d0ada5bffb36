"""Reads of the package, by noun."""

from moyai.applications.queries.cases import (
    answers_of,
    attachments_of,
    by_number,
    case_by_number,
    open_correction,
    resident_timeline,
    standing_decision,
    timeline,
)
from moyai.applications.queries.editions import compiled, current_edition, edition_for, usable
from moyai.applications.queries.figures import YearOfApplications, year_of_applications
from moyai.applications.queries.inbox import PAGE_ROWS, VIEWS, InboxPage, Wanted, inbox, view_counts
from moyai.applications.queries.procedures import (
    RECEPTION_WORDS,
    Reception,
    procedure_by_code,
    procedures_of_office,
    published_procedures,
    reception,
)

__all__ = [
    "PAGE_ROWS",
    "RECEPTION_WORDS",
    "VIEWS",
    "InboxPage",
    "Reception",
    "Wanted",
    "YearOfApplications",
    "answers_of",
    "attachments_of",
    "by_number",
    "case_by_number",
    "compiled",
    "current_edition",
    "edition_for",
    "inbox",
    "open_correction",
    "procedure_by_code",
    "procedures_of_office",
    "published_procedures",
    "reception",
    "resident_timeline",
    "standing_decision",
    "timeline",
    "usable",
    "view_counts",
    "year_of_applications",
]
