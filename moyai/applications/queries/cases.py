"""One application, as staff and as its applicant see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from moyai.applications import flow
from moyai.applications.models import (
    Application,
    Attachment,
    CardSignature,
    Correction,
    Decision,
    History,
    ReturnedPaper,
    RouteStep,
)
from moyai.applications.queries.days import office_days
from moyai.applications.queries.editions import compiled
from moyai.applications.queries.mine import children_of
from moyai.applications.rules import SummarySection, UploadFact, summary
from moyai.applications.secrets import secret_fits
from moyai.applications.wording import day_with_year
from moyai.tenants.public import Actor, body_of


def case_by_number(*, actor: Actor, number: str) -> Application | None:
    """An application with its procedure and edition, for staff of its body who see its section or are asked (合議)."""
    found: Application | None = (
        Application.objects.filter(body_id=body_of(actor.body).pk, public_number=number)
        .select_related("procedure", "edition")
        .defer("edition__document")
        .first()
    )
    if found is None or not actor.is_staff or actor.sees(found.procedure.section):
        return found
    asked = RouteStep.objects.filter(
        body_id=found.body_id, application=found, section__in=sorted(actor.sections)
    )
    return found if asked.exists() else None


def by_number(*, actor: Actor, number: str, secret: str) -> Application | None:
    """申込内容の照会 — the application whose 整理番号 and パスワード these are, or None, in the same time."""
    row = case_by_number(actor=actor, number=number)
    fits = secret_fits(number=number, secret=secret, stored=row.secret_hash if row else None)
    return row if fits else None


def answers_of(application: Application) -> list[SummarySection]:
    """The answers as they are read: sections, labels, values as printed."""
    return list(
        summary(
            compiled(application.edition),
            application.answers,
            today=application.received_on,
            wareki=day_with_year,
            uploads=facts_of(attachments_of(application)),
            given=application.given or None,
            office_day=office_days(),
        )
    )


def facts_of(attachments: Iterable[Attachment]) -> dict[str, UploadFact]:
    """What the engine is told of uploads, by the id the answers name them with."""
    return {
        str(one.upload_id): UploadFact(
            name=one.upload.name,
            media_type=one.upload.content_type,
            size_bytes=one.upload.size,
            width_px=one.width_px,
            height_px=one.height_px,
            refused=one.upload.state == "refused",
        )
        for one in attachments
    }


def attachments_of(application: Application) -> QuerySet[Attachment]:
    files: QuerySet[Attachment] = (
        Attachment.objects.filter(body_id=application.body_id, application=application)
        .select_related("upload")
        .order_by("path", "id")
    )
    return files


def open_correction(application: Application) -> Correction | None:
    return Correction.objects.filter(
        body_id=application.body_id,
        application=application,
        answered_at__isnull=True,
        cancelled_at__isnull=True,
    ).first()


def corrections_of(application: Application) -> list[Correction]:
    return list(
        Correction.objects.filter(body_id=application.body_id, application=application).order_by("-number")
    )


def standing_decision(application: Application) -> Decision | None:
    """The decision proposed or made; one that was sent back does not stand."""
    return Decision.objects.filter(
        body_id=application.body_id, application=application, sent_back_at__isnull=True
    ).first()


def related_to(application: Application) -> list[tuple[str, Application]]:
    """先の申請と次の申請 — each with the word of what it is to this one."""
    own = Application.objects.filter(body_id=application.body_id).select_related("procedure")
    found: list[tuple[str, Application]] = []
    if application.parent_id is not None:
        found += [(gettext("先の申請"), one) for one in own.filter(pk=application.parent_id)]
    found += [(gettext("次の申請"), one) for one in children_of(application)]
    return found


def returned_papers(application: Application) -> list[ReturnedPaper]:
    """交付文書, newest first."""
    papers = ReturnedPaper.objects.filter(body_id=application.body_id, application=application)
    return list(papers.select_related("upload").order_by("-id"))


def known_by(application: Application) -> list[dict[str, str]]:
    """How the applicant was known: mail confirmed, account, 電子署名, 委任."""
    rows = []
    words = {
        "mail": gettext("メールアドレスを確認"),
        "account": gettext("アカウントでログイン"),
        "business": gettext("事業者アカウントでログイン"),
    }
    if application.identity.get("kind") in words:
        firm = application.identity.get("business") or {}
        told = [words[application.identity["kind"]], firm.get("firm_name"), firm.get("corporate_number")]
        rows.append({"key": gettext("申請者の確認"), "value": "　".join(filter(None, told))})
    for one in CardSignature.objects.filter(body_id=application.body_id, application=application):
        same = one.answers_sha256 == application.answers_sha256
        state = gettext("有効（今の内容への署名）") if same else gettext("有効（補正前の内容への署名）")
        rows.append({"key": gettext("電子署名"), "value": f"{one.signer.get('name', '')} {state}"})
    if application.mandate_id is not None and application.mandate is not None:
        text = gettext("%(agent)sさんが、%(principal)sさんの代わりに申し込みました。") % {
            "agent": application.mandate.agent_name,
            "principal": application.mandate.principal.get("name", ""),
        }
        rows.append({"key": gettext("委任"), "value": text})
    return rows


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a timeline."""

    what: str
    at: datetime
    by: str
    note: str
    kind: str  # person, system, note


def _lines(application: Application) -> QuerySet[History]:
    lines: QuerySet[History] = History.objects.filter(
        body_id=application.body_id, application=application
    ).order_by("-id")
    return lines


def timeline(application: Application, *, notes: bool = False) -> list[Step]:
    """経過 for staff, newest first; with `notes` only the メモ."""
    lines = _lines(application)
    lines = lines.filter(verb=History.NOTE) if notes else lines.exclude(verb=History.NOTE)
    return [
        Step(
            what=_told(line, staff=True),
            at=line.at,
            by=line.by_name or (gettext("システム") if line.by_account_id is None else ""),
            note=line.note or (line.told if line.verb == History.EXTENDED else ""),
            kind="note" if line.verb == History.NOTE else "person" if line.by_account_id else "system",
        )
        for line in lines
    ]


def resident_timeline(application: Application) -> list[Step]:
    """経過 in plain words for who applied: without names of staff, notes and the office's inner steps."""
    hidden = {History.NOTE, History.ASSIGN, History.AGREED, History.OBJECTED, *flow.INSIDE}
    return [
        Step(what=_told(line, staff=False), at=line.at, by="", note=line.told, kind="person")
        for line in _lines(application)
        if line.verb not in hidden
    ]


def _told(line: History, *, staff: bool) -> str:
    own: dict[str, Any] = {
        History.NOTE: (gettext("メモ"), gettext("メモ")),
        History.ASSIGN: ("", gettext("担当を決めました") if line.note else gettext("担当を外しました")),
        History.PAID: (gettext("手数料の支払いを確認しました"), gettext("手数料が納付されました")),
        History.FETCHED: (gettext("通知書を受け取りました"), gettext("通知書が受け取られました")),
        History.EXTENDED: (gettext("決定の期間を延長しました"), gettext("期間を延長しました")),
        History.AGREED: ("", gettext("同意しました")),
        History.OBJECTED: ("", gettext("意見を付けました")),
        History.GIVEN_BACK: (gettext("文書をお渡ししました"), gettext("文書を交付しました")),
        History.TRANSFERRED: (gettext("振込の手続きをしました"), gettext("振込データに入れました")),
    }
    words = own.get(line.verb) or tuple(gettext(word) for word in flow.DONE[line.verb])
    return str(words[1 if staff else 0])
