"""事前登録 — what the body knows beforehand (確認書): taken in from a list, found by number and second fact, used once."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.applications import flow
from moyai.applications.models import Application, FormEdition, Procedure, Record
from moyai.applications.permits import PERMITS
from moyai.applications.queries.editions import compiled
from moyai.applications.secrets import once_hash
from moyai.audit.public import action
from moyai.calendars.public import DateRefused, parse_date
from moyai.tenants.public import Actor, Refusal, body_of, clock

NUMBER, SECOND = "番号", "生年月日"
MOST_ROWS = 200_000
MOST_ERRORS = 200


class RecordDeclined(Refusal):
    code = "record_declined"
    status = 409
    message = lazy("この確認書は、受け取らないこと（辞退）の届出が済んでいます。")  # type: ignore[assignment]


class RecordUsed(Refusal):
    code = "record_used"
    status = 409
    message = lazy("この確認書の申込みは、すでに受け付けています。")  # type: ignore[assignment]


class ListRefused(Refusal):
    """The list has mistakes: nothing of it was taken in; `report` names rows and reasons."""

    code = "records_refused"
    status = 422
    message = lazy("一覧に直すところがあります。1件も登録していません。")  # type: ignore[assignment]

    def __init__(self, report: ImportReport) -> None:
        super().__init__()
        self.report = report


@dataclass(slots=True)
class ImportReport:
    """What a list comes to: rows read, new ones, those already there; mistakes as (row, column, why)."""

    rows: int = 0
    new: int = 0
    known: int = 0
    errors: list[tuple[int, str, str]] = field(default_factory=list)
    facts: tuple[str, ...] = ()  # columns that go to the form


def folded_number(text: str) -> str:
    """A 確認書番号 as it is compared: width, case, hyphens and blanks do not matter."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(sign for sign in folded if sign.isalnum())


def number_hash(procedure: Procedure, number: str) -> str:
    return once_hash(f"record\n{procedure.body_id}\n{procedure.pk}\n{folded_number(number)}")


def second_hash(procedure: Procedure, number: str, born_on: str) -> str:
    """Bound to its number, so that equal birth dates do not look alike."""
    return once_hash(f"second\n{procedure.body_id}\n{procedure.pk}\n{folded_number(number)}\n{born_on}")


def find_record(*, actor: Actor, procedure: Procedure, number: str, born_on: str) -> Record | None:
    """The record whose number and second fact these are, or None: the same words and work whichever is wrong."""
    row: Record | None = Record.objects.filter(
        body_id=body_of(actor.body).pk, procedure=procedure, number_hash=number_hash(procedure, number)
    ).first()
    stored = row.second_hash if row is not None else "0" * 64
    fits = constant_time_compare(second_hash(procedure, number, born_on), stored)
    return row if fits and row is not None else None


def application_of(record: Record) -> Application | None:
    """The standing application made with a record."""
    return (
        Application.objects.filter(
            body_id=record.body_id, drafts__record=record, drafts__body_id=record.body_id
        )
        .exclude(status__in=flow.UNDONE)
        .first()
    )


@action("applications.decline_record", permits=PERMITS)
def decline_record(*, actor: Actor, now: datetime, record: Record) -> Record:
    """辞退 — nothing is to be paid or done for this record; told again it stays. Raises RecordUsed."""
    row: Record = Record.objects.select_for_update(of=("self",)).get(
        body_id=body_of(actor.body).pk, pk=record.pk
    )
    if application_of(row) is not None:
        raise RecordUsed
    if row.declined_at is None:
        row.declined_at = now
        row.save(update_fields=["declined_at"])
    return row


