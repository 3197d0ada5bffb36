"""表決する — a member's staff reads what was sent and votes for its body, and changes it until the deadline."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from moyai.audit.public import check_permit, looked
from moyai.calendars.public import moment_words
from moyai.council.actions.votes import cast_vote
from moyai.council.badges import ballot_badge
from moyai.council.desk import Visit, act_page, file_response, typed
from moyai.council.forms.rolls import DELEGATE, CastForm
from moyai.council.meeting_tables import rule_words, stopped_rows, tally_rows
from moyai.council.models import Ballot, Meeting, Vote
from moyai.council.office.meetings import address
from moyai.council.permits import PERMITS
from moyai.council.queries.ballots import ballot_for_page, bodies_by_code, standing_voters
from moyai.council.queries.meeting_words import titled
from moyai.council.queries.papers import paper_with_file
from moyai.tenants.public import Body, body_of, clock


def _own(ballot: Ballot, body: Body) -> list[Vote]:
    """The body's own votes, in the order cast: others' are not shown to it."""
    rows = Vote.objects.filter(ballot=ballot, body=body).select_related("proxy")
    return list(rows.order_by("place"))


def _words(vote: Vote) -> str:
    if vote.how == Vote.How.PROXY:
        return _("委任（%(name)s）") % {"name": vote.proxy.name if vote.proxy else _("議長")}
    return str(vote.get_choice_display())


@never_cache
def ballot(request: Visit, ballot_id: int) -> HttpResponse:
    """表決 — read, choose, send; the form begins with the vote that stands. Absent for a body that is no voter of it."""
    actor, now = request.actor, request.now
    body = body_of(actor.body)
    found = ballot_for_page(ballot_id)
    if found is None or body.code not in found.voters:
        raise Http404
    own = _own(found, body)
    last = own[-1] if own else None
    over = found.deadline is not None and now > found.deadline
    in_room = last is not None and last.how == Vote.How.PRESENT
    open_here = found.state == Ballot.State.OPEN and not over and not in_room and found.rule["written"]
    gone = open_here and body.code not in standing_voters(found, clock.today(now))
    proxies = bool(found.rule["proxies"]) and found.item.meeting.mode in (
        Meeting.Mode.PERSON,
        Meeting.Mode.ONLINE,
    )
    voters = bodies_by_code(found.voters) if proxies else {}
    form = CastForm(
        typed(request),
        others=[one for code, one in voters.items() if code != body.code],
        proxies=proxies,
        chaired=found.rule["chair"] not in (None, body.code),
        initial=_initial(last),
    )
    next_one = Ballot.objects.filter(replaces=found).first()
    return act_page(
        request,
        form,
        lambda: cast_vote(actor=actor, now=now, ballot=found, **form.facts()),
        heading=_("表決する：%(title)s") % {"title": found.item.title},
        label=_("表決を送る") if last is None else _("表決を変える"),
        to=address(request, "ballot", ballot_id=found.pk),
        done=lambda vote: (
            _("表決を受け付けました：%(choice)s（%(when)s）")
            % {"choice": _words(vote), "when": moment_words(vote.cast_at)}
        ),
        crumbs=[
            (_("協議会の会議"), address(request, "meetings")),
            (titled(found.item.meeting), address(request, "meeting", meeting_id=found.item.meeting_id)),
        ],
        template="council/office/ballot.html",
        more={
            "ballot": found,
            "state": ballot_badge(found, now),
            "facts": _facts(found),
            "papers": _papers(request, found),
            "own": [
                {"title": _words(vote), "at": vote.cast_at, "by": vote.cast_by, "note": vote.comment}
                for vote in reversed(own)
            ],
            "gone": gone,
            "open_here": open_here and not gone and actor.may(set(PERMITS["council.cast_vote"])),
            "in_room": in_room,
            "over": over,
            "stopped": stopped_rows(found),
            "tally": tally_rows(found),
            "newer_url": address(request, "ballot", ballot_id=next_one.pk) if next_one else "",
        },
    )


def _initial(last: Vote | None) -> dict[str, Any]:
    if last is None:
        return {}
    delegated = last.how == Vote.How.PROXY
    return {
        "choice": DELEGATE if delegated else last.choice,
        "proxy": last.proxy.code if delegated and last.proxy else "",
        "comment": last.comment,
    }


def _facts(ballot: Ballot) -> list[dict[str, Any]]:
    return [
        {"key": _("会議"), "value": titled(ballot.item.meeting)},
        {
            "key": _("期限"),
            "value": moment_words(ballot.deadline) if ballot.deadline else "",
            "missing": _("なし（会場）"),
        },
        {"key": _("要件"), "value": rule_words(ballot)},
    ]


def _papers(request: Visit, ballot: Ballot) -> list[dict[str, str]]:
    """What was sent, each to be read: the voters read every paper of what they vote on."""
    return [
        {
            "title": paper["title"],
            "url": address(request, "ballot_paper", ballot_id=ballot.pk, paper_id=paper["paper"]),
        }
        for paper in ballot.papers
        if paper["paper"] is not None
    ]


@never_cache
@require_safe
def paper(request: Visit, ballot_id: int, paper_id: int) -> HttpResponse:
    """送られた資料を開く — a version as it was sent with this ballot, for its voters."""
    actor, now = request.actor, request.now
    body = body_of(actor.body)
    check_permit(actor, "council.fetch_paper", PERMITS)
    found = ballot_for_page(ballot_id)
    if found is None or body.code not in found.voters:
        raise Http404
    if paper_id not in {one["paper"] for one in found.papers}:
        raise Http404
    sent = paper_with_file(paper_id)
    if sent is None:
        raise Http404
    looked(actor=actor, now=now, verb="council.fetch_paper", thing=sent)
    return file_response(bytes(sent.file.content), sent.name, sent.file.content_type)


urlpatterns = [
    path("council/ballots/<int:ballot_id>/papers/<int:paper_id>/", paper, name="council_office_ballot_paper"),
    path("council/ballots/<int:ballot_id>/", ballot, name="council_office_ballot"),
]
