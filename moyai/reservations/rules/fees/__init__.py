"""使用料の決まり — what a use costs by a fee policy. Pure: policy and use in, yen and steps out."""

from moyai.reservations.rules.fees.schema import PART_WORDS, SCHEMA, faults
from moyai.reservations.rules.fees.use import (
    CannotWorkOut,
    FeeFrame,
    FeeItem,
    FeeUse,
    asks_about,
    day_class,
    use_from,
)
from moyai.reservations.rules.fees.workings import (
    Line,
    Worked,
    reliefs_to_ask,
    standing_relief,
    with_extras_there_are,
    work_out,
)

__all__ = [
    "PART_WORDS",
    "SCHEMA",
    "CannotWorkOut",
    "FeeFrame",
    "FeeItem",
    "FeeUse",
    "Line",
    "Worked",
    "asks_about",
    "day_class",
    "faults",
    "reliefs_to_ask",
    "standing_relief",
    "use_from",
    "with_extras_there_are",
    "work_out",
]
