"""教示 — what a decision tells about appeals: data with validity, never free text.

Sources: 行政不服審査法 第18条・第82条, 行政事件訴訟法 第14条・第46条. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True, slots=True)
class Appeal:
    """教示文例 — for one kind of act, in force from a day; `{body}` and `{head}` are filled in."""

    kind: str
    title: str
    from_on: date
    paragraphs: tuple[str, ...]
    source: str


_ORDINARY = Appeal(
    kind="ordinary",
    title="審査請求と取消しの訴え",
    from_on=date(2016, 4, 1),  # 行政不服審査法 (平成26年法律第68号) in force
    paragraphs=(
        "この決定に不服があるときは、この決定を知った日の翌日から3か月以内に、{head}に審査請求ができます。",
        "この決定の取消しを求める訴えは、この決定を知った日の翌日から6か月以内に、{body}を被告として"
        "（{head}が被告の代表者となります。）提起できます。",
        "審査請求をしたときは、その裁決を知った日の翌日から6か月以内に、取消しの訴えを提起できます。",
        "決定の日の翌日から1年を過ぎると、正当な理由がない限り、審査請求も取消しの訴えもできません。",
    ),
    source="行政不服審査法第82条、行政事件訴訟法第46条",
)
_NONE = Appeal(
    kind="none", title="不服申立ての対象とならない", from_on=date(1900, 1, 1), paragraphs=(), source=""
)

APPEALS: Final[tuple[Appeal, ...]] = (_ORDINARY, _NONE)
KINDS: Final = ("ordinary", "none")


class NoAppealText(LookupError):
    """No 教示 of this kind was in force on the day: a decision cannot be written without it."""


def appeal_on(*, kind: str, on: date) -> Appeal:
    """The 教示 of a kind in force on a day. Raises NoAppealText."""
    fitting = [appeal for appeal in APPEALS if appeal.kind == kind and appeal.from_on <= on]
    if not fitting:
        raise NoAppealText(f"{kind} on {on}")
    return max(fitting, key=lambda appeal: appeal.from_on)


def head_of(body_name: str) -> str:
    """The head of a body as it is named in law: 千葉市長, 千葉県知事, ◯◯組合管理者."""
    if body_name[-1:] in "都道府県":
        return body_name + "知事"
    if body_name[-1:] in "市町村区":
        return body_name + "長"
    if body_name.endswith("企業団"):
        return body_name + "企業長"
    return body_name + "管理者"


def paragraphs(*, kind: str, on: date, body_name: str) -> list[str]:
    """The 教示 as it is printed on the letter."""
    appeal = appeal_on(kind=kind, on=on)
    return [text.format(body=body_name, head=head_of(body_name)) for text in appeal.paragraphs]
