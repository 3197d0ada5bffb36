"""Issuing letters, and setting them in type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import structlog
import typst
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from moyai.audit.public import action
from moyai.calendars.public import fiscal_year, wareki
from moyai.documents import listeners, signing, store
from moyai.documents.jobs import make_letter
from moyai.documents.models import Letter
from moyai.documents.permits import PERMITS
from moyai.documents.rules.codes import in_groups, new_code
from moyai.documents.rules.glyphs import letter_glyphs, missing_in_facts, named
from moyai.documents.typesetting import set_in_type, template_of
from moyai.tenants.public import Actor, Body, Refusal, body_of, clock, later, next_number

log = structlog.get_logger(__name__)

LARGEST_FACTS = 500_000
LARGEST_PDF = 50_000_000
ADDED = frozenset({"number", "dated", "from_name", "verify_url", "verify_page", "verify_code"})


class MissingGlyph(Refusal):
    """A character of the facts cannot be printed exactly; the letter is not issued."""

    code = "missing_glyph"
    status = 422
    message = gettext_lazy("文書に印刷できない文字があります。")  # type: ignore[assignment]


class LetterIssuedBefore(Refusal):
    """The thing has a letter of this kind and sequence, with other facts."""

    code = "letter_issued_before"
    status = 409
    message = gettext_lazy("この文書は、すでに別の内容で発行されています。")  # type: ignore[assignment]


@action("documents.issue_letter", permits=PERMITS, refuses={"letter_made_once": LetterIssuedBefore})
def issue_letter(
    *,
    actor: Actor,
    now: datetime,
    kind: str,
    facts: Mapping[str, Any],
    thing: models.Model,
    sequence: int = 1,
    mark: str = "",
    keep_until: date | None = None,
) -> Letter:
    """文書の発行 — take a number, keep the facts as they are now, and have the PDF made by a job.

    `facts` is JSON as letters/base.typ reads it: subject, addressee {name, …}, sender {title, …}, and as
    needed body, record, reasons, appeal, contact; number, date and code are added here. `mark` is the
    文書記号 before 「第n号」 (default: the body's name). The same thing, kind, sequence and facts give the
    letter that is there. Refuses MissingGlyph (names the character) and LetterIssuedBefore.
    """
    template_of(kind)
    body = body_of(actor.body)
    given = json.loads(json.dumps(facts, allow_nan=False))
    label = thing._meta.label_lower
    before: Letter | None = Letter.objects.filter(
        body=body, thing_kind=label, thing_id=thing.pk, kind=kind, sequence=sequence
    ).first()
    if before is not None:
        if any(before.facts.get(key) != value for key, value in given.items() if key not in ADDED):
            raise LetterIssuedBefore
        return before
    if len(json.dumps(given)) > LARGEST_FACTS:
        raise ValueError("the facts of a letter are too long")
    today = clock.today(now)
    year = fiscal_year(today)
    lacking = missing_in_facts([given, mark], letter_glyphs())
    if lacking:
        words = _("印刷できない文字があります：%(letters)s。別の字かかなにしてください。")
        raise MissingGlyph(words % {"letters": "、".join(named(letter) for letter in lacking[:10])})
    number = next_number("letter", fiscal_year=year)
    code = new_code()
    number_text = f"{mark or body.name}第{number}号"
    letter: Letter = Letter.objects.create(
        body=body,
        kind=kind,
        thing_kind=label,
        thing_id=thing.pk,
        sequence=sequence,
        fiscal_year=year,
        number=number,
        number_text=number_text,
        facts=given | _added(body, number_text, today, code),
        code=code,
        issued_at=now,
        keep_until=keep_until,
    )
    later(make_letter, letter_id=letter.pk)
    return letter


def _added(body: Body, number_text: str, day: date, code: str) -> dict[str, str]:
    """What the house adds to the facts of every letter, kept with them."""
    with override("ja"):
        site = site_address()
        page = site + reverse("documents_portal_letters", kwargs={"body_slug": body.slug})
        full = site + reverse("documents_portal_letter", kwargs={"body_slug": body.slug, "code": code})
    return {
        "number": number_text,
        "dated": wareki(day),
        "from_name": body.name,
        "verify_url": full,
        "verify_page": page,
        "verify_code": in_groups(code),
    }


def site_address() -> str:
    """Where the installation is reached from outside, for papers: MOYAI_URL, else the local address."""
    given = str(getattr(settings, "MOYAI_URL", "") or "")
    if given:
        return given.rstrip("/")
    return f"{'https' if settings.MOYAI_HTTPS else 'http'}://{settings.MOYAI_HOST}:{settings.MOYAI_PORT}"


@action("documents.render_letter", permits=PERMITS)
def render_letter(*, actor: Actor, now: datetime, letter: Letter) -> Letter:
    """Make the PDF of an issued letter, once; what is ready stays as it is.

    A character that no font can draw, or a template that cannot read its facts, leaves the letter
    failed with its trouble: nothing is printed with a box in it. Where a certificate is configured the PDF
    is signed; one that cannot sign leaves the letter failed, too: nothing goes out unsigned by mistake.
    """
    letter = Letter.objects.select_for_update().get(body=actor.body, pk=letter.pk)
    if letter.state not in (Letter.State.WAITING, Letter.State.FAILED):
        return letter
    lacking = missing_in_facts(letter.facts, letter_glyphs())
    trouble, made = "", b""
    if lacking:
        trouble = "missing glyphs: " + " ".join(f"U+{ord(each[-1]):04X}" for each in lacking)
    else:
        try:
            made = set_in_type(letter.kind, facts=letter.facts, at=letter.issued_at)
        except typst.TypstError as error:
            trouble = str(error)
    signature: dict[str, str] = {}
    body = body_of(actor.body)
    if not trouble and signing.certificate_of(body.code) is not None:
        try:
            made, by = signing.sign(made, body_code=body.code, now=now)
            signature = by.kept(now)
        except signing.CannotSignError as error:
            trouble = f"{signing.TROUBLE}{error}"
            log.error("letter_not_signed", letter_id=letter.pk, trouble=trouble)
    if trouble:
        letter.state = Letter.FLOW[Letter.State(letter.state), "fail"]
        letter.trouble = trouble[:300]
        letter.save(update_fields=["state", "trouble"])
        return letter
    kept = store.keep([made], body_id=letter.body_id, most_bytes=LARGEST_PDF)
    letter.state = Letter.FLOW[Letter.State(letter.state), "render"]
    letter.trouble, letter.key, letter.size, letter.sha256 = "", kept.key, kept.size, kept.sha256
    letter.rendered_at, letter.signature = now, signature
    letter.save(update_fields=["state", "trouble", "key", "size", "sha256", "rendered_at", "signature"])
    listeners.letter_ready.tell(letter.kind, letter, now=now)
    return letter
