"""申込者の確認 — who may send an application, and whether it is the first of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from moyai.applications import flow
from moyai.applications.actions.answers import answers_sha256
from moyai.applications.actions.invitations import RecordDeclined
from moyai.applications.actions.news import grouped
from moyai.applications.models import Application, CardSignature, Draft, FormEdition, Procedure, Record
from moyai.applications.queries.editions import compiled
from moyai.applications.rules import AnswerResult
from moyai.applications.secrets import once_hash
from moyai.tenants.public import Actor, Refusal, Role, one_at_a_time


class IdentityNeeded(Refusal):
    """Something has to be shown first; `what` is mail, account, business, card, record or parent."""

    code = "identity_needed"
    status = 403
    message = lazy("申し込む前に、本人の確認が必要です。")  # type: ignore[assignment]

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what


class AppliedBefore(Refusal):
    """One standing application for a key or a 確認書; the words say so, `number` shows the receipt there is."""

    code = "applied_before"
    status = 409
    message = lazy("この申込みは、すでに受け付けています。")  # type: ignore[assignment]

    def __init__(self, message: str = "", *, number: str = "", state: str = "") -> None:
        super().__init__(message or None)
        self.number = number
        self.state = state


def what_is_missing(
    *,
    actor: Actor,
    procedure: Procedure,
    identity: Mapping[str, Any],
    mail: str,
    signed: bool,
) -> str:
    """What the applicant still has to show: see IdentityNeeded; "" when nothing is missing.

    Staff who type in what came on paper have seen the person, and jobs of the house act for nobody.
    """
    if actor.is_staff or Role.SYSTEM in actor.roles:
        return ""
    if procedure.record_needed and not identity.get("record"):
        return "record"
    if procedure.parent_code and not identity.get("parent"):
        return "parent"
    kind = procedure.identity
    if kind == Procedure.Identity.MAIL and (not mail or identity.get("mail") != mail):
        return "mail"
    if kind == Procedure.Identity.ACCOUNT and actor.account_id is None:
        return "account"
    if kind == Procedure.Identity.BUSINESS and (
        actor.account_id is None or identity.get("business_account") != actor.account_id
    ):
        return "business"
    if procedure.signature == Procedure.Signature.CARD and not signed:
        return "card"
    return ""


def stands_on(draft: Draft) -> dict[str, bool]:
    """Whether a draft began with a 事前登録 or a 先の申請."""
    return {"record": draft.record_id is not None, "parent": draft.parent_id is not None}


def need_identity(
    *, actor: Actor, procedure: Procedure, draft: Draft | None, mail: str, result: AnswerResult
) -> dict[str, Any]:
    """How the applicant is known, as it goes with the application. Raises IdentityNeeded."""
    identity: dict[str, Any] = dict(draft.identity) if draft is not None else {}
    if draft is not None:
        identity |= stands_on(draft)
    signature = None
    if procedure.signature == Procedure.Signature.CARD and draft is not None:
        signature = (
            CardSignature.objects.filter(
                body_id=draft.body_id, draft=draft, answers_sha256=answers_sha256(result.answers)
            )
            .order_by("-id")
            .first()
        )
    missing = what_is_missing(
        actor=actor, procedure=procedure, identity=identity, mail=mail, signed=signature is not None
    )
    if missing:
        raise IdentityNeeded(missing)
    kind = "staff" if actor.is_staff else procedure.identity
    known: dict[str, Any] = {"kind": "card" if signature is not None else kind}
    if kind == Procedure.Identity.MAIL:
        known["mail"] = mail
    for name in ("provider", "assurance", "business"):
        if identity.get(name):
            known[name] = identity[name]
    if signature is not None:
        known |= {"serial": signature.serial, "checked_at": signature.checked_at.isoformat()}
    return known


def need_first(*, actor: Actor, edition: FormEdition, draft: Draft | None, result: AnswerResult) -> str:
    """The hash of the edition's once-key, "" without one. Raises AppliedBefore, RecordDeclined.

    Who comes at the same moment waits for the first; the unique constraint says so once more.
    """
    procedure = edition.procedure
    if draft is not None and draft.record_id is not None:
        record = Record.objects.select_for_update(of=("self",)).get(
            body_id=procedure.body_id, pk=draft.record_id
        )  # 辞退 locks it too: whoever is first counts
        if record.declined_at is not None:
            raise RecordDeclined
        before = Application.objects.filter(
            body_id=procedure.body_id, drafts__record_id=draft.record_id, drafts__body_id=procedure.body_id
        ).exclude(status__in=flow.UNDONE)
        _none_of(before, "")
    return need_once(edition=edition, result=result)


def need_once(*, edition: FormEdition, result: AnswerResult, but: Application | None = None) -> str:
    """The hash of the once-key of these answers, "" without one; `but` is the application they are a correction of.

    Raises AppliedBefore.
    """
    if not result.once_key:
        return ""
    procedure = edition.procedure
    key = once_hash(f"{procedure.body_id}\n{procedure.pk}\n{result.once_key}")
    if but is not None and but.once_key == key:
        return key
    one_at_a_time("applications.once", f"{procedure.pk}:{key}")
    standing = Application.objects.filter(
        body_id=procedure.body_id, procedure=procedure, once_key=key
    ).exclude(status__in=flow.UNDONE)
    _none_of(standing, compiled(edition).once_message, tell=False)
    return key


def _none_of(found: Any, message: str, *, tell: bool = True) -> None:
    """Refuse where there is one. Who knows a 確認書 is told its number; a once-key is no secret, so not there."""
    row = found.only("public_number", "status", "outcome").first()
    if row is not None:
        number = grouped(row.public_number) if tell else ""
        raise AppliedBefore(
            message, number=number, state=str(flow.WORDS[row.status].resident) if tell else ""
        )
