"""会則・要綱・規程を定め、改め、廃し、引く — a version is never changed; what is abolished cannot be cited."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.council.actions.spans import day_said
from moyai.council.models import Bylaw, BylawVersion, Citation, Item, Posting
from moyai.council.permits import PERMITS
from moyai.council.queries.bylaws import edition
from moyai.council.rules.cannot import Cannot
from moyai.council.rules.citing import cited
from moyai.tenants.public import Actor, Refusal


class BylawKnown(Refusal):
    code = "bylaw_known"
    message = lazy("この記号の規程は、すでにあります。")  # type: ignore[assignment]


class BeginsBeforeTheLast(Refusal):
    code = "begins_before_the_last"
    message = lazy("施行の日は、前の版の施行の日より後にしてください。")  # type: ignore[assignment]


class BylawAbolished(Refusal):
    code = "bylaw_abolished"
    message = lazy("この規程は、すでに廃止されています。")  # type: ignore[assignment]


class NoText(Refusal):
    code = "bylaw_without_text"
    status = 422
    message = lazy("全文を入力してください。")  # type: ignore[assignment]


class SameText(Refusal):
    code = "bylaw_same_text"
    status = 422
    message = lazy("前の版と同じ全文です。改めたところがありません。")  # type: ignore[assignment]


class NothingToAbolish(Refusal):
    code = "nothing_to_abolish"
    message = lazy("まだ版のない規程は、廃止できません。")  # type: ignore[assignment]


class CannotCite(Refusal):
    code = "cannot_cite"
    message = lazy("この規程は、その日には引用できません。")  # type: ignore[assignment]


class CitedAlready(Refusal):
    code = "cited_already"
    message = lazy("この条は、すでに引用されています。")  # type: ignore[assignment]


@action("council.register_bylaw", permits=PERMITS, refuses={"council_bylaw_code_key": BylawKnown})
def register_bylaw(
    *,
    actor: Actor,
    now: datetime,
    code: str,
    name: str,
    kind: str,
    public: bool = True,
    position: int = 0,
) -> Bylaw:
    """規程を登録する — without a text yet; `public`: everybody may read it. Raises BylawKnown."""
    return Bylaw.objects.create(code=code, name=name, kind=kind, public=public, position=position)


@action("council.arrange_bylaw", permits=PERMITS, thing="bylaw")
def arrange_bylaw(
    *, actor: Actor, now: datetime, bylaw: Bylaw, name: str, public: bool, position: int
) -> Bylaw:
    """名称・公開・並び順を改める. The texts stay."""
    locked = _locked(bylaw)
    locked.name, locked.public, locked.position = name, public, position
    locked.save(update_fields=["name", "public", "position"])
    return locked


@action("council.enact_bylaw", permits=PERMITS)
def enact(
    *,
    actor: Actor,
    now: datetime,
    bylaw: Bylaw,
    from_on: date,
    text: str,
    label: str = "",
    decided_by: Item | None = None,
    source: str = "",
) -> BylawVersion:
    """制定・改正 — the whole text in force from a day on, as a new version.

    Raises NoText, SameText, BylawAbolished, BeginsBeforeTheLast.
    """
    locked = _locked(bylaw)
    text = text.replace("\r\n", "\n").strip("\n")
    if not text.strip():
        raise NoText(fields={"text": str(NoText.message)})
    last = _check_after_last(locked, from_on)
    if last is not None and last.text == text:
        raise SameText(fields={"text": str(SameText.message)})
    return _version(actor, now, locked, last, from_on, text, label, decided_by, source)


@action("council.abolish_bylaw", permits=PERMITS)
def abolish_bylaw(
    *,
    actor: Actor,
    now: datetime,
    bylaw: Bylaw,
    from_on: date,
    label: str = "",
    decided_by: Item | None = None,
    source: str = "",
) -> BylawVersion:
    """廃止 — from that day the rule cannot be cited. Raises NothingToAbolish, BylawAbolished, BeginsBeforeTheLast."""
    locked = _locked(bylaw)
    last = _check_after_last(locked, from_on)
    if last is None:
        raise NothingToAbolish
    return _version(actor, now, locked, last, from_on, "", label, decided_by, source, abolished=True)


@action("council.cite_bylaw", permits=PERMITS)
def cite(
    *,
    actor: Actor,
    now: datetime,
    bylaw: Bylaw,
    on: date,
    item: Item | None = None,
    posting: Posting | None = None,
    article: str = "",
) -> Citation:
    """引用 — an item or a notice rests on the version in force on a day. Raises CannotCite, CitedAlready."""
    locked = _locked(bylaw)  # against an abolition at the same moment
    version = citable(locked, on)
    article = article.strip()
    known = Citation.objects.filter(version=version, item=item, posting=posting, article=article)
    if known.exists():
        raise CitedAlready(fields={"article": str(CitedAlready.message)})
    return Citation.objects.create(version=version, item=item, posting=posting, article=article, cited_on=on)


@action("council.uncite_bylaw", permits=PERMITS, thing="citation")
def uncite(*, actor: Actor, now: datetime, citation: Citation) -> None:
    """引用を取り消す — put there by mistake."""
    record = Citation.objects.select_for_update().get(pk=citation.pk)
    record.delete()


def citable(bylaw: Bylaw, on: date) -> BylawVersion:
    """The version that may be cited on a day. Raises CannotCite with since when it is abolished, or that it is not yet in force."""
    versions = list(BylawVersion.objects.filter(bylaw=bylaw).order_by("number"))
    try:
        found = cited(bylaw.name, [edition(one) for one in versions], on)
    except Cannot as cannot:
        day = date.fromisoformat(cannot.params["on"])
        words = _(cannot.text) % {"name": bylaw.name, "on": day_said(day)}
        raise CannotCite(words, fields={"bylaw": words}) from cannot
    return next(one for one in versions if one.number == found.number)


def _locked(bylaw: Bylaw) -> Bylaw:
    return Bylaw.objects.select_for_update(no_key=True).get(pk=bylaw.pk)


def _check_after_last(bylaw: Bylaw, from_on: date) -> BylawVersion | None:
    last = BylawVersion.objects.filter(bylaw=bylaw).order_by("-number").first()
    if last is None:
        return None
    if last.abolished:
        words = _("「%(name)s」は%(on)sに廃止されています。") % {
            "name": bylaw.name,
            "on": day_said(last.from_on),
        }
        raise BylawAbolished(words)
    if from_on <= last.from_on:
        words = _("施行の日は、前の版の施行の日（%(day)s）より後にしてください。") % {
            "day": day_said(last.from_on)
        }
        raise BeginsBeforeTheLast(words, fields={"from_on": words})
    return last


def _version(
    actor: Actor,
    now: datetime,
    bylaw: Bylaw,
    last: BylawVersion | None,
    from_on: date,
    text: str,
    label: str,
    decided_by: Item | None,
    source: str,
    *,
    abolished: bool = False,
) -> BylawVersion:
    return BylawVersion.objects.create(
        bylaw=bylaw,
        number=1 if last is None else last.number + 1,
        label=label,
        text=text,
        abolished=abolished,
        from_on=from_on,
        decided_by=decided_by,
        source=source,
        made_at=now,
        made_by=actor.name[:60],
    )
