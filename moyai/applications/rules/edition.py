"""様式の版 — what is compiled out of a form edition document, and the hash that names the document."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from moyai.applications.rules.result import Message

if TYPE_CHECKING:
    from moyai.applications.rules.plan import Plan


@dataclass(frozen=True, slots=True)
class EditionProblem:
    """A fault in an edition document: where (`$.pages[0].fields[2].show_if`) and what to do about it."""

    path: str
    message: Message

    def __str__(self) -> str:
        return f"{self.path}: {self.message.ja}"


class EditionRefused(ValueError):
    """The document is not a form edition; `problems` says why."""

    def __init__(self, problems: list[EditionProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Field:
    """項目 — a question of the form, or a group of them. settings = what its kind knows (options, max, …)."""

    id: str
    kind: str
    label: str
    hint: str
    page_id: str
    groups: tuple[str, ...]  # ids of the repeating groups around it, outermost first
    required: bool | None  # None: depends on other answers, see AnswerResult.required
    conditional: bool  # has a condition under which it is shown
    settings: Mapping[str, Any]
    fields: tuple[Field, ...] = ()  # of a repeating group
    prefilled: bool = False  # has a value that is offered when a draft begins
    locked: bool = False  # that value is the only one: nobody types it


@dataclass(frozen=True, slots=True)
class Page:
    """ページ — one step of the form."""

    id: str
    title: str
    intro: str
    conditional: bool
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """外から渡される値 — what the caller puts into answer(given={…}), and where it is from."""

    name: str
    type: str  # int, text, date or bool
    label: str
    source: str  # parent (the earlier application), record, account or card


@dataclass(frozen=True, slots=True)
class CompiledEdition:
    """様式の版を実行できる形にしたもの — immutable; make it once for each edition and keep it in the
    process.
    """

    procedure: str
    title: str
    content_hash: str
    in_flight: Mapping[str, Any]  # {"policy": "continue" | "migrate" | "stop", "until": ISO date or absent}
    applicant: Mapping[
        str, tuple[str, ...]
    ]  # name, kana, mail, phone, address, born_on → field ids, first answered counts
    pages: tuple[Page, ...]
    fields: Mapping[str, Field]  # every field by id, at any depth
    has_fee: bool
    plan: Plan  # closures in dependency order; for rules/ only
    intro: str = ""
    language: str = "ja"  # of its texts: ja, en or ja-easy
    languages: tuple[str, ...] = ("ja",)  # that the document has texts in
    fallback: frozenset[str] = frozenset()  # paths of texts that stand in Japanese for want of a translation
    given: Mapping[str, Given] = field(default_factory=dict)
    signature: Mapping[str, str] = field(default_factory=dict)  # name, born_on, address → field ids
    blind: tuple[str, ...] = ()  # fields that a blind review does not see
    has_takes: bool = False
    once_message: str = ""

    def lang(self, path: str) -> str:
        """The `lang` of a text of the edition where it is not that of the page: "ja", or "" when it is."""
        return "ja" if path in self.fallback else ""

    def fee_label(self, line_id: str) -> str:
        """The name of a line of the fee, in this edition's language; "" of a line that is not the edition's."""
        return next((line.label for line in self.plan.fee or () if line.id == line_id), "")

    def page(self, page_id: str) -> Page | None:
        return next((page for page in self.pages if page.id == page_id), None)


ReadDate = Callable[[object], "str | None"]


def content_hash(document: Mapping[str, Any]) -> str:
    """内容のハッシュ — SHA-256 in hex over the canonical JSON: keys sorted, no blanks, UTF-8, no NaN.

    Raises ValueError for NaN and infinity; ask check_edition first.
    """
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
