"""Words of states on screen, and a message's text out of its template."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.template import Context, Template
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import day_words, moment_words
from moyai.documents.public import site_address
from moyai.notices.rules.messages import State, split_template
from moyai.notices.rules.webhooks import DeliveryState
from moyai.tenants.public import Body
from moyai.ui.public import easy, readings_in_brackets, without_readings

WORDS = {
    State.QUEUED: ("progress", _("送信待ち")),
    State.SENT: ("good", _("送信済み")),
    State.KEPT: ("neutral", _("画面表示")),
    State.FAILED: ("bad", _("失敗")),
}

TROUBLES = {
    "": "",
    "no_address": _("メールアドレスがありません。"),
    "no_server": _("メールサーバーが設定されていません。"),
    "not_wanted": _("メールを希望していません。"),
    "refused": _("相手のメールサーバーが受け取りを断りました。"),
    "unreachable": _("メールサーバーにつながりませんでした。"),
}

DELIVERY_WORDS = {
    DeliveryState.QUEUED: ("progress", _("送信待ち")),
    DeliveryState.SENT: ("good", _("送信済み")),
    DeliveryState.FAILED: ("bad", _("失敗")),
    DeliveryState.HELD: ("neutral", _("停止中")),
}

DELIVERY_TROUBLES = {
    "": "",
    "address": _("呼び出せないアドレスです（庁内や機器のアドレス、https以外）。"),
    "name": _("アドレスの名前が見つかりません。"),
    "unreachable": _("相手につながりませんでした。"),
    "certificate": _("相手の証明書を確かめられませんでした。"),
    "slow": _("10秒以内に答えがありませんでした。"),
    "redirect": _("別のアドレスに回されました。転送には従いません。"),
    "answer": _("相手が受け取りませんでした。"),
}


def delivery_badge(state: str) -> dict[str, Any]:
    kind, word = DELIVERY_WORDS[DeliveryState(state)]
    return {"kind": kind, "word": word}


def webhook_badge(active: bool, *, failed: bool) -> dict[str, Any]:
    if not active:
        return {"kind": "neutral", "word": _("停止中")}
    return {"kind": "bad", "word": _("失敗あり")} if failed else {"kind": "good", "word": _("有効")}


def badge(state: str) -> dict[str, Any]:
    kind, word = WORDS[State(state)]
    return {"kind": kind, "word": word}


class MissingFact(LookupError):
    """A mistake in our code: a template asks for a fact that `tell` was not given."""


class _Facts(Context):
    # Django prints nothing for an unknown name; a letter with a hole in it must not leave the house.
    def __getitem__(self, key: Any) -> Any:
        try:
            return super().__getitem__(key)
        except KeyError:
            raise MissingFact(key) from None


def template_name(kind: str) -> str:
    """`applications.received` → `applications/notices/received.txt`."""
    package, _dot, name = kind.rpartition(".")
    return f"{package.replace('.', '/')}/notices/{name}.txt"


@lru_cache(maxsize=256)
def _template(kind: str) -> tuple[Template, Template]:
    source = get_template(template_name(kind)).template.source  # type: ignore[attr-defined]
    subject, text = split_template(source)
    # The load tags of the text serve the subject as well.
    loads = "".join(line for line in text.splitlines() if line.startswith("{% load "))
    return Template(loads + subject), Template(text)


def _in_words(fact: Any) -> Any:
    if isinstance(fact, datetime):
        return moment_words(fact)
    return day_words(fact) if isinstance(fact, date) else fact


def written(*, kind: str, facts: dict[str, Any], body: Body, language: str) -> tuple[str, str]:
    """Subject and text of a notice, plain text, in the language of who gets it.

    A fact that is a day or a moment is said in that language. Beside `facts` a template knows `body_name`,
    `contact`, `phone` and `site` (our address, without the last slash).
    """
    subject, text = _template(kind)
    known = {
        "body_name": body.name,
        "contact": body.contact,
        "phone": body.phone,
        "site": site_address(),
    }
    with translation.override(language):
        known |= {name: _in_words(fact) for name, fact in facts.items()}
        told = (
            without_readings(subject.render(_Facts(known, autoescape=False))).strip(),
            text.render(_Facts(known, autoescape=False)).strip() + "\n",
        )
        return told[0], readings_in_brackets(told[1]) if easy() else without_readings(told[1])
