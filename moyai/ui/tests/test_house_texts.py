"""Every template and message of the house: no inline code, one h1, good words, an English text."""

from __future__ import annotations

from pathlib import Path

from moyai.ui import lint, lint_easy

HOUSE = Path(lint.__file__).resolve().parent.parent


def test_templates_of_every_package_keep_the_rules() -> None:
    assert "\n".join(lint.lint_templates(HOUSE)) == ""


def test_messages_of_every_package_use_no_banned_word() -> None:
    assert "\n".join(lint.lint_messages(HOUSE)) == ""


def test_every_message_has_an_english_text() -> None:
    assert "\n".join(lint.missing_translations(HOUSE)) == ""


def test_translations_name_only_placeholders_that_exist() -> None:
    assert "\n".join(lint.lint_catalogues(HOUSE)) == ""


def test_the_walk_sees_templates_and_messages() -> None:
    assert len(list(lint.messages_of_house(HOUSE))) > 200


def test_every_message_of_residents_has_an_easy_text_with_its_readings() -> None:
    assert "\n".join(lint_easy.lint_easy(HOUSE)) == ""


def test_easy_sentences_are_short() -> None:
    texts = list(lint_easy.easy_texts(HOUSE))
    assert len(texts) > 700
    assert len(lint_easy.warnings_easy(HOUSE)) < len(texts) / 10


def test_what_is_for_staff_is_named_in_one_place_and_exists() -> None:
    files = [str(path.relative_to(HOUSE)) for path in HOUSE.rglob("*") if path.is_file()]
    from fnmatch import fnmatch

    assert not lint_easy.for_residents("applications/office/inbox.py:12")
    assert lint_easy.for_residents("applications/portal/inquiry.py")
    unused = [one for one in lint_easy.STAFF_PLACES if not any(fnmatch(path, one) for path in files)]
    assert unused == []
