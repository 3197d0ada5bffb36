"""What the form engine hands back: messages, fees, answer results, summaries. Plain frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from moyai.applications.rules.messages import TEXTS
from moyai.applications.rules.words import Words

Param = str | int


@dataclass(frozen=True, slots=True)
class RowMark:
    """Which row of a repeating group: ("犬", "頭", 2) is 2頭目の犬. Numbers count from 1."""

    item: str
    counter: str
    number: int

    @property
    def ja(self) -> str:
        return f"{self.number}{self.counter}目の{self.item}"

    @property
    def en(self) -> str:
        return f"{self.item} {self.number}"


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for the person who fills in, or publishes, a form: a code of rules/messages.py and its
    words.
    """

    code: str
    params: Mapping[str, Param] = field(default_factory=dict)
    rows: tuple[RowMark, ...] = ()

    @property
    def ja(self) -> str:
        where = "の".join(row.ja for row in self.rows)
        text = TEXTS[self.code][0].format_map(self.params)
        return f"{where}：{text}" if where else text

    @property
    def en(self) -> str:
        where = ", ".join(row.en for row in self.rows)
        params = {
            name: value.en if isinstance(value, Words) else value for name, value in self.params.items()
        }
        text = TEXTS[self.code][1].format_map(params)
        return f"{where}: {text}" if where else text

    def __str__(self) -> str:
        return self.ja


@dataclass(frozen=True, slots=True)
class UploadFact:
    """What is known of a kept upload. Pixels are None when it is no picture; refused after a failed scan."""

    name: str
    media_type: str
    size_bytes: int
    width_px: int | None = None
    height_px: int | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class FeeLine:
    """手数料の内訳 — one line. amount_yen = unit_yen × quantity when the edition gives both."""

    id: str
    label: str
    amount_yen: int
    unit_yen: int | None = None
    quantity: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Fee:
    """手数料 — the lines in the order of the edition, and their sum in whole yen."""

    lines: tuple[FeeLine, ...]
    total_yen: int


@dataclass(frozen=True, slots=True)
class Take:
    """定員・予算から取る数 — `quantity` (more than 0) of the pool named `pool`, as seats or as yen."""

    id: str
    label: str
    pool: str
    quantity: int


@dataclass(frozen=True, slots=True)
class AnswerResult:
    """回答の検査結果 — what is kept, what is wrong and what follows from the answers.

    Paths look like `dogs[1].chip_no` (rows from 0) and `address.street`; "" is the answer set as a whole.
    """

    answers: dict[str, Any]  # kept values, JSON; hidden fields are absent
    calculated: dict[str, Any]  # by path; dates as ISO text; an absent result has no entry
    errors: dict[str, Message]  # one per path, the first to correct
    warnings: tuple[tuple[str, Message], ...]  # shown, never in the way
    dropped: tuple[str, ...]  # posted but hidden by the answers: not kept, no error
    fee: Fee | None  # None: the procedure has no fee
    pages: tuple[str, ...]  # ids of the pages that are shown, in order
    visible: frozenset[str]  # paths of fields that are shown
    required: frozenset[str]  # paths of fields that must be answered
    uploads: tuple[str, ...]  # ids of uploads that the kept answers use; others may be deleted
    takes: tuple[Take, ...] = ()  # what the answers take of pools with a limit
    once_key: str | None = None  # one application for each such key; None: the edition sets no such limit

    @property
    def ok(self) -> bool:
        return not self.errors

    def to_json(self) -> dict[str, Any]:
        """The result as plain JSON, as `moyai forms answer` prints it."""
        fee = None
        if self.fee is not None:
            fee = {
                "total_yen": self.fee.total_yen,
                "lines": [
                    {
                        "id": line.id,
                        "label": line.label,
                        "amount_yen": line.amount_yen,
                        "unit_yen": line.unit_yen,
                        "quantity": line.quantity,
                        "source": line.source,
                    }
                    for line in self.fee.lines
                ],
            }
        return {
            "ok": self.ok,
            "answers": self.answers,
            "calculated": self.calculated,
            "errors": {path: message_json(message) for path, message in self.errors.items()},
            "warnings": [{"path": path, **message_json(message)} for path, message in self.warnings],
            "dropped": list(self.dropped),
            "fee": fee,
            "pages": list(self.pages),
            "uploads": list(self.uploads),
            "takes": [
                {"id": take.id, "label": take.label, "pool": take.pool, "quantity": take.quantity}
                for take in self.takes
            ],
            "once_key": self.once_key,
        }


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One line of 申込内容の確認. value "" means no answer. rows says in which rows of groups it stands."""

    path: str
    page_id: str
    label: str
    value: str
    rows: tuple[RowMark, ...] = ()
    calculated: bool = False


@dataclass(frozen=True, slots=True)
class SummarySection:
    """One page of the form on the check-answers page."""

    page_id: str
    title: str
    rows: tuple[SummaryRow, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """補正での変更 — one field whose shown value differs. "" means absent."""

    path: str
    page_id: str
    label: str
    old: str
    new: str
    rows: tuple[RowMark, ...] = ()


def message_json(message: Message) -> dict[str, Any]:
    """Code, parameters and both texts of a message."""
    return {"code": message.code, "params": dict(message.params), "ja": message.ja, "en": message.en}
