"""The form engine, asked with what belongs to a draft or an application: its uploads, the day, the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as lazy

from moyai.applications.keys import kana_key, name_key
from moyai.applications.models import FormEdition
from moyai.applications.queries.cases import facts_of
from moyai.applications.queries.days import office_days
from moyai.applications.queries.editions import compiled
from moyai.applications.rules import (
    AnswerResult,
    CompiledEdition,
    Message,
    UploadFact,
    answer,
    content_hash,
    person,
    without_locked,
)
from moyai.applications.wording import easy_words
from moyai.tenants.public import Refusal, clock
from moyai.ui.public import easy

__all__ = [
    "AnswersRefused",
    "answers_sha256",
    "applicant_of",
    "facts_of",
    "judged",
    "need_ok",
    "office_days",
    "words_of",
]


class AnswersRefused(Refusal):
    """The answers do not fit the edition; `fields` says what to correct, by path."""

    code = "answers_refused"
    status = 422
    message = lazy("入力内容に直すところがあります。")  # type: ignore[assignment]


def words_of(message: Message) -> str:
    """A message of the engine in the reader's language."""
    if easy():
        return easy_words(message)
    return message.en if (get_language() or "ja").startswith("en") else message.ja


def judged(
    *,
    edition: FormEdition,
    answers: Mapping[str, Any],
    now: datetime,
    uploads: Mapping[str, UploadFact],
    given: Mapping[str, Any] | None = None,
    stored: bool = False,
) -> AnswerResult:
    """The answers looked at by the engine as of a moment's Japanese day, with what the form was given.

    `stored` answers are our own: they hold locked values, which are worked out anew; from anybody else
    a locked value is refused.
    """
    form = compiled(edition)
    return answer(
        form,
        without_locked(form, answers) if stored else answers,
        today=clock.today(now),
        uploads=uploads,
        given=given or None,
        office_day=office_days(),
    )


def need_ok(result: AnswerResult) -> None:
    """Raises AnswersRefused with every error by its path."""
    if not result.ok:
        raise AnswersRefused(
            fields={path or "answers": words_of(error) for path, error in result.errors.items()}
        )


def answers_sha256(answers: Mapping[str, Any]) -> str:
    return content_hash(answers)


def applicant_of(form: CompiledEdition, answers: Mapping[str, Any]) -> dict[str, str]:
    """The columns of an application that are copied out of its answers: who applied, and how to find them."""
    who = person(form, answers)
    name, kana = str(who.get("name", "")), str(who.get("kana", ""))
    return {
        "applicant": name[:100],
        "applicant_email": str(who.get("mail", ""))[:254],
        "name_key": name_key(name),
        "kana_key": kana_key(kana),
    }
