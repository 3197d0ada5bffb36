"""議案 — one item with its whole way; adding, climbing, moving, deciding."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from moyai.calendars.public import day_words
from moyai.council.actions.items import add_item, climb, decide_item, edit_item, move_item
from moyai.council.actions.meetings import EDITABLE
from moyai.council.badges import item_badge
from moyai.council.desk import Visit, act_page, number_of, typed, who
from moyai.council.forms.meetings import ClimbForm, DecideForm, EditItemForm, ItemForm
from moyai.council.meeting_tables import ballots_table, papers_table
from moyai.council.models import Ballot, Item, Meeting, VotingRule
from moyai.council.permits import SECRETARY
from moyai.council.queries.climbing import Step, whole_way
from moyai.council.queries.meeting_words import titled
from moyai.council.queries.meetings import climbable
from moyai.council.queries.papers import papers_of
from moyai.council.secretariat.meetings import crumbs_of, found_or_absent, url_of
from moyai.ui.public import page


def _item(item_id: int) -> Item:
    found = Item.objects.select_related("meeting__committee", "heading").filter(pk=item_id).first()
    if found is None:
        raise Http404
    return found


def _url(item: Item) -> str:
    return reverse("council_item", kwargs={"item_id": item.pk})


def way_entries(steps: list[Step], url: Any) -> list[dict[str, Any]]:
    """経過 as a timeline: each sitting, its day, what became of the item there."""
    return [
        {
            "title": titled(step.item.meeting) + (_("（この議案）") if step.here else ""),
            "when": _("開催 %(held)s／結論 %(decided)s")
            % {
                "held": day_words(step.item.meeting.held_on),
                "decided": day_words(step.item.decided_on) if step.item.decided_on else "—",
            },
            "note": f"{step.item.title}：{step.item.get_state_display()}"
            + (f"。{step.item.outcome}" if step.item.outcome else ""),
            "url": "" if step.here else url(step.item),
            "label": _("この議案を開く"),
        }
        for step in steps
    ]


@never_cache
@require_safe
def item(request: Visit, item_id: int) -> HttpResponse:
    """議案 — its text, its way 部会 → 幹事会 → 総会, its papers and ballots."""
    found = _item(item_id)
    actor, now = request.actor, request.now
    may_write = actor.may(set(SECRETARY))
    ballots = list(Ballot.objects.filter(item=found).select_related("item").order_by("id"))
    voting = any(ballot.state == Ballot.State.OPEN for ballot in ballots)
    is_open = found.state in (Item.State.DRAFT, Item.State.PUT)
    editable = may_write and found.meeting.state in EDITABLE
    papers = [one for one in papers_of(found.meeting) if one.paper.item_id == found.pk]
    facts = [
        {"key": _("会議"), "value": titled(found.meeting), "value_url": url_of(found.meeting)},
        {"key": _("種類"), "value": str(found.get_kind_display())},
        {"key": _("状態"), "state": item_badge(found)},
        {
            "key": _("決定の日"),
            "value": day_words(found.decided_on) if found.decided_on else "",
            "missing": "—",
        },
        {"key": _("結論"), "value": found.outcome, "missing": "—"},
    ]
    if found.heading:
        facts.insert(1, {"key": _("見出し"), "value": found.heading.title, "value_url": _url(found.heading)})
    context = {
        "item": found,
        "facts": facts,
        "way": way_entries(whole_way(found), _url),
        "papers": papers_table(papers, _paper_url),
        "ballots": ballots_table(ballots, now, _ballot_url),
        "may_edit": editable and is_open and not voting,
        "may_move": editable and not voting,
        "may_decide": may_write
        and not voting
        and found.meeting.state not in (Meeting.State.CLOSED, Meeting.State.CANCELLED, Meeting.State.PLANNED),
        "may_vote": may_write
        and is_open
        and not voting
        and found.kind != Item.Kind.REPORT
        and found.meeting.state in (Meeting.State.CALLED, Meeting.State.HELD),
        "crumbs": [*crumbs_of(found.meeting), (found.title, "")],
    }
    return page(request, "council/meetings/item.html", context)


def _paper_url(paper: Any) -> str:
    return reverse("council_paper", kwargs={"paper_id": paper.pk})


def _ballot_url(ballot: Any) -> str:
    return reverse("council_ballot", kwargs={"ballot_id": ballot.pk})


def _rules(meeting: Meeting) -> list[str]:
    """Names of the voting rules the committee has on the day of the sitting."""
    rows = VotingRule.objects.filter(committee=meeting.committee, from_on__lte=meeting.held_on)
    return sorted(set(rows.values_list("name", flat=True)))


@never_cache
def new(request: Visit, meeting_id: int) -> HttpResponse:
    """議案を加える."""
    meeting = found_or_absent(meeting_id)
    form = ItemForm(
        typed(request),
        items=Item.objects.filter(meeting=meeting).order_by("position"),
        rules=_rules(meeting),
        initial={"kind": Item.Kind.DECIDE},
    )
    return act_page(
        request,
        form,
        lambda: add_item(**who(request), meeting=meeting, **form.facts()),
        heading=_("議案を加える"),
        label=_("加える"),
        to=url_of(meeting),
        done=lambda made: _("「%(title)s」を加えました。") % {"title": made.title},
        crumbs=crumbs_of(meeting),
    )


@never_cache
def climbing(request: Visit, meeting_id: int) -> HttpResponse:
    """上申された議案を加える — from what was decided below."""
    meeting = found_or_absent(meeting_id)
    items = climbable(meeting)
    form = ClimbForm(typed(request), items=items)
    return act_page(
        request,
        form,
        lambda: climb(
            **who(request), origins=form.chosen(), meeting=meeting, title=form.cleaned_data["title"]
        ),
        heading=_("上申された議案を加える"),
        label=_("議案にする"),
        to=url_of(meeting),
        done=lambda made: _("「%(title)s」を加えました。") % {"title": made.title},
        crumbs=crumbs_of(meeting),
        lead=[_("この会議の日までに、下の会議体で決定した議案です。")]
        if items
        else [_("この会議の日までに下の会議体で決定し、まだ上申していない議案はありません。")],
    )


@never_cache
def edit(request: Visit, item_id: int) -> HttpResponse:
    """議案を直す."""
    found = _item(item_id)
    form = EditItemForm(
        typed(request),
        items=Item.objects.filter(meeting=found.meeting).exclude(pk=found.pk).order_by("position"),
        rules=_rules(found.meeting),
        initial={
            "title": found.title,
            "kind": found.kind,
            "text": found.text,
            "rule": found.rule,
            "heading": str(found.heading_id or ""),
            "version": found.version,
        },
    )
    return act_page(
        request,
        form,
        lambda: edit_item(**who(request), item=found, version=form.cleaned_data["version"], **form.facts()),
        heading=_("議案を直す"),
        label=_("保存する"),
        to=_url,
        done=_("議案を直しました。"),
        crumbs=crumbs_of(found.meeting),
    )


@never_cache
def decide(request: Visit, item_id: int) -> HttpResponse:
    """結論を登録する."""
    found = _item(item_id)
    settled = found.state not in (Item.State.DRAFT, Item.State.PUT)
    form = DecideForm(
        typed(request),
        item=found,
        initial={
            "state": found.state if settled else "",
            "outcome": found.outcome,
            "decided_on": found.decided_on,
        },
    )
    return act_page(
        request,
        form,
        lambda: decide_item(**who(request), item=found, **form.cleaned_data),
        heading=_("結論を登録する"),
        label=_("登録する"),
        to=_url,
        done=_("結論を登録しました。"),
        crumbs=crumbs_of(found.meeting),
        lead=[found.title],
    )


@require_POST
def move(request: Visit, item_id: int) -> HttpResponse:
    """順を変える — one place up or down, or to a place."""
    found = _item(item_id)
    place = number_of(request.POST.get("position", "")) or found.position
    move_item(**who(request), item=found, position=place)
    return redirect(url_of(found.meeting))


urlpatterns = [
    path("meetings/<int:meeting_id>/items/new/", new, name="council_item_new"),
    path("meetings/<int:meeting_id>/items/climb/", climbing, name="council_item_climb"),
    path("meetings/items/<int:item_id>/", item, name="council_item"),
    path("meetings/items/<int:item_id>/edit/", edit, name="council_item_edit"),
    path("meetings/items/<int:item_id>/decide/", decide, name="council_item_decide"),
    path("meetings/items/<int:item_id>/move/", move, name="council_item_move"),
]
