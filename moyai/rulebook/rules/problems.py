"""規則の拒み — everything the rulebook refuses, and the sentences it does so with. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TEXTS = {
    "case": "入力内容を確認してください。",
    "parameter": "規則「%(rule)s」の版%(version)sに「%(name)s」の定めがありません。",
    "version": "「%(title)s」には、%(on)sに有効な版がありません。",
    "body": "「%(title)s」は団体ごとに定めがあります。団体を指定してください。",
    "unknown_rule": "「%(name)s」という規則はありません。",
    "required": "%(label)sを入力してください。",
    "unknown": "この項目はありません。使える項目: %(names)s",
    "object": "項目と値の組（JSONのオブジェクト）にしてください。",
    "array": "リストにしてください。",
    "integer": "%(label)sは整数で入力してください。",
    "string": "%(label)sは文字で入力してください。",
    "boolean": "%(label)sは、はい（true）か、いいえ（false）にしてください。",
    "between": "%(label)sは%(minimum)sから%(maximum)sの間で入力してください。",
    "enum": "%(label)sは次から選んでください。%(choices)s",
    "date": "%(label)sは年-月-日（2026-04-01の形）で、1873-01-01から2149-12-31までの、実際にある日付にしてください。",
    "max_length": "%(label)sは%(limit)s文字以内にしてください。",
    "min_length": "%(label)sは%(limit)s文字以上にしてください。",
    "max_items": "%(label)sは%(limit)s件以内にしてください。",
    "min_items": "%(label)sは%(limit)s件以上にしてください。",
    "other": "%(label)sが決まりに合いません。",
}


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one field. `text` is a Japanese sentence with named places, translated at the edge."""

    text: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.params if self.params else self.text


class RulebookError(Exception):
    """Everything the rulebook refuses; `problem` says it in Japanese."""

    code = "rulebook"
    status = 422

    def __init__(self, text: str, **params: Any) -> None:
        self.problem = Problem(text, params)
        super().__init__(str(self.problem))


class UnknownRule(RulebookError):
    code = "rule_unknown"
    status = 404


class BadCase(RulebookError):
    """The case does not fit. `fields` maps a path such as `dogs` or `rooms.0.hours` to what is wrong there."""

    code = "case_refused"

    def __init__(self, fields: Mapping[str, Problem | str]) -> None:
        self.fields = {k: v if isinstance(v, Problem) else Problem(v) for k, v in fields.items()}
        super().__init__(TEXTS["case"])

    def __str__(self) -> str:
        return (
            str(self.problem) + " " + " ".join(f"{path}: {problem}" for path, problem in self.fields.items())
        )


class NoVersion(RulebookError):
    """No version is in force on that day for that body: an error, never zero."""

    code = "version_missing"


class MissingParameter(RulebookError):
    """The version in force does not give a figure that the rule asks for: an error, never zero."""

    code = "parameter_missing"
    status = 500


class BrokenRule(Exception):
    """A rule that breaks its own description: a mistake in the code, found at start-up or by its examples."""
