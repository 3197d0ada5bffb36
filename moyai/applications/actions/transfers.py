"""給付金の振込 — the transfer list of what was approved, in the form of the banks; nobody is paid twice."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from moyai.applications import flow, zengin
from moyai.applications.actions.exports import NotAllowedYet, may_fetch
from moyai.applications.models import Export, History, Procedure
from moyai.applications.permits import PERMITS
from moyai.applications.queries.editions import compiled
from moyai.applications.queries.exports import Wish, editions_of, wanted
from moyai.audit.public import action, looked
from moyai.calendars.public import wareki
from moyai.documents.public import Export as File
from moyai.tenants.public import Actor, one_at_a_time


@dataclass(frozen=True, slots=True)
class Paid:
    """One application in the file: its key, its status, the sum in yen."""

    application_id: int
    status: str
    yen: int


@dataclass(frozen=True, slots=True)
class TransferList:
    """振込データ — the file, who is paid in it, which applications no bank takes with why, and whether it goes out."""

    data: bytes
    paid: list[Paid]
    left_out: list[tuple[str, str]]
    final: bool

    @property
    def count(self) -> int:
        return len(self.paid)

    @property
    def total_yen(self) -> int:
        return sum(one.yen for one in self.paid)


def account_fields(*, actor: Actor, procedure: Procedure) -> dict[str, str]:
    """The account fields of a procedure, id → words: where there is one, there may be transfers."""
    found: dict[str, str] = {}
    for edition in editions_of(actor=actor, procedure=procedure):
        for one in compiled(edition).fields.values():
            if one.kind == "bank_account" and not one.groups:
                found.setdefault(one.id, one.label)
    return found


def amounts_of(*, actor: Actor, procedure: Procedure) -> dict[str, str]:
    """Fields whose number may be the sum to transfer: id → words."""
    found: dict[str, str] = {}
    for edition in editions_of(actor=actor, procedure=procedure):
        for one in compiled(edition).fields.values():
            if one.kind in ("number", "yen", "calculated") and not one.groups:
                found.setdefault(one.id, one.label)
    return found


@action("applications.fetch_export", permits=PERMITS, thing="export")
def fetch_transfers(
    *,
    actor: Actor,
    now: datetime,
    export: Export,
    sender: zengin.Sender,
    account: str,
    amount: str = "",
    fixed_yen: int = 0,
    again: bool = False,
    anyway: bool = False,
) -> TransferList:
    """振込データをつくる — of approved applications: the sum out of a field, or the same for all. A look on record.

    The list is final when nobody had to be left out, or `anyway`: then each application in it is marked, and left out
    of later files unless `again` says that its transfer came back. Not out of a list without persons: that was weighed as if no name and no
    account were in it. Raises NotAllowedYet.
    """
    if export.blind or not may_fetch(actor=actor, now=now, export=export):
        raise NotAllowedYet
    one_at_a_time("applications.transfers", str(export.procedure_id))
    wish = Wish.of(export.query)
    looked(actor=actor, now=now, verb="applications.view_export", thing=export, detail={"form": "zengin"})
    Export.objects.filter(body_id=export.body_id, pk=export.pk).update(fetched=F("fetched") + 1)
    approved = wanted(actor=actor, procedure=export.procedure, wish=wish).filter(
        status__in=(flow.DECIDED, flow.COMPLETED), outcome__in=(flow.APPROVED, flow.PARTLY)
    )
    before = {} if again else _transferred(export.procedure)
    left_out: list[tuple[str, str]] = []
    paid: list[Paid] = []

    def records() -> Iterator[str]:
        yield zengin.header(sender, **_kana_of(sender.bank, sender.branch))
        for pk, status, number, answers, calculated in (
            approved.order_by("received_on", "id")
            .values_list("id", "status", "public_number", "answers", "calculated")
            .iterator(chunk_size=2_000)
        ):
            if pk in before:
                left_out.append((number, before[pk]))
                continue
            to = answers.get(account)
            if not isinstance(to, dict):
                left_out.append((number, _("口座の記入がありません")))
                continue
            yen = calculated.get(amount, answers.get(amount)) if amount else fixed_yen
            try:
                line = zengin.data(
                    zengin.Transfer(
                        bank=str(to.get("bank", "")),
                        branch=str(to.get("branch", "")),
                        type=str(to.get("type", "")),
                        number=str(to.get("number", "")),
                        holder=str(to.get("holder", "")),
                        yen=yen if isinstance(yen, int) else 0,
                        key=number,
                    ),
                    **_kana_of(str(to.get("bank", "")), str(to.get("branch", ""))),
                )
            except zengin.NotTransferable as why:
                left_out.append((number, str(why)))
                continue
            paid.append(Paid(pk, status, int(yen)))
            yield line
        yield zengin.trailer(len(paid), sum(one.yen for one in paid))
        yield zengin.END

    data = zengin.encoded(records())
    made = TransferList(data, paid, left_out, final=bool(paid) and (anyway or not left_out))
    if made.final:
        _mark(made, actor=actor, now=now, export=export, sender=sender)
    return made


def _transferred(procedure: Procedure) -> dict[int, str]:
    """Applications that are in a transfer file already → in which."""
    lines = History.objects.filter(
        body_id=procedure.body_id, application__procedure=procedure, verb=History.TRANSFERRED
    )
    return dict(lines.order_by("id").values_list("application_id", "note"))


def _mark(made: TransferList, *, actor: Actor, now: datetime, export: Export, sender: zengin.Sender) -> None:
    History.objects.bulk_create(
        [
            History(
                body_id=export.body_id,
                application_id=one.application_id,
                at=now,
                verb=History.TRANSFERRED,
                from_status=one.status,
                to_status=one.status,
                by_account_id=actor.account_id,
                by_name=actor.name,
                note=_("%(day)sの振込データに入っています（%(yen)s円）")
                % {"day": wareki(sender.on), "yen": f"{one.yen:,}"},
            )
            for one in made.paid
        ],
        batch_size=2_000,
    )


def _kana_of(bank: str, branch: str) -> dict[str, str]:
    """Names of a bank and its branch in kana, as the records carry them; empty where they are not known."""
    from zengin_code import Bank

    found = Bank.banks.get(bank)
    at = found.branches.get(branch) if found else None
    return {"bank_kana": found.kana if found else "", "branch_kana": at.kana if at else ""}


def as_file(made: TransferList) -> File:
    """The transfer list as a download."""
    return File(io.BytesIO(made.data), "txt", "text/plain; charset=Shift_JIS", made.count)
