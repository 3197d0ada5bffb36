"""表決 — opening a ballot, the roll of the room, reminding, counting, and the chain of its votes."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from moyai.calendars.public import moment_words
from moyai.council.actions.ballots import open_ballot, remind_voters, withdraw_ballot
from moyai.council.actions.counting import close_ballot
from moyai.council.actions.votes import record_vote
from moyai.council.badges import ballot_badge
from moyai.council.desk import Visit, act_page, typed, who
from moyai.council.forms.meetings import in_boxes
from moyai.council.forms.rolls import CountForm, OpenBallotForm, RollCallForm, WithdrawBallotForm
from moyai.council.meeting_tables import rule_words, stopped_rows, tally_rows, votes_table
from moyai.council.models import Ballot, Item, Meeting
from moyai.council.permits import SECRETARY
from moyai.council.queries.ballots import (
    WRITTEN,
    ballot_for_page,
    bodies_by_code,
    reminded,
    standing_voters,
    votes_of,
    who_votes,
)
from moyai.council.queries.chains import Broken, Link, verify_chain
from moyai.council.secretariat.meetings import crumbs_of
from moyai.tenants.public import clock
from moyai.ui.public import page


def _ballot(ballot_id: int) -> Ballot:
    found = ballot_for_page(ballot_id)
    if found is None:
        raise Http404
    return found


def _url(ballot: Ballot) -> str:
    return reverse("council_ballot", kwargs={"ballot_id": ballot.pk})


def _crumbs(item: Item) -> list[tuple[str, str]]:
    return [*crumbs_of(item.meeting), (item.title, reverse("council_item", kwargs={"item_id": item.pk}))]


def chain_words(broken: Broken | None) -> tuple[str, str]:
    """Kind of banner and sentence: whether the chain of a ballot is whole."""
    if broken is None:
        return "good", _("すべての表決が、投じられたとおりに残っています。")
    if broken.link is Link.OPENING:
        return "bad", _("表決を始めたときの内容（表決権・要件・資料・期限）が、後から変えられています。")
    if broken.link is Link.ENDING:
        return "bad", _("表決を終えた記録（集計・取りやめ）が、後から変えられています。")
    if broken.removed:
        return "bad", _("%(place)s番目の表決がありません。記録から消されています。") % {"place": broken.place}
    return "bad", _("%(place)s番目の表決（%(body)s）が、投じられた後に変えられています。") % {
        "place": broken.place,
        "body": broken.body.name if broken.body else "",
    }


def _left(found: Ballot, today: date) -> list[str]:
    """受付中に退いた団体 — as the count found them, or as it stands today."""
    if found.tally:
        return list(found.tally.get("left", ()))
    if found.state != Ballot.State.OPEN:
        return []
    still = set(standing_voters(found, today))
    return [code for code in found.voters if code not in still]


@never_cache
@require_safe
def ballot(request: Visit, ballot_id: int) -> HttpResponse:
    """表決 — who has voted, who not, the tally, and whether the chain holds."""
    found = _ballot(ballot_id)
    actor, now = request.actor, request.now
    may_write = actor.may(set(SECRETARY))
    votes, voters = votes_of(found), bodies_by_code(found.voters)
    kind, words = chain_words(verify_chain(found))
    is_open = found.state == Ballot.State.OPEN
    over = found.deadline is not None and now > found.deadline
    in_room = found.item.meeting.mode not in WRITTEN
    voted = {vote.body_id for vote in votes}
    left = _left(found, clock.today(now))
    next_one = Ballot.objects.filter(replaces=found).first()
    context = {
        "ballot": found,
        "state": ballot_badge(found, now),
        "facts": [
            {"key": _("議案"), "value": found.item.title},
            {"key": _("始まり"), "value": moment_words(found.opened_at)},
            {
                "key": _("期限"),
                "value": moment_words(found.deadline) if found.deadline else "",
                "missing": _("なし（会場）"),
            },
            {"key": _("要件"), "value": rule_words(found)},
            {
                "key": _("表決した団体"),
                "value": _("%(voted)s／%(all)s") % {"voted": len(voted), "all": len(voters)},
            },
        ],
        "tally": tally_rows(found),
        "votes": votes_table(voters, votes, reminded(found), left, proxies=in_room),
        "papers": found.papers,
        "chain_kind": kind,
        "chain_words": words,
        "older_url": _url(found.replaces) if found.replaces else "",
        "newer_url": _url(next_one) if next_one else "",
        "may_record": may_write and is_open and (in_room or not over),
        "may_remind": may_write and is_open and not over and len(voted) < len(voters) - len(left),
        "stopped": stopped_rows(found),
        "may_withdraw": may_write and is_open and not (over and not in_room),
        "may_count": may_write and is_open and (over or found.deadline is None),
        "crumbs": [*_crumbs(found.item), (_("表決"), "")],
    }
    return page(request, "council/meetings/ballot.html", context)


@never_cache
def new(request: Visit, item_id: int) -> HttpResponse:
    """表決を始める."""
    item = Item.objects.select_related("meeting__committee").filter(pk=item_id).first()
    if item is None:
        raise Http404
    voters, chair = who_votes(item.meeting.committee, clock.today(request.now))
    written = item.meeting.mode in (Meeting.Mode.WRITTEN, Meeting.Mode.MAIL)
    form = OpenBallotForm(
        typed(request),
        voters=voters,
        written=written,
        initial={"chair": chair.code if chair else ""} | in_boxes(item.meeting.deadline),
    )
    return act_page(
        request,
        form,
        lambda: open_ballot(**who(request), item=item, deadline=form.deadline(), chair=form.chosen()),
        heading=_("表決を始める"),
        label=_("表決を始める"),
        to=_url,
        done=lambda made: _("表決を始めました。%(count)s団体に知らせました。") % {"count": len(made.voters)},
        crumbs=_crumbs(item),
        lead=[
            item.title,
            _("今日の会員%(count)s団体が表決します。始めた後は、議案と資料を変えられません。")
            % {"count": len(voters)},
        ],
        boxes={"deadline": "deadline_on"},
    )


@never_cache
def roll(request: Visit, ballot_id: int) -> HttpResponse:
    """表決を記録する — a line for each voter: the room, and papers that came by post."""
    found = _ballot(ballot_id)
    voters = list(bodies_by_code(standing_voters(found, clock.today(request.now))).values())
    standing = {vote.body_id: vote for vote in votes_of(found)}
    in_room = found.item.meeting.mode not in WRITTEN
    form = RollCallForm(
        typed(request),
        voters=voters,
        standing=standing,
        room=in_room,
        proxies=in_room and found.rule["proxies"],
    )

    def run() -> int:
        said = form.given()
        for one in said:
            record_vote(
                **who(request), ballot=found, body=one.body, how=one.how, choice=one.choice, proxy=one.proxy
            )
        return len(said)

    return act_page(
        request,
        form,
        run,
        heading=_("表決を記録する"),
        label=_("記録する"),
        to=_url(found),
        done=lambda count: _("%(count)s件の表決を記録しました。") % {"count": count},
        crumbs=[*_crumbs(found.item), (_("表決"), _url(found))],
        lead=[found.item.title],
        template="council/meetings/roll.html",
    )


@never_cache
def withdraw(request: Visit, ballot_id: int) -> HttpResponse:
    """表決を取りやめる — with the reason every voter is told."""
    found = _ballot(ballot_id)
    form = WithdrawBallotForm(typed(request))
    votes = len({vote.body_id for vote in votes_of(found)})
    return act_page(
        request,
        form,
        lambda: withdraw_ballot(**who(request), ballot=found, reason=form.cleaned_data["reason"]),
        heading=_("表決を取りやめる"),
        lead=_("すでに送られた表決は残りますが、数えません。元に戻せません。"),
        label=_("表決を取りやめる"),
        done=_("表決を取りやめました。表決権のある団体に知らせました。"),
        to=_url(found),
        crumbs=[*_crumbs(found.item), (_("表決"), _url(found))],
        facts=[
            {"key": _("議案"), "value": found.item.title},
            {
                "key": _("表決した団体"),
                "value": _("%(voted)s／%(all)s") % {"voted": votes, "all": len(found.voters)},
            },
        ],
        danger=True,
    )


@require_POST
def remind(request: Visit, ballot_id: int) -> HttpResponse:
    """督促する — who has not voted and was not reminded today."""
    found = _ballot(ballot_id)
    count = remind_voters(**who(request), ballot=found)
    if count:
        messages.success(request, _("%(count)s団体に督促しました。") % {"count": count})
    else:
        messages.info(request, _("今日はすでに全団体に督促しています。"))
    return redirect(_url(found))


@never_cache
def count(request: Visit, ballot_id: int) -> HttpResponse:
    """集計する."""
    found = _ballot(ballot_id)
    form = CountForm(typed(request))
    return act_page(
        request,
        form,
        lambda: close_ballot(**who(request), ballot=found, casting=form.cleaned_data["casting"]),
        heading=_("集計する"),
        label=_("集計する"),
        to=_url,
        done=_("集計しました。結果を会員に知らせました。"),
        crumbs=[*_crumbs(found.item), (_("表決"), _url(found))],
        lead=[found.item.title, _("集計すると、表決は変えられません。結果を全会員に知らせます。")],
    )


urlpatterns = [
    path("meetings/items/<int:item_id>/ballot/", new, name="council_ballot_new"),
    path("meetings/ballots/<int:ballot_id>/", ballot, name="council_ballot"),
    path("meetings/ballots/<int:ballot_id>/votes/", roll, name="council_ballot_votes"),
    path("meetings/ballots/<int:ballot_id>/remind/", remind, name="council_ballot_remind"),
    path("meetings/ballots/<int:ballot_id>/withdraw/", withdraw, name="council_ballot_withdraw"),
    path("meetings/ballots/<int:ballot_id>/count/", count, name="council_ballot_count"),
]
