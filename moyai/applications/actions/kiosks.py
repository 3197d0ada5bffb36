"""会場の端末 — a link for tablets at an event, and the answers that come from them, each once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.applications.actions.submission import NotAccepting, submit_application
from moyai.applications.models import Application, FormEdition, Kiosk, Procedure
from moyai.applications.permits import PERMITS
from moyai.applications.queries.editions import compiled, current_edition, edition_for
from moyai.applications.rules import CompiledEdition
from moyai.applications.secrets import kiosk_token, token_hash
from moyai.audit.public import action
from moyai.people.public import throttle
from moyai.tenants.public import Actor, Refusal, body_of

# Kinds that one page without a keyboard's help, files or rows of its own can ask.
KINDS: Final = frozenset(
    {
        "text", "textarea", "number", "single_choice", "multiple_choice", "matrix", "ranking", "yes_no",
        "consent", "explanation", "postal_code",
    }
)  # fmt: skip
AFTER_END: Final = timedelta(hours=48)  # what a tablet kept while offline is still taken
TRIES, WINDOW_MINUTES = 6_000, 10  # of one kiosk's tablets together


class NotForKiosk(Refusal):
    code = "not_for_kiosk"
    status = 422
    message = lazy("この手続きは、会場の端末では使えません。")  # type: ignore[assignment]


class KioskOver(Refusal):
    code = "kiosk_over"
    status = 410
    message = lazy("この端末の受付は終わりました。")  # type: ignore[assignment]


def faults_for_kiosk(procedure: Procedure, form: CompiledEdition) -> list[str]:
    """Why a procedure cannot be asked on one page by anybody who walks up; empty when it can."""
    found = []
    if procedure.needs_review:
        found.append(_("審査をする手続きは使えません。"))
    if procedure.identity != Procedure.Identity.NONE:
        found.append(_("匿名でよい手続きだけが使えます。"))
    if form.has_fee or procedure.charges_fee:
        found.append(_("手数料のある手続きは使えません。"))
    if procedure.record_needed or procedure.parent_code or procedure.signature != Procedure.Signature.NONE:
        found.append(_("事前登録・先の申請・署名のいる手続きは使えません。"))
    found += [
        _("「%(label)s」は、端末では聞けない種類の質問です。") % {"label": one.label}
        for one in form.fields.values()
        if one.kind not in KINDS and not one.groups
    ]
    return found


@action("applications.make_kiosk", permits=PERMITS)
def make_kiosk(
    *,
    actor: Actor,
    now: datetime,
    procedure: Procedure,
    name: str,
    idle_seconds: int = 60,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
) -> Kiosk:
    """端末のリンクをつくる — for one procedure. Raises NotForKiosk with what stands in the way."""
    edition = current_edition(procedure)
    faults = (
        [_("様式が公開されていません。")]
        if edition is None
        else faults_for_kiosk(procedure, compiled(edition))
    )
    if faults:
        raise NotForKiosk(" ".join(faults))
    made: Kiosk = Kiosk.objects.create(
        body_id=body_of(actor.body).pk,
        procedure=procedure,
        name=name.strip()[:60],
        token_hash=token_hash(
            kiosk_token(procedure_id=procedure.pk, name=name.strip()[:60], made_at=now.isoformat())
        ),
        idle_seconds=idle_seconds,
        opens_at=opens_at,
        closes_at=closes_at,
        made_at=now,
        made_by=actor.name,
    )
    return made


def token_of(kiosk: Kiosk) -> str:
    return kiosk_token(procedure_id=kiosk.procedure_id, name=kiosk.name, made_at=kiosk.made_at.isoformat())


@action("applications.end_kiosk", permits=PERMITS)
def end_kiosk(*, actor: Actor, now: datetime, kiosk: Kiosk) -> Kiosk:
    """端末のリンクを止める — answers that tablets still keep are taken for two days. Again is harmless."""
    if kiosk.ended_at is None:
        kiosk.ended_at = now
        kiosk.save(update_fields=["ended_at"])
    return kiosk


def kiosk_by_token(*, actor: Actor, token: str) -> Kiosk | None:
    kiosk: Kiosk | None = (
        Kiosk.objects.filter(body_id=body_of(actor.body).pk, token_hash=token_hash(token))
        .select_related("procedure")
        .first()
    )
    return kiosk


def standing(kiosk: Kiosk, *, now: datetime, queued: bool = False) -> bool:
    """Whether the kiosk asks visitors now; for `queued` answers also a while after its end."""
    grace = AFTER_END if queued else timedelta(0)
    if kiosk.opens_at is not None and now < kiosk.opens_at:
        return False
    ends = [at for at in (kiosk.ended_at, kiosk.closes_at) if at is not None]
    return not ends or now < min(ends) + grace


def edition_of_kiosk(kiosk: Kiosk, number: str) -> FormEdition | None:
    """The edition a tablet showed, by its number; else the one in force."""
    if number.isascii() and number.isdigit() and len(number) < 6:
        return edition_for(procedure=kiosk.procedure, number=int(number))
    return current_edition(kiosk.procedure)


def take_answer(
    *,
    actor: Actor,
    now: datetime,
    kiosk: Kiosk,
    edition: FormEdition,
    answers: Mapping[str, Any],
    token: str,
    queued: bool = False,
    language: str = "ja",
) -> Application:
    """端末の回答を受け付ける — the same token gives the same application, however often a tablet sends it.

    Nothing of who sent it, and from where, is kept. Raises KioskOver, NotAccepting, AnswersRefused, TooManyTries.
    """
    throttle(
        kind="applications.kiosk",
        key=str(kiosk.pk),
        now=now,
        tries=TRIES,
        window_minutes=WINDOW_MINUTES,
        by_network=False,
    )
    if not standing(kiosk, now=now, queued=queued):
        raise KioskOver
    if kiosk.procedure.identity != Procedure.Identity.NONE:
        raise NotAccepting
    return submit_application(
        actor=Actor.anyone(actor.body, request_id=actor.request_id),
        now=now,
        edition=edition,
        answers=answers,
        form_token=token,
        channel=Application.Channel.KIOSK,
    )
