"""O88 大容量ファイル送受信: an expiring link, approved by a second person, and everything on record."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from moyai.audit.public import Deed, NotPermitted
from moyai.documents import store
from moyai.documents.actions import hand_overs as acts
from moyai.documents.jobs import scan, tidy
from moyai.documents.models import HandOver, HandOverVisit, Upload
from moyai.documents.public import EVERYTHING, UploadNotClean, UploadNotFound, keep_upload
from moyai.documents.tests import hostile
from moyai.tenants.public import Actor, acting_in, clock

AT = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)
CONTENT = hostile.packed({"資料/一覧.csv": "a,b\n" * 50})


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MOYAI_FILES = tmp_path / "files"
    settings.MOYAI_CLAMD = ""
    settings.MOYAI_URL = "https://moyai.example"
    with clock.at(AT):
        yield


@pytest.fixture
def clerk(world):
    return world.actor(world.at_chiba.clerk, world.chiba)


@pytest.fixture
def approver(world):
    return world.actor(world.at_chiba.approver, world.chiba)


def put_up(actor, *, clean=True, **more):
    upload = keep_upload(actor=actor, now=AT, file=SimpleUploadedFile("資料.zip", CONTENT), accept=EVERYTHING)
    if clean:
        scan(upload_id=upload.pk, now=AT)
    wishes = {
        "title": "統計資料",
        "recipient": "株式会社もやい 山田様",
        "days": 7,
        "download_limit": 2,
        **more,
    }
    return acts.request_hand_over(actor=actor, now=AT, upload_id=upload.pk, **wishes)


@pytest.fixture
def requested(world, clerk):
    with acting_in(world.chiba):
        return put_up(clerk)


@pytest.fixture
def opened(world, requested, approver):
    with acting_in(world.chiba):
        return acts.approve_hand_over(actor=approver, now=AT, hand_over=requested)


def link(hand_over):
    return f"/chiba-shi/handover/{hand_over.token}/"


def again(hand_over):
    with acting_in(hand_over.body):
        return HandOver.objects.select_related("upload").get(pk=hand_over.pk)


def visits(hand_over):
    with acting_in(hand_over.body):
        return list(HandOverVisit.objects.filter(hand_over=hand_over).values_list("outcome", flat=True))


def taken(answer):
    return b"".join(answer.streaming_content)


def test_O88_link_works_after_approval_until_it_is_used_up_and_each_visit_is_on_record(
    client, world, requested, approver
):
    early = client.get(link(requested))
    assert early.status_code == 403
    assert "承認が済むと" in early.content.decode()
    with acting_in(world.chiba):
        acts.approve_hand_over(actor=approver, now=AT, hand_over=requested)
    shown = client.get(link(requested))
    assert shown.status_code == 200
    assert "あと2回" in shown.content.decode()
    assert shown["X-Robots-Tag"] == "noindex, nofollow"
    assert shown["Referrer-Policy"] == "same-origin"
    assert visits(requested) == []  # looking takes nothing: mail scanners open links
    for left in (1, 0):
        answer = client.post(link(requested))
        assert answer["Content-Disposition"].startswith("attachment")
        assert taken(answer) == CONTENT
        assert again(requested).download_limit - again(requested).downloads == left
    over = client.post(link(requested))
    assert over.status_code == 410
    assert "回数" in over.content.decode()
    assert again(requested).state == "used_up"
    assert visits(requested) == ["fetched", "fetched"]
    with acting_in(world.chiba):
        assert Deed.objects.filter(verb="documents.fetch_hand_over", thing_id=requested.pk).count() == 2


def test_O88_the_one_who_put_it_up_cannot_approve_it(world, approver):
    with acting_in(world.chiba):
        mine = put_up(approver)
        for act, more in (
            (acts.approve_hand_over, {}),
            (acts.decline_hand_over, {"reason": "x"}),
        ):
            with pytest.raises(acts.SamePerson):
                act(actor=approver, now=AT, hand_over=mine, **more)
        assert again(mine).state == "requested"
        with pytest.raises(IntegrityError), transaction.atomic():  # nor through a bug in a page
            HandOver.objects.filter(pk=mine.pk).update(decided_by_id=approver.account_id, state="open")
    assert again(mine).decided_by_id is None


def test_clerk_cannot_approve(world, requested):
    colleague = world.actor(world.at_chiba.second_clerk, world.chiba)
    with acting_in(world.chiba), pytest.raises(NotPermitted):
        acts.approve_hand_over(actor=colleague, now=AT, hand_over=requested)
    assert again(requested).state == "requested"


def test_file_in_quarantine_is_not_approved(world, clerk, approver):
    with acting_in(world.chiba):
        waiting = put_up(clerk, clean=False)
        with pytest.raises(UploadNotClean):
            acts.approve_hand_over(actor=approver, now=AT, hand_over=waiting)
    assert again(waiting).state == "requested"


def test_another_clerks_upload_cannot_be_put_up(world, clerk):
    colleague = world.actor(world.at_chiba.second_clerk, world.chiba)
    with acting_in(world.chiba):
        upload = keep_upload(
            actor=clerk, now=AT, file=SimpleUploadedFile("x.zip", CONTENT), accept=EVERYTHING
        )
        with pytest.raises(UploadNotFound):
            acts.request_hand_over(
                actor=colleague,
                now=AT,
                upload_id=upload.pk,
                title="x",
                recipient="x",
                days=1,
                download_limit=1,
            )
        assert not HandOver.objects.exists()


@pytest.mark.parametrize(
    ("end", "words"),
    [("revoke", "取り消しました"), ("decline", "取りやめ"), ("expire", "期限を過ぎました")],
)
def test_ended_link_says_why_and_gives_nothing(client, world, requested, approver, clerk, end, words):
    later_on = AT
    with acting_in(world.chiba):
        if end == "decline":
            acts.decline_hand_over(actor=approver, now=AT, hand_over=requested, reason="宛先が違います")
        else:
            acts.approve_hand_over(actor=approver, now=AT, hand_over=requested)
            if end == "revoke":
                acts.revoke_hand_over(actor=clerk, now=AT, hand_over=requested)
            else:
                later_on = AT + timedelta(days=7)
    with clock.at(later_on):
        for answer in (client.get(link(requested)), client.post(link(requested))):
            assert answer.status_code == 410
            assert words in answer.content.decode()
            assert not answer.streaming
    assert visits(requested) == []


def test_unknown_token_and_another_bodys_are_both_not_found(client, opened):
    unknown = client.get("/chiba-shi/handover/ABCDEFGHJKLMNPQRSTUVWXYZ23456789/")
    other = client.get(link(opened).replace("chiba-shi", "matsudo-shi"))
    assert (unknown.status_code, other.status_code) == (404, 404)


def test_every_move_outside_the_table_is_refused(world, requested, approver, clerk):
    moves = {
        "approve": lambda row: acts.approve_hand_over(actor=approver, now=AT, hand_over=row),
        "decline": lambda row: acts.decline_hand_over(actor=approver, now=AT, hand_over=row, reason="x"),
        "revoke": lambda row: acts.revoke_hand_over(actor=clerk, now=AT, hand_over=row),
    }
    with acting_in(world.chiba):
        for state in HandOver.State:
            decided = {"decided_by_id": approver.account_id} if state == "open" else {"decided_by_id": None}
            for name, move in moves.items():
                HandOver.objects.filter(pk=requested.pk).update(state=state, **decided)
                wanted = HandOver.FLOW.get((state, name))
                if wanted is None:
                    with pytest.raises(acts.MoveNotPossible):
                        move(requested)
                    assert again(requested).state == state
                else:
                    assert move(requested).state == wanted


class TestPassphrase:
    @pytest.fixture
    def locked(self, world, clerk, approver):
        with acting_in(world.chiba):
            row = put_up(clerk, passphrase="ひらけごまごま")
            return acts.approve_hand_over(actor=approver, now=AT, hand_over=row)

    def test_passphrase_is_asked_and_kept_as_a_hash(self, client, locked):
        assert "ひらけごま" not in locked.passphrase_hash
        assert "合言葉" in client.get(link(locked)).content.decode()
        missing = client.post(link(locked))
        assert (missing.status_code, missing.streaming) == (422, False)
        wrong = client.post(link(locked), {"passphrase": "ひらけごま"})
        assert wrong.status_code == 422
        assert "合言葉が違います" in wrong.content.decode()
        assert visits(locked) == ["wrong"]
        assert again(locked).downloads == 0
        assert taken(client.post(link(locked), {"passphrase": "ひらけごまごま"})) == CONTENT

    def test_guessing_is_slowed_down_and_right_answers_wait_too(self, client, locked):
        for _ in range(5):
            assert client.post(link(locked), {"passphrase": "違う合言葉です"}).status_code == 422
        for guess in ("違う合言葉です", "ひらけごまごま"):
            assert client.post(link(locked), {"passphrase": guess}).status_code == 429
        assert again(locked).downloads == 0
        with clock.at(AT + timedelta(minutes=16)):
            assert taken(client.post(link(locked), {"passphrase": "ひらけごまごま"})) == CONTENT


def test_file_for_another_body_is_for_its_staff_only(client, client_for, world, clerk, approver):
    with acting_in(world.chiba):
        row = put_up(clerk, for_body=world.matsudo)
        acts.approve_hand_over(actor=approver, now=AT, hand_over=row)
    for visitor in (client, client_for(world.resident), client_for(world.at_chiba.second_clerk)):
        for answer in (visitor.get(link(row)), visitor.post(link(row))):
            assert answer.status_code == 403
            assert "松戸市の職員だけ" in answer.content.decode()
    colleague = client_for(world.at_matsudo.clerk)
    assert taken(colleague.post(link(row))) == CONTENT
    with acting_in(world.chiba):
        assert HandOverVisit.objects.get(hand_over=row).account_id == world.at_matsudo.clerk.pk


def test_two_at_once_never_take_more_than_the_limit(world, opened):
    with acting_in(world.chiba):
        HandOver.objects.filter(pk=opened.pk).update(download_limit=1)
        actor = Actor.anyone(world.chiba)
        stale = HandOver.objects.select_related("upload").get(pk=opened.pk)
        acts.fetch_hand_over(actor=actor, now=AT, hand_over=stale)
        with pytest.raises(acts.HandOverClosed):
            acts.fetch_hand_over(actor=actor, now=AT, hand_over=stale)
    assert again(opened).downloads == 1


def test_nightly_job_ends_links_and_their_files_go_a_week_later(
    world, opened, django_capture_on_commit_callbacks
):
    upload_id = opened.upload_id

    def night(days):
        with django_capture_on_commit_callbacks(execute=True), acting_in(world.chiba):
            tidy(body=world.chiba, now=AT + timedelta(days=days))
            return Upload.objects.get(pk=upload_id).state

    assert night(6) == "clean"
    assert again(opened).state == "open"
    assert night(8) == "clean"
    assert again(opened).state == "expired"
    assert night(15) == "clean"
    assert night(16) == "purged"
    assert list(store.files_of(world.chiba.pk)) == []
    assert night(17) == "purged"


def test_log_rows_are_never_changed(world, opened):
    with acting_in(world.chiba):
        acts.fetch_hand_over(actor=Actor.anyone(world.chiba), now=AT, hand_over=opened)
        for act in (
            lambda: HandOverVisit.objects.update(outcome="wrong"),
            lambda: HandOverVisit.objects.all().delete(),
        ):
            with pytest.raises(Exception, match=r"permission|insert|change"), transaction.atomic():
                act()
    assert visits(opened) == ["fetched"]


def test_approved_by_others_only_in_their_own_body(world, requested):
    stranger = world.actor(world.at_matsudo.approver, world.matsudo)
    with acting_in(world.matsudo):
        assert not HandOver.objects.exists()
        with pytest.raises(HandOver.DoesNotExist):
            acts.approve_hand_over(actor=stranger, now=AT, hand_over=requested)
    assert again(requested).state == "requested"


class TestOffice:
    def url(self, row=None, more=""):
        return "/chiba-shi/office/handovers/" + (f"{row.pk}/{more}" if row else more)

    def test_clerk_puts_up_a_file_and_approver_opens_it(self, client_for, world):
        office = client_for(world.at_chiba.clerk)
        answer = office.post(self.url(more="new/"), {"file": SimpleUploadedFile("資料.zip", CONTENT)})
        assert answer.status_code == 302
        wishes = {
            "title": "統計",
            "recipient": "山田様",
            "days": "７",
            "download_limit": "1",
            "passphrase": "",
            "for_body": "",
        }
        empty = office.post(answer["Location"], {**wishes, "title": "", "days": "91"})
        assert empty.status_code == 422
        assert "件名を入力してください。" in empty.content.decode()
        made = office.post(answer["Location"], wishes)
        assert made.status_code == 302
        with acting_in(world.chiba):
            row = HandOver.objects.get()
            assert row.expires_at == AT + timedelta(days=7)
            scan(upload_id=row.upload_id, now=AT)
        shown = office.get(self.url(row)).content.decode()
        assert f"http://testserver{link(row)}" in shown
        assert "承認する" not in shown
        assert office.post(self.url(row, "approve/")).status_code == 403
        chief = client_for(world.at_chiba.approver)
        assert "承認する" in chief.get(self.url(row)).content.decode()
        assert taken(chief.post(self.url(row, "file/"))) == CONTENT
        assert chief.post(self.url(row, "approve/")).status_code == 302
        assert again(row).state == "open"
        assert chief.post(self.url(row, "approve/")).status_code == 409
        assert office.get(self.url(row, "revoke/")).status_code == 200
        assert office.post(self.url(row, "revoke/")).status_code == 302
        assert again(row).state == "revoked"

    def test_refused_file_stays_out_with_its_reason(self, client_for, world):
        office = client_for(world.at_chiba.clerk)
        answer = office.post(self.url(more="new/"), {"file": io.BytesIO(b"<svg/>")})
        assert answer.status_code == 422
        assert "この種類のファイル" in answer.content.decode()
        with acting_in(world.chiba):
            assert not Upload.objects.exists()

    def test_file_over_the_limit_of_the_installation_is_refused(self, client_for, world, settings):
        settings.MOYAI_HAND_OVER_BYTES = 100
        office = client_for(world.at_chiba.clerk)
        answer = office.post(self.url(more="new/"), {"file": SimpleUploadedFile("資料.zip", CONTENT)})
        assert answer.status_code == 422
        assert "大きすぎます" in answer.content.decode()
        assert list(store.files_of(world.chiba.pk)) == []

    def test_approver_declines_with_a_reason(self, client_for, world, requested):
        chief = client_for(world.at_chiba.approver)
        assert chief.post(self.url(requested)).status_code == 422
        assert chief.post(self.url(requested), {"reason": "宛先が違います"}).status_code == 302
        assert again(requested).decline_reason == "宛先が違います"

    def test_uploader_may_drop_the_file_before_the_second_step(self, client_for, world):
        office = client_for(world.at_chiba.clerk)
        answer = office.post(self.url(more="new/"), {"file": SimpleUploadedFile("資料.zip", CONTENT)})
        colleague = client_for(world.at_chiba.second_clerk)
        assert colleague.get(answer["Location"]).status_code == 404
        assert office.post(answer["Location"], {"drop": "1"}).status_code == 302
        with acting_in(world.chiba):
            assert not Upload.objects.exists()

    def test_list_filters_and_costs_the_same_for_one_and_for_many(
        self, client_for, world, requested, clerk, django_assert_max_num_queries
    ):
        office = client_for(world.at_chiba.clerk)
        assert "統計資料" in office.get(self.url()).content.decode()
        assert "統計資料" not in office.get(self.url() + "?state=open").content.decode()
        with acting_in(world.chiba):
            for _ in range(3):
                put_up(clerk)
        with django_assert_max_num_queries(16):
            office.get(self.url())

    def test_staff_of_another_body_find_nothing(self, client_for, world, requested):
        stranger = client_for(world.at_matsudo.administrator)
        for more in ("", "revoke/"):
            assert stranger.get(self.url(requested, more)).status_code == 404
            other = self.url(requested, more).replace("chiba-shi", "matsudo-shi")
            assert stranger.get(other).status_code == 404
        assert again(requested).state == "requested"


def test_file_for_another_body_needs_the_second_factor_of_its_staff(client, world, clerk, approver):
    with acting_in(world.chiba):
        row = put_up(clerk, for_body=world.matsudo)
        acts.approve_hand_over(actor=approver, now=AT, hand_over=row)
    client.force_login(world.at_matsudo.clerk)  # a password alone
    for answer in (client.get(link(row)), client.post(link(row))):
        assert answer.status_code == 403
    assert again(row).downloads == 0
