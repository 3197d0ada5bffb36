"""The tables of the council, by noun."""

from moyai.council.models.accounts import (
    AccountLine,
    Budget,
    BudgetLine,
    CostSplit,
    Entry,
    Settlement,
    Side,
    SpecialAccount,
)
from moyai.council.models.bodies import (
    Candidate,
    Committee,
    CommitteeName,
    Office,
    Seat,
    Term,
    VotingRule,
)
from moyai.council.models.burdens import (
    Bill,
    Burden,
    BurdenShare,
    CostLine,
    LateJoin,
    LevelPlan,
    Payer,
    Pledge,
    Refund,
    RefundShare,
    Subsidy,
    UseFigure,
)
from moyai.council.models.bylaws import Bylaw, BylawVersion, Citation
from moyai.council.models.figures import GivenFigure, GivenTable, ReportRelease, ReportText
from moyai.council.models.meetings import (
    Attendance,
    Climb,
    Item,
    LicencePool,
    LicenceUse,
    Meeting,
    Paper,
    PaperFile,
    Posting,
    PrintCount,
    Task,
)
from moyai.council.models.votes import Ballot, Reminder, Vote

__all__ = [
    "AccountLine", "Attendance", "Ballot", "Bill", "Budget", "BudgetLine", "Burden", "BurdenShare", "Bylaw",
    "BylawVersion", "Candidate", "Citation", "Climb", "Committee", "CommitteeName", "CostLine", "CostSplit", "Entry",
    "GivenFigure", "GivenTable", "Item", "LateJoin", "LevelPlan", "LicencePool", "LicenceUse", "Meeting", "Office",
    "Paper", "PaperFile", "Payer", "Pledge", "Posting", "PrintCount", "Refund", "RefundShare", "Reminder", "ReportRelease",
    "ReportText", "Seat", "Settlement", "Side", "SpecialAccount", "Subsidy", "Task", "Term", "UseFigure", "Vote",
    "VotingRule",
]  # fmt: skip
