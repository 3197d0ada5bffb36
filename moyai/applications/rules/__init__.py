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
  time             "HH:MM" to "24:00", any usual writing, or {"hour", "minute"}
  map_point        {"lat": "35.607123", "lng": "140.106345"} or "35.607123, 140.106345"
  bank_account     {"bank": "0001", "branch": "001", "type": "ordinary", "number": "1234567", "holder": "ヤマダ　タロウ"};
                   of ゆうちょ {"symbol": "10170", "symbol_number": "12345671", "holder"}, kept in the first shape
  corporate_number check_number   "…" digits
  listed           "code" of a row of the list, or its words
  file photo       ["upload id"]
  group            [{row}, {row}]
  explanation, calculated, and any field with `locked`: never posted.

What an edition may hold beside pages, checks and fee: `lists` and the operator `lookup`; `given` (from outside) and
the operator `given`; `prefill` and `locked` of a field (`initial_answers`); `takes`, `once`, `signature`, `blind`;
`translations` (`compile_edition(document, language)`).
"""

from moyai.applications.rules.answering import answer, initial_answers
from moyai.applications.rules.compiling import check_edition, compile_edition
from moyai.applications.rules.edition import (
    CompiledEdition,
    EditionProblem,
    EditionRefused,
    Field,
    Given,
    Page,
    content_hash,
)
from moyai.applications.rules.expressions.outside import bare_kana
from moyai.applications.rules.expressions.types import OfficeDay
from moyai.applications.rules.kinds import KINDS
from moyai.applications.rules.kinds.accounts import (
    ACCOUNT_PARTS,
    ACCOUNT_TYPES,
    POSTAL_PARTS,
    names_of,
)
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
    Take,
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
    without_locked,
)
from moyai.applications.rules.summary import EditionChange, diff, diff_editions, person, summary
from moyai.applications.rules.words import Words

__all__ = [
    "ACCOUNT_PARTS",
    "ACCOUNT_TYPES",
    "ADDRESS_PARTS",
    "KINDS",
    "POSTAL_PARTS",
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
    "Given",
    "Message",
    "OfficeDay",
    "Page",
    "RowMark",
    "SummaryRow",
    "SummarySection",
    "Take",
    "UploadFact",
    "Words",
    "answer",
    "answer_correction",
    "answer_page",
    "bare_kana",
    "carry_over",
    "check_edition",
    "compile_edition",
    "content_hash",
    "diff",
    "diff_editions",
    "edition_schema",
    "field_at",
    "first_open_page",
    "initial_answers",
    "names_of",
    "next_page",
    "page_of",
    "person",
    "previous_page",
    "summary",
    "without_locked",
]
