"""選定日と誓約書 (Y20): shares are agreed before a selection or never; each payer's pledge is kept and is its own to see."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from moyai.audit.public import CouncilDeed, Deed
from moyai.council.actions.bills import issue_bills
from moyai.council.actions.burdens import (
    DecidedTooLate,
    decide_burden,
    draft_burden,
    draft_supplement,
    withdraw_burden,
)
from moyai.council.actions.cost_lines import begin_paying, record_population
from moyai.council.actions.pledges import (
    NoPledgeAsked,
    NotAPayer,
    PledgedLater,
    PledgeNotFound,
    PledgeOfNothing,
    SamePledge,
    bring_pledge,
    fetch_pledge,
)
from moyai.council.models import Bill, Burden, BurdenShare, Entry, PaperFile, Pledge
from moyai.council.tests.assembly import a_pdf
from moyai.council.tests.money_setup import APRIL, LOADER, SECRETARY, YEAR, open_books, pay, shared
from moyai.documents.public import UploadRefused
from moyai.tenants.public import Actor, Body, Population, Role, acting_in, clock
from moyai.web.demo_council import load_council

SELECTION = date(2017, 7, 1)
SIGNED = date(2017, 6, 1)
EQUAL = [{"basis": "equal", "part": "1"}]
PEOPLE = [{"basis": "population", "part": "1"}]
HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.fixture
def books(world):
    load_council()
    return open_books()


@pytest.fixture
def line(books, world):
    return pay(books, "procurement", "works", [world.chiba, world.matsudo])


@pytest.fixture
def agreed(line) -> Burden:
    """A burden of 千葉市 and 松戸市, decided in April before the selection of July."""
    return shared(line, 1_001, selection_on=SELECTION)


def drafted(line, **more) -> Burden:
    return draft_burden(actor=SECRETARY, now=clock.now(), cost_line=line, fiscal_year=YEAR, yen=1_001, **more)


def brought(burden, body, *, actor=SECRETARY, title="誓約書", on=SIGNED, by="現行の事業者") -> Pledge:
    return bring_pledge(
        actor=actor, now=clock.now(), burden=burden, body=body, signed_by=by, pledged_on=on, file=io.BytesIO(a_pdf(title=title)),
    )  # fmt: skip


def clerk_of(body: Body) -> Actor:
    return Actor(account_id=None, body=body, roles=frozenset({Role.CLERK}), name=f"{body.name}の職員")


def text_of(answer) -> str:
    return answer.content.decode()


def sent(title: str = "誓約書", **more) -> dict[str, object]:
    return {
        "signed_by": "現行の事業者", "pledged_on": "H29.6.1",
        "file": SimpleUploadedFile("誓約書.pdf", a_pdf(title=title)), **more,
    }  # fmt: skip


# --- the day of the selection -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [SELECTION, SELECTION + timedelta(days=1)])
def test_Y20_shares_cannot_be_decided_on_or_after_the_selection(line, day) -> None:
    draft = drafted(line, selection_on=SELECTION)
    with pytest.raises(DecidedTooLate) as refused, transaction.atomic():
        decide_burden(actor=SECRETARY, now=clock.now(), burden=draft, decided_on=day, source="総会")
    assert set(refused.value.fields) == {"decided_on"}
    draft.refresh_from_db()
    assert (draft.state, draft.decided_on, draft.source) == ("draft", None, "")


def test_Y20_shares_are_decided_until_the_day_before_the_selection(line) -> None:
    draft = drafted(line, selection_on=SELECTION)
    day = SELECTION - timedelta(days=1)
    made = decide_burden(actor=SECRETARY, now=clock.now(), burden=draft, decided_on=day, source="総会")
    assert (made.state, made.decided_on, made.selection_on) == ("decided", day, SELECTION)


def test_Y20_a_burden_without_a_selection_is_decided_on_any_day(line) -> None:
    draft = drafted(line)
    made = decide_burden(
        actor=SECRETARY, now=clock.now(), burden=draft, decided_on=date(2017, 9, 1), source="総会"
    )
    assert (made.state, made.selection_on) == ("decided", None)


def test_Y20_the_database_itself_keeps_the_decision_before_the_selection(agreed) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Burden.objects.filter(pk=agreed.pk).update(selection_on=APRIL)
    agreed.refresh_from_db()
    assert agreed.selection_on == SELECTION


def test_Y20_a_supplement_after_the_selection_keeps_the_agreed_shares(agreed) -> None:
    now = clock.now()
    more = draft_supplement(actor=SECRETARY, now=now, burden=agreed, total_yen=2_001, payers_on=SELECTION)
    assert more.selection_on is None
    late = date(2017, 10, 1)
    made = decide_burden(actor=SECRETARY, now=now, burden=more, decided_on=late, source="総会")
    assert (made.state, [share.yen for share in made.shares.order_by("body__code")]) == (
        "decided",
        [500, 500],
    )


@pytest.mark.parametrize("what", ["mix", "payers"])
def test_Y20_a_supplement_shared_otherwise_must_be_decided_before_the_selection(agreed, line, what) -> None:
    now, other = clock.now(), {}
    if what == "mix":
        for body in Body.objects.filter(pk__in=agreed.shares.values("body")):
            Population.objects.filter(body=body).delete()
            record_population(
                actor=LOADER, now=now, body=body, as_of=date(2016, 9, 30), persons=100 + body.pk, source="国勢調査"
            )  # fmt: skip
        other = {"mix": PEOPLE}
    else:
        third = Body.objects.exclude(pk__in=agreed.shares.values("body")).first()
        begin_paying(actor=LOADER, now=now, cost_line=line, bodies=[third], from_on=date(2017, 6, 1))
    draft = draft_supplement(
        actor=SECRETARY, now=now, burden=agreed, total_yen=2_001, payers_on=SELECTION, **other
    )
    assert draft.selection_on == SELECTION
    with pytest.raises(DecidedTooLate), transaction.atomic():
        decide_burden(actor=SECRETARY, now=now, burden=draft, decided_on=SELECTION, source="総会")
    draft.refresh_from_db()
    assert (draft.state, draft.decided_on) == ("draft", None)


def test_Y20_secretary_drafts_with_a_selection_and_is_refused_beside_the_day(line, world, client_for) -> None:
    secretary = client_for(world.secretary)
    posted = {
        "cost_line": line.pk,
        "fiscal_year": YEAR,
        "yen": "1,001",
        "halves": "whole",
        "selection_on": "H29.7.1",
    }
    wrong = secretary.post("/council/burdens/new/", {**posted, "selection_on": "H29.7.32"})
    assert wrong.status_code == 422 and not Burden.objects.exists()
    assert secretary.post("/council/burdens/new/", posted).status_code == 302
    one = Burden.objects.get()
    assert one.selection_on == SELECTION
    where = f"/council/burdens/{one.pk}/"
    assert "平成29年7月1日" in text_of(secretary.get(f"{where}decide/"))
    decision = {"item": "", "decided_on": "H29.7.1", "source": "総会"}
    refused = secretary.post(f"{where}decide/", decision)
    assert refused.status_code == 422
    assert "決定の日は、選定日より前の日付にしてください。" in refused.context["form"].errors["decided_on"][0]
    one.refresh_from_db()
    assert (one.state, one.decided_on) == ("draft", None)
    assert secretary.post(f"{where}decide/", {**decision, "decided_on": "H29.6.30"}).status_code == 302
    one.refresh_from_db()
    assert (one.state, one.selection_on) == ("decided", SELECTION)
    assert secretary.post(f"{where}decide/", decision).status_code == 409
    shown = text_of(secretary.get(where))
    assert "選定日" in shown and "2団体のうち0団体が提出" in shown


def test_Y20_a_bill_explains_the_selection_before_which_its_share_was_agreed(agreed) -> None:
    issue_bills(
        actor=SECRETARY, now=clock.now(), burden=agreed, billed_on=date(2017, 7, 20), due_on=date(2017, 8, 31), by_mail=False
    )  # fmt: skip
    for bill in Bill.objects.all():
        said = {row["label"]: row["value"] for row in bill.facts["working"]}
        assert said["選定日"] == "平成29年7月1日（この日より前に割合を決定）"


# --- pledges ----------------------------------------------------------------------------------------------------------


def test_Y20_a_pledge_is_stored_and_replaced_by_a_newer_while_the_old_one_stays(agreed, world) -> None:
    clerk = clerk_of(world.chiba)
    with acting_in(world.chiba):
        first = brought(agreed, world.chiba, actor=clerk, title="一")
        second = brought(agreed, world.chiba, actor=clerk, title="二")
    other = brought(agreed, world.matsudo)
    assert (first.version, second.version, other.version) == (1, 2, 1)
    assert (first.brought_by, first.on_paper) == ("千葉市の職員", False)
    assert (other.brought_by, other.on_paper) == ("協議会 事務局", True)
    assert bytes(first.file.content) == a_pdf(title="一") != bytes(second.file.content)
    assert Pledge.objects.filter(body=world.chiba).count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        Pledge.objects.filter(pk=first.pk).update(signed_by="別の者")
    with pytest.raises(DatabaseError), transaction.atomic():
        first.delete()


def test_Y20_pledges_are_refused_with_nothing_stored(agreed, line, world) -> None:
    now = clock.now()
    plain = drafted(line)
    gone = withdraw_burden(
        actor=SECRETARY, now=now, burden=drafted(line, selection_on=SELECTION), reason="誤り"
    )
    outside = Body.objects.exclude(pk__in=[world.chiba.pk, world.matsudo.pk]).first()
    chiba, clerk = world.chiba, clerk_of(world.chiba)
    for refusal, burden, body, more in (
        (NoPledgeAsked, plain, chiba, {}),
        (PledgeOfNothing, gone, chiba, {}),
        (NotAPayer, agreed, outside, {}),
        (PledgedLater, agreed, chiba, {"on": clock.today(now) + timedelta(days=1)}),
    ):
        with pytest.raises(refusal), transaction.atomic():
            brought(burden, body, **more)
    with pytest.raises(PledgeNotFound), acting_in(world.chiba):
        brought(agreed, world.matsudo, actor=clerk)
    for content in (b"", HTML, b"%PDF-1.7\n1 0 obj\n<<"):
        with pytest.raises(UploadRefused), transaction.atomic():
            bring_pledge(
                actor=SECRETARY, now=now, burden=agreed, body=chiba, signed_by="x", pledged_on=SIGNED, file=io.BytesIO(content)
            )  # fmt: skip
    assert (Pledge.objects.count(), PaperFile.objects.count()) == (0, 0)
    brought(agreed, chiba)
    with pytest.raises(SamePledge), transaction.atomic():
        brought(agreed, chiba)
    assert Pledge.objects.count() == 1


def test_Y20_member_brings_its_pledge_and_takes_it_out_which_leaves_deeds(agreed, world, client_for) -> None:
    client = client_for(world.at_chiba.clerk)
    here = "/chiba-shi/office/council/pledges/"
    assert here in text_of(client.get("/chiba-shi/office/council/bills/"))
    listed = text_of(client.get(here))
    assert f"{here}{agreed.pk}/" in listed and "未提出" in listed
    where = f"{here}{agreed.pk}/"
    assert "501円" in text_of(client.get(where)) and "1,001円" in text_of(client.get(where))
    assert client.get(f"{where}new/").status_code == 200
    assert client.post(f"{where}new/", sent()).status_code == 302
    one = Pledge.objects.get()
    assert (one.body, one.pledged_on, one.on_paper) == (world.chiba, SIGNED, False)
    shown = text_of(client.get(where))
    assert "提出済み" in shown and "第1版を保存する" in shown and "現行の事業者" in shown
    again = client.post(f"{where}new/", sent())
    assert again.status_code == 409 and "同じ誓約書が、すでに提出されています。" in text_of(again)
    late = client.post(f"{where}new/", sent("新しい誓約書", pledged_on="H29.7.1"))
    assert late.status_code == 302
    shown = text_of(client.get(where))
    assert "選定日以後の誓約" in shown and "差替え済み" in shown and "第2版を保存する" in shown
    file = client.get(f"{here}files/{one.pk}/")
    assert file.content == a_pdf(title="誓約書")
    assert file["Content-Disposition"] == f'attachment; filename="pledge-{one.pk}.pdf"'
    with acting_in(world.chiba):
        assert Deed.objects.filter(verb="council.bring_pledge").count() == 2
        assert Deed.objects.filter(verb="council.fetch_pledge", thing_id=one.pk).count() == 1


@pytest.mark.parametrize(
    ("wrong", "box", "words"),
    [
        ({"file": SimpleUploadedFile("誓約書.pdf", HTML)}, "file", "この種類のファイルは受け付けていません"),
        ({"file": ""}, "file", "添付してください"),
        ({"signed_by": ""}, "signed_by", "入力してください"),
        ({"pledged_on": "H29.2.30"}, "pledged_on", ""),
        ({"pledged_on": "2999-01-01"}, "pledged_on", ""),
    ],
)
def test_Y20_a_wrong_pledge_is_said_beside_its_field_and_nothing_is_stored(
    agreed, world, client_for, wrong, box, words
) -> None:
    office = (client_for(world.at_chiba.clerk), f"/chiba-shi/office/council/pledges/{agreed.pk}/new/", {})
    council = (
        client_for(world.secretary),
        f"/council/burdens/{agreed.pk}/pledges/new/",
        {"body": world.chiba.code},
    )
    for client, where, more in (office, council):
        if hasattr(wrong.get("file"), "seek"):
            wrong["file"].seek(0)
        answer = client.post(where, {**sent(), **more, **wrong})
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [box]
        assert words in answer.context["form"].errors[box][0]
    assert (Pledge.objects.count(), PaperFile.objects.count()) == (0, 0)


def test_Y20_secretariat_takes_in_a_paper_pledge_and_sees_who_is_missing(agreed, world, client_for) -> None:
    secretary = client_for(world.secretary)
    where = f"/council/burdens/{agreed.pk}/"
    outside = Body.objects.exclude(pk__in=[world.chiba.pk, world.matsudo.pk]).first()
    refused = secretary.post(f"{where}pledges/new/", sent(body=outside.code))
    assert refused.status_code == 422 and list(refused.context["form"].errors) == ["body"]
    assert not Pledge.objects.exists()
    assert secretary.post(f"{where}pledges/new/", sent(body=world.chiba.code)).status_code == 302
    one = Pledge.objects.get()
    assert (one.body, one.on_paper) == (world.chiba, True)
    shown = text_of(secretary.get(where))
    assert (
        "2団体のうち1団体が提出" in shown
        and "提出済み" in shown
        and "未提出" in shown
        and "紙で受領" in shown
    )
    table = json.loads(secretary.get(f"{where}?format=json").content)
    assert [row["cells"]["pledge"]["value"] for row in table["rows"][:2]] == ["平成29年6月1日", "未提出"]
    assert secretary.get(f"/council/burdens/pledges/{one.pk}/").content == a_pdf(title="誓約書")
    assert CouncilDeed.objects.filter(verb="council.fetch_pledge", thing_id=one.pk).count() == 1
    auditor = client_for(world.auditor)
    assert auditor.get(f"/council/burdens/pledges/{one.pk}/").status_code == 200
    assert auditor.post(f"{where}pledges/new/", sent("別", body=world.matsudo.code)).status_code == 403
    assert Pledge.objects.count() == 1


def test_Y20_another_bodys_pledge_is_absent_for_everybody_else(agreed, world, client_for) -> None:
    one = brought(agreed, world.chiba, by="千葉の事業者")
    for account in (world.at_matsudo.clerk, world.at_matsudo.administrator):
        client = client_for(account)
        for slug in ("matsudo-shi", "chiba-shi"):
            assert client.get(f"/{slug}/office/council/pledges/files/{one.pk}/").status_code == 404
        assert client.get(f"/chiba-shi/office/council/pledges/{agreed.pk}/").status_code == 404
        assert client.post(f"/chiba-shi/office/council/pledges/{agreed.pk}/new/", sent()).status_code == 404
        assert client.get(f"/council/burdens/pledges/{one.pk}/").status_code == 404
        for page in ("", f"{agreed.pk}/"):
            own = text_of(client.get(f"/matsudo-shi/office/council/pledges/{page}"))
            assert "千葉の事業者" not in own and "未提出" in own
    with pytest.raises(PledgeNotFound), acting_in(world.matsudo):
        fetch_pledge(actor=clerk_of(world.matsudo), now=clock.now(), pledge=one)
    with acting_in(world.matsudo):
        assert not Deed.objects.filter(verb__in=["council.fetch_pledge", "council.bring_pledge"]).exists()
    assert Pledge.objects.count() == 1


def test_Y20_a_burden_one_does_not_bear_or_that_asks_no_pledge_is_absent(
    books, line, world, client_for
) -> None:
    alone = pay(books, "procurement", "management", [world.matsudo])
    theirs = shared(alone, 100, selection_on=SELECTION)
    plain = shared(line, 100)
    client = client_for(world.at_chiba.clerk)
    for burden in (theirs, plain):
        where = f"/chiba-shi/office/council/pledges/{burden.pk}/"
        assert client.get(where).status_code == client.post(f"{where}new/", sent()).status_code == 404
    assert "誓約書を出す負担金はありません。" in text_of(client.get("/chiba-shi/office/council/pledges/"))
    refused = client_for(world.secretary).post(
        f"/council/burdens/{plain.pk}/pledges/new/", sent(body=world.chiba.code)
    )
    assert refused.status_code == 409
    assert "選定日のある負担金だけ" in text_of(refused)
    assert not Pledge.objects.exists()


def test_Y20_pages_of_pledges_cost_the_same_queries_however_many(books, agreed, world, client_for) -> None:
    secretary, clerk = client_for(world.secretary), client_for(world.at_chiba.clerk)
    brought(agreed, world.chiba, title="0")
    here = "/chiba-shi/office/council/pledges/"

    def counted(client, where: str) -> int:
        client.get(where)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(where).status_code == 200
        return len(asked)

    council, office = f"/council/burdens/{agreed.pk}/", f"{here}{agreed.pk}/"
    few = (counted(secretary, council), counted(clerk, office), counted(clerk, here))
    for place in range(1, 6):
        brought(agreed, world.chiba, title=f"版{place}")
    bodies = [
        world.chiba,
        *Body.objects.exclude(pk__in=[world.chiba.pk, world.matsudo.pk]).order_by("code")[:30],
    ]
    BurdenShare.objects.bulk_create(
        [
            BurdenShare(burden=agreed, body=body, basis={"equal": 1}, weight="1/2", quota="0", floor_yen=0, rank=9, yen=0)
            for body in bodies[1:]
        ]
    )  # fmt: skip
    for body in bodies[1:]:
        brought(agreed, body)
    for place in range(3):
        other = draft_burden(
            actor=SECRETARY, now=clock.now(), cost_line=agreed.cost_line, fiscal_year=YEAR + 1, yen=100 + place, selection_on=SELECTION
        )  # fmt: skip
        brought(other, world.chiba)
    assert text_of(secretary.get(council)).count("提出済み") == len(bodies)
    many = (counted(secretary, council), counted(clerk, office), counted(clerk, here))
    assert all(after <= before for after, before in zip(many, few, strict=True))


def test_Y20_a_members_burdens_with_a_selection_are_paged_by_key(agreed, world, client_for) -> None:
    for place in range(51):
        draft_burden(
            actor=SECRETARY, now=clock.now(), cost_line=agreed.cost_line, fiscal_year=YEAR + 1, yen=place + 1, selection_on=SELECTION
        )  # fmt: skip
    client, here = client_for(world.at_chiba.clerk), "/chiba-shi/office/council/pledges/"
    first = text_of(client.get(here))
    assert first.count("未提出") == 50
    before = first.partition("?before=")[2].partition('"')[0]
    older = text_of(client.get(f"{here}?before={before}"))
    assert older.count("未提出") == 2 and f"{here}{agreed.pk}/" in older
    assert client.get(f"{here}?before=x").status_code == 200


def test_a_refused_file_is_explained_in_words_beside_whatever_its_box_is_called(
    books, world, client_for
) -> None:
    where = f"/council/accounts/procurement/{YEAR}/entries/new/"
    posted = {
        "fiscal_year": YEAR, "line": books.lines["procurement", "expense", "reserve"].pk, "on": "H29.6.30", "yen": "1",
        "label": "事務用品", "evidence": SimpleUploadedFile("領収書.pdf", HTML),
    }  # fmt: skip
    answer = client_for(world.secretary).post(where, posted)
    assert answer.status_code == 422
    [words] = answer.context["form"].errors["evidence"]
    assert "受け付けていません" in words and "PDF・Word・Excel・写真" in words
    assert not Entry.objects.exists() and not PaperFile.objects.exists()
