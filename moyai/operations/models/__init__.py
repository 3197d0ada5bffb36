"""The tables of operations, by noun."""

from moyai.operations.models.cases import Case, CaseStep, Kind
from moyai.operations.models.events import Attendance, Event, Exchange, Issue
from moyai.operations.models.levels import (
    Beat,
    Dependency,
    MonthlyLevel,
    Probe,
    ServiceHours,
    ServiceLevel,
    Stop,
    System,
)

__all__ = [
    "Attendance", "Beat", "Case", "CaseStep", "Dependency", "Event", "Exchange", "Issue", "Kind", "MonthlyLevel", "Probe",
    "ServiceHours", "ServiceLevel", "Stop", "System",
]  # fmt: skip