def read_list(
    *, edition: FormEdition, data: bytes, now: datetime
) -> tuple[ImportReport, list[dict[str, Any]]]:
    """A CSV (UTF-8 or CP932) with the columns 番号, 生年月日 and the facts the form is given; nothing is stored.

    A fact's column is called by its name or its label in the edition.
    """
    report = ImportReport()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("cp932")
        except UnicodeDecodeError:
            report.errors.append((1, "", _("文字コードを UTF-8 か CP932（Shift_JIS）にしてください。")))
            return report, []
    reader = csv.reader(io.StringIO(text, newline=""))
    head = [cell.strip() for cell in next(reader, [])]
    wanted = {one.name: one for one in compiled(edition).given.values() if one.source == "record"}
    names = {one.label: name for name, one in wanted.items()} | {name: name for name in wanted}
    columns = [names.get(cell, cell) for cell in head]
    for needed in (NUMBER, SECOND):
        if needed not in columns:
            report.errors.append((1, needed, _("「%(name)s」の列がありません。") % {"name": needed}))
    for cell in columns:
        if cell not in (NUMBER, SECOND, *wanted):
            report.errors.append((1, cell, _("この様式に渡せない列です。")))
    if report.errors:
        return report, []
    report.facts = tuple(wanted[one].label for one in columns if one in wanted)
    rows: list[dict[str, Any]] = []
    seen: set[str] = set()
    for place, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        report.rows += 1
        if report.rows > MOST_ROWS:
            report.errors.append(
                (place, "", _("一度に%(most)s件まで登録できます。") % {"most": f"{MOST_ROWS:,}"})
            )
            break
        row = dict(zip(columns, [cell.strip() for cell in cells], strict=False))
        made = _row(report, place, row, wanted, seen, now)
        if made is not None:
            rows.append(made)
        if len(report.errors) >= MOST_ERRORS:
            break
    return report, rows


def _row(
    report: ImportReport, place: int, row: dict[str, str], wanted: Any, seen: set[str], now: datetime
) -> dict[str, Any] | None:
    wrong = len(report.errors)
    number = folded_number(row.get(NUMBER, ""))
    if not number:
        report.errors.append((place, NUMBER, _("番号を入力してください。")))
    elif number in seen:
        report.errors.append((place, NUMBER, _("同じ番号が前の行にあります。")))
    seen.add(number)
    born_on = _day(row.get(SECOND, ""), now)
    if born_on is None:
        report.errors.append((place, SECOND, _("日付として読み取れません。")))
    facts: dict[str, Any] = {}
    for name, one in wanted.items():
        text = row.get(name, "")
        if not text:
            continue
        value: Any = text
        if one.type == "int":
            plain = unicodedata.normalize("NFKC", text).replace(",", "")
            value = int(plain) if plain.lstrip("-").isascii() and plain.lstrip("-").isdigit() else None
        elif one.type == "date":
            value = _day(text, now)
        elif one.type == "bool":
            value = {
                "1": True,
                "0": False,
                "はい": True,
                "いいえ": False,
                "○": True,
                "有": True,
                "無": False,
            }.get(unicodedata.normalize("NFKC", text))
        if value is None:
            report.errors.append((place, one.label, _("この列の値として読み取れません。")))
        else:
            facts[name] = value
    if len(report.errors) > wrong:
        return None
    return {"number": number, "born_on": born_on, "facts": facts}


def _day(text: str, now: datetime) -> str | None:
    try:
        return parse_date(text, today=clock.today(now)).on.isoformat() if text else None
    except DateRefused:
        return None


@action("applications.import_records", permits=PERMITS, thing="procedure")
def import_records(
    *,
    actor: Actor,
    now: datetime,
    procedure: Procedure,
    edition: FormEdition,
    data: bytes,
    dry_run: bool = False,
) -> ImportReport:
    """事前登録の一覧を取り込む — all of it or nothing; `dry_run` only reports. Numbers already there stay as they are.

    Numbers and birth dates are kept as keyed hashes only. Raises ListRefused.
    """
    report, rows = read_list(edition=edition, data=data, now=now)
    body = body_of(actor.body)
    hashes = {number_hash(procedure, row["number"]): row for row in rows}
    known: set[str] = set()
    wanted: Sequence[str] = list(hashes)
    for at in range(0, len(wanted), 5000):
        known |= set(
            Record.objects.filter(
                body_id=body.pk, procedure=procedure, number_hash__in=wanted[at : at + 5000]
            ).values_list("number_hash", flat=True)
        )
    report.known = len(known)
    report.new = len(hashes) - len(known)
    if dry_run:
        return report
    if report.errors:
        raise ListRefused(report)
    Record.objects.bulk_create(
        [
            Record(
                body_id=body.pk,
                procedure=procedure,
                number_hash=hashed,
                second_hash=second_hash(procedure, row["number"], row["born_on"]),
                facts=row["facts"],
                imported_at=now,
            )
            for hashed, row in hashes.items()
            if hashed not in known
        ],
        batch_size=2000,
        ignore_conflicts=True,
    )
    return report
