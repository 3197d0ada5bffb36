"""What every kind of field is: its settings, the type of its value, how an answer is read and shown."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from moyai.applications.rules.edition import ReadDate
from moyai.applications.rules.expressions.types import TEXT, Type
from moyai.applications.rules.result import Param, UploadFact
from moyai.applications.rules.text import FORBIDDEN_IN_LINE, LONGEST_RAW_TEXT
from moyai.applications.rules.words import Words

Settings = Mapping[str, Any]
Schema = dict[str, Any]


class Wrong(Exception):
    """An answer that its field does not take.

    `part` names the part of a composite answer, as in address.street.
    """

    def __init__(self, code: str, part: str = "", **params: Param) -> None:
        super().__init__(code)
        self.found: list[tuple[str, str, dict[str, Param]]] = [(part, code, params)]


class WrongParts(Wrong):
    """Several parts of one composite answer are wrong."""

    def __init__(self, found: list[tuple[str, str, dict[str, Param]]]) -> None:
        super().__init__(found[0][1])
        self.found = found


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer is read against: the uploads of this applicant, and the page's own way to read dates."""

    uploads: Mapping[str, UploadFact] | None = field(default_factory=dict)  # None: they were looked at before
    read_date: ReadDate | None = None


@dataclass(frozen=True, slots=True)
class Showing:
    """How values are worded on the check page: dates by the caller's function, uploads by their names."""

    wareki: Callable[[datetime.date], str]
    uploads: Mapping[str, UploadFact] = field(default_factory=dict)
    language: str = "ja"


Read = Callable[[Any, Reading], Any]


class Kind:
    """項目の種類 — one class per kind, without state: settings always come from the edition."""

    name: ClassVar[str]
    ja: ClassVar[str]
    en: ClassVar[str]
    missing: ClassVar[str] = "missing_text"
    settings: ClassVar[dict[str, Schema]] = {}
    needed: ClassVar[tuple[str, ...]] = ()
    free: ClassVar[bool] = False  # people type what they like: such a field never asks for 個人番号
    answerable: ClassVar[bool] = True
    can_be_optional: ClassVar[bool] = True  # has the setting `required`

    @property
    def words(self) -> Words:
        """The name of the kind, as staff choose it."""
        return Words(self.ja, self.en)

    def value_type(self, settings: Settings) -> Type:
        """The type which conditions and calculations see."""
        return TEXT

    def parts(self, settings: Settings) -> Mapping[str, Type]:
        """Parts that `{"part": …}` can reach."""
        return {}

    def faults(self, settings: Settings) -> Iterator[tuple[str, str, dict[str, Param]]]:
        """What the schema cannot say: (path below the field, code, params)."""
        return iter(())

    def reader(self, settings: Settings) -> Read:
        """A function from a posted value, never blank, to the kept JSON value. Raises Wrong."""
        raise NotImplementedError

    def typed(self, kept: Any) -> Any:
        """The kept value as expressions see it."""
        return kept

    def advice(self, kept: Any) -> tuple[str, dict[str, Param]] | None:
        """A warning about a value that is taken as it is."""
        return None

    def show(self, settings: Settings, kept: Any, showing: Showing) -> str:
        """The kept value in words."""
        return str(kept)


def line(value: Any) -> str:
    """One line of text, or Wrong: text only, not oversize, nothing that cannot be shown."""
    if not isinstance(value, str):
        raise Wrong("not_text")
    if len(value) > LONGEST_RAW_TEXT:
        raise Wrong("too_long", max=LONGEST_RAW_TEXT, count=len(value))
    if not value.isprintable() and FORBIDDEN_IN_LINE.search(value):
        raise Wrong("control_characters")
    return value


def is_blank(value: Any) -> bool:
    """Nothing was answered: absent, null, blanks only, an empty list or object."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value or (
            value[0] in " \t\r\n\u00a0\u3000\u200b\u2060\ufeff"
            and not value.strip(" \t\r\n\u00a0\u3000\u200b\u2060\ufeff")
        )
    return isinstance(value, (list, dict)) and not value
