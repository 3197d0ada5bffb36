"""A page of a form edition as a form: how each kind of question looks, and what was posted, in wire values.

The form engine alone decides what is right; this only shows the questions, keeps what was typed and puts
the engine's messages beside their fields. HTML names are `<id>` and `<id>__<part>`.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext

from moyai.applications.forms.accounts import PARTS, account_in_words, fill_account
from moyai.applications.forms.addresses import fill_address, has_postal_code, map_hint, map_link
from moyai.applications.forms.kinds import MAKERS, READERS, box, read_box
from moyai.applications.forms.listed import SUGGEST_UP_TO, fill_listed, labels_of, searched
from moyai.applications.pictures import accepted_types
from moyai.applications.queries.editions import reading_language
from moyai.applications.rules import Field
from moyai.applications.rules.kinds.base import Showing
from moyai.applications.rules.summary import in_words
from moyai.applications.wording import day_with_year
from moyai.ui.public import Form

Answers = Mapping[str, Any]


@dataclass(slots=True)
class Question:
    """One question as the template shows it. `look`: field, set, text, calculated, files, rows.

    `fill` words a button that fills in, looks up or narrows down before the page is sent on; `note` what is
    echoed; `link` a page elsewhere that helps; `suggestions` words a browser may offer.
    """

    look: str
    id: str
    path: str
    label: str
    hint: str = ""
    required: bool = False
    name: str = ""
    text: str = ""
    field: BoundField | None = None
    fields: list[BoundField] = dataclasses.field(default_factory=list)
    error: str = ""
    accept: str = ""
    multiple: bool = False
    rows: list[Any] = dataclasses.field(default_factory=list)  # of a repeating group: its rows, raw
    item: str = ""
    counter: str = ""
    max: int = 0
    files: list[Any] = dataclasses.field(default_factory=list)
    arrive: str = ""  # of files: where a large one is sent in pieces
    fill: str = ""
    fill_after: int = 0  # of a set: the number of the box that the button follows
    note: str = ""
    link: dict[str, str] = dataclasses.field(default_factory=dict)
    suggestions: list[str] = dataclasses.field(default_factory=list)


class QuestionsForm(Form):
    """The questions of one page, or of one row of a group: `prefix_path` is "" or "dogs[0].".

    `visible` and `required` are paths as the engine gives them; `answers` the page's or the row's own.
    """

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        asked: Sequence[Field],
        answers: Answers,
        visible: frozenset[str],
        required: frozenset[str],
        prefix_path: str = "",
        today: date,
        errors: Mapping[str, str] | None = None,
        calculated: Mapping[str, str] | None = None,
        html_prefix: str | None = None,
        left: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        super().__init__(data, prefix=html_prefix)
        self.left = left or {}  # of choices of places: field → code → how many are left, in words
        self.answers = answers
        self.prefix_path = prefix_path
        self.today = today
        self.calculated = calculated or {}
        self.asked = [one for one in asked if prefix_path + one.id in visible]
        self.needed = required
        self.own_errors: dict[str, str] = {}
        self.engine_errors: dict[str, str] = dict(errors or {})
        self._names: dict[str, list[str]] = {}
        for one in self.asked:
            before = set(self.fields)
            if not one.locked:
                MAKERS.get(one.kind, box)(self, one, answers.get(one.id))
            self._names[one.id] = [name for name in self.fields if name not in before]

    # -- building --------------------------------------------------------------------------------------------------
    def is_needed(self, one: Field) -> bool:
        return self.prefix_path + one.id in self.needed

    def add(self, name: str, made: forms.Field, value: Any) -> None:
        self.fields[name] = made
        if value is not None:
            self.initial[name] = value

    # -- what was posted --------------------------------------------------------------------------------------------
    def posted(self) -> dict[str, Any]:
        """The page's answers in wire values; what cannot be read as a date is in `own_errors`."""
        found: dict[str, Any] = {}
        for one in self.asked:
            reader = READERS.get(one.kind, read_box)
            if reader is not None and not one.locked:
                found[one.id] = reader(self, one)
        return found

    def typed(self, name: str) -> str:
        """What was typed into a box."""
        return str(self.data.get(self.add_prefix(name)) or "")

    def fill(self, name: str) -> str | None:
        """What a button beside a question does (住所を入れる …): boxes filled in, the rest kept as typed.

        "" when it is done, else what to say; None when there is no such button.
        """
        one = next((each for each in self.asked if self.add_prefix(each.id) == name), None)
        if one is None or not _fill_words(one):
            return None
        filled, trouble = FILLS[one.kind](self, one)
        data = self.data.copy()  # type: ignore[attr-defined]
        for key, text in filled.items():
            data[self.add_prefix(key)] = text
        self.data = data
        return trouble

    def full_clean(self) -> None:
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}
        if not self.is_bound:
            return
        self.posted()
        for path, text in {**self.engine_errors, **self.own_errors}.items():
            name = self.name_of(path)
            self.add_error(name if name in self.fields else None, text)

    def name_of(self, path: str) -> str:
        """The HTML name of the field that an error path speaks of."""
        own = path.removeprefix(self.prefix_path)
        first, _dot, rest = own.partition(".")
        first = first.partition("[")[0]
        whole = f"{first}__{rest.partition('[')[0]}"
        if whole in self.fields:
            return whole
        return self._names[first][0] if self._names.get(first) else first

    def questions(
        self, rows: Callable[[Field], list[Any]], files: Callable[[Field], list[Any]]
    ) -> list[Question]:
        """The questions in the order of the edition, ready to show."""
        shown: list[Question] = []
        for one in self.asked:
            path = self.prefix_path + one.id
            base = Question(
                "field", one.id, path, one.label, one.hint, self.is_needed(one), name=self.add_prefix(one.id)
            )
            names = self._names[one.id]
            base.fill = _fill_words(one)
            if one.locked:
                base.look, base.text, base.fill = "calculated", self._locked(one), ""
            elif one.kind == "explanation":
                base.look, base.text = "text", str(one.settings["text"])
            elif one.kind == "calculated":
                base.look, base.text = "calculated", self.calculated.get(path, "")
                if not one.settings.get("shown", True):
                    continue
            elif one.kind in ("file", "photo"):
                base.look, base.files, base.field = "files", files(one), self[one.id]
                base.accept = ",".join(sorted(accepted_types(one)))
                base.multiple = one.settings.get("max_count", 1) > 1
                base.max = one.settings.get("max_count", 1)
                base.error = " ".join(str(text) for text in self[one.id].errors)
            elif one.kind == "group":
                base.look, base.rows, base.field = "rows", rows(one), self[one.id]
                base.item = str(one.settings.get("item", one.label))
                base.counter = str(one.settings.get("counter", gettext("件")))
                base.max = int(one.settings["max"])
                base.error = " ".join(str(text) for text in self[one.id].errors)
            elif one.kind in ("single_choice", "multiple_choice", "listed"):
                base.field, base.fields = self[names[0]], [self[name] for name in names[1:]]
            elif len(names) > 1:
                base.look, base.fields = "set", [self[name] for name in names]
            else:
                base.field = self[names[0]]
            if one.kind == "consent":
                base.text = str(one.settings["text"])
            elif one.kind in ("map_point", "bank_account", "listed") and not one.locked:
                self._helped(base, one)
            shown.append(base)
        return shown

    def _locked(self, one: Field) -> str:
        """A value that nobody types, in words."""
        return in_words(
            one, self.answers.get(one.id), Showing(wareki=day_with_year, language=reading_language())
        )

    def _helped(self, question: Question, one: Field) -> None:
        value = READERS[one.kind](self, one) if self.is_bound else self.answers.get(one.id)  # type: ignore[misc]
        if one.kind == "map_point":
            question.hint, question.link = map_hint(one), map_link(one, value)
        elif one.kind == "bank_account":
            question.note = account_in_words(one, value, reading_language())
            question.fill_after = PARTS.index("symbol_number")
        elif searched(one) and len(labels := labels_of(one)) <= SUGGEST_UP_TO:
            question.suggestions = list(labels.values())


FILLS: dict[str, Callable[[QuestionsForm, Field], tuple[dict[str, str], str]]] = {
    "address": fill_address,
    "bank_account": fill_account,
    "listed": fill_listed,
}


def _fill_words(one: Field) -> str:
    """The words of the button beside a question; "" when it has none."""
    if has_postal_code(one):
        return gettext("住所を入れる")
    if one.kind == "bank_account":
        return gettext("銀行と支店の名前を確かめる")
    return gettext("一覧をしぼり込む") if searched(one) else ""


_STEP = re.compile(r"^([A-Za-z][A-Za-z0-9_]*)(?:-(\d{1,3}))?$")


def row_path(text: str) -> list[tuple[str, int]] | None:
    """The address of a row in a page's address: `dogs-0` or `children-1.schools-0`; None when it is none."""
    steps: list[tuple[str, int]] = []
    for part in text.split("."):
        found = _STEP.match(part)
        if found is None or found[2] is None:
            return None
        steps.append((found[1], int(found[2])))
    return steps
