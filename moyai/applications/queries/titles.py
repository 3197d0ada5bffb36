"""Names and facts of procedures in the reader's language: the newest edition says the name, the row the rest."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models.fields.json import KT

from moyai.applications.models import FormEdition, Procedure
from moyai.applications.queries.editions import compiled, reading_language
from moyai.applications.rules.translations import KEYS
from moyai.ui.public import EASY, marked


def _shown(title: str, translated: str | None, language: str) -> str:
    """An English page keeps the Japanese name in brackets: that is what the office calls it."""
    if not translated:
        return title
    return translated if language == EASY else f"{translated} ({title})"


def fact_of(procedure: Procedure, name: str) -> str:
    """What is said of a procedure (one of `rules.procedure_words.WORDS`) as the page says it.

    In Japanese where nobody translated it: the page marks that as Japanese. Asks the database nothing.
    """
    original: str = getattr(procedure, name)
    language = reading_language()
    given = procedure.translations.get(language, {}).get(name, "")
    if not original or not given:
        return original
    if language == EASY:
        return marked(given)
    # The counter answers to the name on its door.
    return _shown(original, given, language) if name == "section" else str(given)


def titles_of(procedures: Sequence[Procedure]) -> dict[int, str]:
    """The title of each procedure as the page says it; one question to the database, none on a Japanese page."""
    language = reading_language()
    if language == "ja" or not procedures:
        return {one.pk: one.title for one in procedures}
    newest = (
        FormEdition.objects.filter(
            body_id=procedures[0].body_id, procedure_id__in=[one.pk for one in procedures]
        )
        .order_by("procedure_id", "-number")
        .distinct("procedure_id")
        .values_list("procedure_id", KT(f"document__translations__{KEYS[language]}__title"))
    )
    found = {pk: marked(title) if title and language == EASY else title for pk, title in newest}
    return {one.pk: _shown(one.title, found.get(one.pk), language) for one in procedures}


def title_of(procedure: Procedure, edition: FormEdition | None) -> str:
    """The title of one procedure as the page says it, out of its compiled edition."""
    language = reading_language()
    if language == "ja" or edition is None:
        return procedure.title
    form = compiled(edition)
    return _shown(procedure.title, None if "title" in form.fallback else form.title, language)
