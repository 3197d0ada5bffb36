"""Procedures, editions and drafts as every page of a resident needs them: one statement, few columns.

A procedure's row is wide and seldom changes: the process keeps it, and the statement that finds a draft or
a procedure brings the mark of the version that holds now (`tenants.Kept`). An edition never changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from moyai.applications.models import Application, Draft, FormEdition, Procedure
from moyai.applications.secrets import token_hash
from moyai.tenants.public import Actor, Kept, body_of, mark_of

_procedures: Kept[Procedure] = Kept(2048)
_editions: Kept[FormEdition] = Kept(2048)

_NEWEST = (
    "(SELECT {column} FROM applications_formedition AS e WHERE e.body_id = {of}.body_id"
    " AND e.procedure_id = {of}.{key} ORDER BY e.number DESC LIMIT 1)"
)
_BY_CODE = (
    f"SELECT p.id, {mark_of('p')}, {_NEWEST.format(column='e.id', of='p', key='id')}"  # noqa: S608
    " FROM applications_procedure AS p WHERE p.body_id = %s AND p.code = %s"
)
_DRAFT_COLUMNS = ", ".join(f"d.{field.column}" for field in Draft._meta.concrete_fields)
_DRAFT = (
    f"SELECT {_DRAFT_COLUMNS},"  # noqa: S608
    f" (SELECT {mark_of('p')} FROM applications_procedure AS p"
    " WHERE p.body_id = d.body_id AND p.id = d.procedure_id) AS procedure_mark,"
    f" {_NEWEST.format(column='e.id', of='d', key='procedure_id')} AS newest_id"
    " FROM applications_draft AS d WHERE d.body_id = %s AND "
)
_BY_TOKEN = _DRAFT + "d.token_hash = %s"
_LOCKED = _DRAFT + "d.id = %s FOR UPDATE OF d"
# What the page 申込完了 shows of an application; other columns are read when they are asked for.
_SHOWN: Sequence[str] = (
    "id",
    "body_id",
    "procedure_id",
    "edition_id",
    "public_number",
    "secret_hash",
    "fee_yen",
    "payment",
    "pay_token",
    "pay_until",
    "applicant_email",
    "account_id",
    "status",
    "outcome",
    "open",
    "received_at",
    "received_on",
    "due_on",
    "language",
)
_RECEIPT = f"SELECT {', '.join(_SHOWN)} FROM applications_application WHERE body_id = %s AND id = %s"  # noqa: S608


def procedure_with_edition(*, actor: Actor, code: str) -> tuple[Procedure, FormEdition | None] | None:
    """A procedure and the edition in force, by the procedure's code."""
    body = body_of(actor.body)
    with connection.cursor() as cursor:
        cursor.execute(_BY_CODE, [body.pk, code])
        found = cursor.fetchone()
    if found is None:
        return None
    procedure = _procedure(body.pk, found[0], found[1])
    edition = _edition(body.pk, found[2]) if found[2] is not None else None
    if edition is not None:
        edition.procedure = procedure
        edition.in_force = True  # type: ignore[attr-defined]  # as this very statement saw it
    return procedure, edition


def draft_by_token(*, actor: Actor, token: str, with_application: bool = False) -> Draft | None:
    """The draft of a link, with its edition and procedure; an unknown token gives None."""
    draft = _draft(_BY_TOKEN, body_of(actor.body).pk, token_hash(token))
    if draft is not None and with_application and draft.application_id is not None:
        draft.application = next(
            iter(Application.objects.raw(_RECEIPT, [draft.body_id, draft.application_id]))
        )
    return draft


def draft_for_update(*, actor: Actor, draft_id: int) -> Draft | None:
    """A draft with its row locked: who asks for it meanwhile waits until the transaction ends."""
    return _draft(_LOCKED, body_of(actor.body).pk, draft_id)


def _draft(sql: str, *params: Any) -> Draft | None:
    draft: Draft | None = next(iter(Draft.objects.raw(sql, params)), None)  # id and token are unique
    if draft is None:
        return None
    asked: Any = draft  # carries the statement's extra columns
    draft.procedure = _procedure(draft.body_id, draft.procedure_id, asked.procedure_mark)
    draft.edition = _edition(draft.body_id, draft.edition_id)
    draft.edition.procedure = draft.procedure
    return draft


def _procedure(body_id: int, procedure_id: int, mark: str) -> Procedure:
    found = _procedures.get((body_id, procedure_id), mark)
    if found is None:
        # The mark may be older than what is read now; then the next reader reads again.
        found = Procedure.objects.get(body_id=body_id, pk=procedure_id)
        _procedures.put((body_id, procedure_id), mark, found)
    return found


def _edition(body_id: int, edition_id: int) -> FormEdition:
    found = _editions.get((body_id, edition_id), "")
    if found is None:
        # The document is large and its compiled form is kept: it is fetched only where it is needed.
        found = FormEdition.objects.defer("document").get(body_id=body_id, pk=edition_id)
        _editions.put((body_id, edition_id), "", found)
    return found
