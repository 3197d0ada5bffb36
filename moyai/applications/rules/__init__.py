"""様式の機構 — form editions, answers and fees as pure functions. All that others may use stands here.

Wire values by kind, in `answers` and in `posted` ("" / null / [] / {} mean: no answer):
  text textarea name kana phone mail postal_code microchip   "…"
  date             "2026-04-01" or {"year", "month", "day"}; anything else goes to `read_date`,
                   which gives ISO text or None
  number yen       12 or "12"
  yes_no consent   true / false (also "yes" "no" "はい" "いいえ" …)
  single_choice    "code", with own words {"choice": "code", "text": "…"}
  multiple_choice  ["code", {"choice": "code", "text": "…"}]
  ranking          ["first", "second"]
  matrix           {"row": "column"}
  address          {"postal_code", "prefecture", "city", "street", "building"}
  file photo       ["upload id"]
  group            [{row}, {row}]
  explanation, calculated: never posted.
"""

from moyai.applications.rules.answering import answer
from moyai.applications.rules.compiling import check_edition, compile_edition
from moyai.applications.rules.edition import (
    CompiledEdition,
    EditionProblem,
    EditionRefused,
    Field,
    Page,
    content_hash,
)
from moyai.applications.rules.kinds import KINDS
from moyai.applications.rules.kinds.places import ADDRESS_PARTS, PREFECTURES
from moyai.applications.rules.paths import field_at
from moyai.applications.rules.result import (
    AnswerResult,
    Change,
    Fee,
    FeeLine,
    Message,
    RowMark,
    SummaryRow,
    SummarySection,
    UploadFact,
)
from moyai.applications.rules.schema import edition_schema
from moyai.applications.rules.steps import (
    answer_correction,
    answer_page,
    carry_over,
    first_open_page,
    next_page,
    page_of,
    previous_page,
)
from moyai.applications.rules.summary import EditionChange, diff, diff_editions, person, summary

__all__ = [
    "ADDRESS_PARTS",
    "KINDS",
    "PREFECTURES",
    "AnswerResult",
    "Change",
    "CompiledEdition",
    "EditionChange",
    "EditionProblem",
    "EditionRefused",
    "Fee",
    "FeeLine",
    "Field",
    "Message",
    "Page",
    "RowMark",
    "SummaryRow",
    "SummarySection",
    "UploadFact",
    "answer",
    "answer_correction",
    "answer_page",
    "carry_over",
    "check_edition",
    "compile_edition",
    "content_hash",
    "diff",
    "diff_editions",
    "edition_schema",
    "field_at",
    "first_open_page",
    "next_page",
    "page_of",
    "person",
    "previous_page",
    "summary",
]
