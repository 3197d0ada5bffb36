"""Every template and message of the house: no inline code, one h1, good words, an English text."""

from __future__ import annotations

from pathlib import Path

from moyai.ui import lint

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
