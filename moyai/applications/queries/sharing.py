"""What bodies offer each other, and whether the original of a copy went on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from moyai.applications import catalogue
from moyai.applications.models import Procedure, SharedForm
from moyai.applications.rules.procedure_words import WORDS, missing_in
from moyai.tenants.public import Body

LONGEST_CODE = 40


@dataclass(frozen=True, slots=True)
class Original:
    """What a procedure was copied from, as it stands now."""

    code: str
    version: int
    title: str
    from_name: str  # "" for the samples of the house
    words: str
    document: Mapping[str, Any]
    facts: Mapping[str, Any]  # what its page says, translations besides


def shared_code(body: Body, code: str) -> str:
    """The code of what a body offers: no two bodies' are the same. At most 40 signs."""
    whole = f"{body.code}-{code}"
    if len(whole) <= LONGEST_CODE:
        return whole
    digest = hashlib.sha256(code.encode()).hexdigest()[:6]
    return f"{whole[: LONGEST_CODE - 7].rstrip('-')}-{digest}"


def offered() -> QuerySet[SharedForm]:
    """The latest version of everything on offer, by title."""
    newest = SharedForm.objects.filter(code=OuterRef("code")).order_by("-version")
    found: QuerySet[SharedForm] = (
        SharedForm.objects.filter(withdrawn_at=None, pk=Subquery(newest.values("pk")[:1]))
        .select_related("from_body")
        .order_by("title", "code")
    )
    return found


def latest_shared(code: str) -> SharedForm | None:
    """The latest version on offer under a code; None when there is none, or it was withdrawn."""
    found = SharedForm.objects.filter(code=code).select_related("from_body").order_by("-version").first()
    return found if found is not None and found.withdrawn_at is None else None


def original_of(procedure: Procedure) -> Original | None:
    """The sample or the offer a procedure was copied from; None for its own, and when the offer is gone."""
    code = procedure.catalogue_code
    if not code:
        return None
    if code in catalogue.CODES:
        said = catalogue.facts(code)
        return Original(code, catalogue.version(code), said["title"], "", "", catalogue.document(code), said)
    found = latest_shared(code)
    if found is None or found.from_body_id == procedure.body_id:
        return None
    name = found.from_body.name
    return Original(code, found.version, found.title, name, found.words, found.document, found.facts)


def words_offered(procedure: Procedure, original: Original) -> dict[str, dict[str, str]]:
    """Translations that the original has for words standing here as they stand there, and that are missing here."""
    here = {name: getattr(procedure, name) for name in WORDS}
    return missing_in(procedure.translations, here, original.facts)
