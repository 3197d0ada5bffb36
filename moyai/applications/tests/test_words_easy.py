"""Easy Japanese of what no template holds: the engine's sentences about answers, the words of states."""

from __future__ import annotations

from pathlib import Path

import moyai
from moyai.applications import flow
from moyai.applications.actions.answers import words_of
from moyai.applications.rules import Message
from moyai.applications.rules.messages import TEXTS
from moyai.applications.rules.messages_easy import EASY, PARTS
from moyai.applications.rules.result import RowMark
from moyai.calendars.rules.reading import TEXTS as DATE_TEXTS
from moyai.ui.lint_easy import easy_texts, lint_easy, without_reading
from moyai.ui.readings import START, readings_in_brackets, without_readings

HOUSE = Path(moyai.__file__).parent


def test_every_sentence_about_answers_has_an_easy_text() -> None:
    about_answers = {code for code in TEXTS if not code.startswith("e_")}
    assert set(EASY) == about_answers
    engine = {code: (TEXTS[code][0], text) for code, text in EASY.items()}
    assert [line for line in lint_easy(HOUSE, engine) if line.split(":")[0] in EASY] == []
    assert [word for word in PARTS.values() if without_reading(word)] == []


def test_words_of_states_and_of_dates_have_easy_texts() -> None:
    done = {msgid for _path, msgid, _text in easy_texts(HOUSE)}
    shown = {word.resident for word in (*flow.WORDS.values(), *flow.OUTCOME_WORDS.values())}
    shown |= {word.meaning for word in (*flow.WORDS.values(), *flow.OUTCOME_WORDS.values())}
    shown |= {resident for resident, _staff in flow.DONE.values()}
    assert sorted((shown | set(DATE_TEXTS.values())) - done) == []


def test_an_error_is_said_in_easy_japanese_with_what_it_is_about() -> None:
    from django.utils.translation import override

    late = Message("too_late", {"label": "利用日", "date": "2026年4月1日"}, (RowMark("犬", "頭", 2),))
    with override("ja-easy"):
        said = words_of(late)
        part = words_of(Message("missing_part", {"label": "住所", "part": "郵便番号"}))
    assert without_readings(said) == "2頭目の犬：利用日は2026年4月1日か、それより前の日にしてください。"
    assert "1日（ついたち）" in readings_in_brackets(said)
    assert without_readings(part) == "住所の郵便番号を書いてください。" and START in part
    assert words_of(late) == late.ja


def test_brackets_a_person_typed_stay_brackets() -> None:
    from django.utils.translation import override

    with override("ja-easy"):
        said = words_of(Message("file_unknown", {"label": "地図《ちず》"}))
    assert "地図《ちず》" in said
