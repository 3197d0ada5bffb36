"""資料 — bringing, attaching by link, replacing, ordering and reading the papers of a sitting."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from moyai.audit.public import check_permit, looked
from moyai.council.actions.papers import add_paper, attach_paper, change_paper, replace_paper
from moyai.council.desk import Visit, act_page, file_response, typed, who
from moyai.council.forms.papers import AttachForm, ChangePaperForm, PaperForm, ReplacePaperForm
from moyai.council.models import Ballot, Item, Paper
from moyai.council.permits import PERMITS
from moyai.council.queries.papers import paper_with_file, papers_elsewhere
from moyai.council.secretariat.meetings import crumbs_of, found_or_absent, url_of


def _paper(paper_id: int) -> Paper:
    found = paper_with_file(paper_id)
    if found is None or found.meeting is None:
        raise Http404
    return found


@never_cache
@require_safe
def paper(request: Visit, paper_id: int) -> HttpResponse:
    """資料を開く — the file of one version."""
    return serve(request, _paper(paper_id))


def serve(request: Visit, found: Paper) -> HttpResponse:
    """The bytes as they were brought. The calling page has decided that this actor may read them."""
    actor, now = request.actor, request.now
    check_permit(actor, "council.fetch_paper", PERMITS)
    looked(actor=actor, now=now, verb="council.fetch_paper", thing=found)
    return file_response(bytes(found.file.content), found.name, found.file.content_type)


@never_cache
def new(request: Visit, meeting_id: int) -> HttpResponse:
    """資料を加える."""
    meeting = found_or_absent(meeting_id)
    posted = request.method == "POST"
    form = PaperForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        items=Item.objects.filter(meeting=meeting).order_by("position"),
        initial={"readers": Paper.Readers.COMMITTEE},
    )
    return act_page(
        request,
        form,
        lambda: add_paper(
            **who(request),
            meeting=meeting,
            title=form.cleaned_data["title"],
            file=form.cleaned_data["file"],
            item=form.chosen(),
            readers=form.cleaned_data["readers"],
        ),
        heading=_("資料を加える"),
        label=_("加える"),
        to=url_of(meeting),
        done=_("資料を加えました。"),
        crumbs=crumbs_of(meeting),
        lead=_warning(meeting.pk),
    )


def _warning(meeting_id: int) -> list[str]:
    if Ballot.objects.filter(item__meeting=meeting_id, state=Ballot.State.OPEN).exists():
        return [_("表決の受付中です。資料が変わる議案の表決は無効になり、新しい表決が始まります。")]
    return []


@never_cache
def attach(request: Visit, meeting_id: int) -> HttpResponse:
    """ほかの会議の資料を付ける — by link, not copied."""
    meeting = found_or_absent(meeting_id)
    form = AttachForm(
        typed(request),
        items=Item.objects.filter(meeting=meeting).order_by("position"),
        papers=papers_elsewhere(meeting),
        initial={"readers": Paper.Readers.COMMITTEE},
    )
    return act_page(
        request,
        form,
        lambda: attach_paper(
            **who(request),
            meeting=meeting,
            paper=form.papers_by_id[form.cleaned_data["paper"]],
            item=form.items_by_id.get(form.cleaned_data["item"]),
            readers=form.cleaned_data["readers"],
        ),
        heading=_("ほかの会議の資料を付ける"),
        label=_("付ける"),
        to=url_of(meeting),
        done=_("資料を付けました。"),
        crumbs=crumbs_of(meeting),
        lead=[
            _("ファイルは写しません。同じファイルが2つの会議で読めるようになります。"),
            *_warning(meeting.pk),
        ],
    )


@never_cache
def replace(request: Visit, paper_id: int) -> HttpResponse:
    """資料を差し替える."""
    found = _paper(paper_id)
    assert found.meeting is not None
    meeting = found.meeting
    posted = request.method == "POST"
    warning = _warning(meeting.pk)
    form = ReplacePaperForm(
        request.POST if posted else None, request.FILES if posted else None, voting=bool(warning)
    )
    return act_page(
        request,
        form,
        lambda: replace_paper(
            **who(request),
            paper=found,
            file=form.cleaned_data["file"],
            title=form.cleaned_data["title"],
            deadline=form.deadline() if warning else None,
        ),
        heading=_("資料を差し替える"),
        label=_("差し替える"),
        to=url_of(meeting),
        done=_("資料を差し替えました。前の版も残っています。"),
        crumbs=crumbs_of(meeting),
        lead=[found.title, *warning],
        boxes={"deadline": "deadline_on"},
    )


@never_cache
def change(request: Visit, paper_id: int) -> HttpResponse:
    """資料を直す — who reads it, and its place."""
    found = _paper(paper_id)
    assert found.meeting is not None
    meeting = found.meeting
    form = ChangePaperForm(
        typed(request),
        initial={"readers": found.readers, "position": found.position},
    )
    return act_page(
        request,
        form,
        lambda: change_paper(**who(request), paper=found, **form.cleaned_data),
        heading=_("資料を直す"),
        label=_("保存する"),
        to=url_of(meeting),
        done=_("資料を直しました。"),
        crumbs=crumbs_of(meeting),
        lead=[found.title],
        more={"paper": found},
        template="council/meetings/paper.html",
    )


urlpatterns = [
    path("meetings/<int:meeting_id>/papers/new/", new, name="council_paper_new"),
    path("meetings/<int:meeting_id>/papers/attach/", attach, name="council_paper_attach"),
    path("meetings/papers/<int:paper_id>/", paper, name="council_paper"),
    path("meetings/papers/<int:paper_id>/replace/", replace, name="council_paper_replace"),
    path("meetings/papers/<int:paper_id>/change/", change, name="council_paper_change"),
]
