"""Attacks on lists, machines' calls and keeping: A7, A8, A12, A13, A15, A20, A21; and what other systems are told."""

from __future__ import annotations

import csv
import html
import io
import json
import statistics
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moyai.applications.actions import exports as acts
from moyai.applications.actions import keeping
from moyai.applications.actions.bulk import accept_many
from moyai.applications.actions.corrections import request_correction
from moyai.applications.actions.forgetting import forget_one
from moyai.applications.actions.review import accept, note
from moyai.applications.models import Application, Export, FormEdition, Procedure, RetentionRun, Tombstone
from moyai.applications.queries.exports import Wish
from moyai.applications.queries.keeping import kept_back, preview
from moyai.applications.secrets import new_token
from moyai.applications.tests.conftest import DOCUMENT, apply, make_procedure
from moyai.applications.tests.test_A03_keeping import closed, run
from moyai.documents.public import forget_papers_about, letters_about
from moyai.notices import actions as hooks
from moyai.notices.models import Delivery, Message
from moyai.people.apikeys import new_key
from moyai.people.models import ApiKey
from moyai.people.rules import token_hash
from moyai.tenants.public import Actor, acting_in, clock, public_number

API = "/api/bodies/chiba-shi"


def key_for(account: Any, body: Any, *scopes: str) -> dict[str, str]:
    made, now = new_key(), clock.now()
    ApiKey.objects.create(
        account=account,
        body=body,
        name="試験",
        key_hash=token_hash(made),
        hint=made[-4:],
        scopes=list(scopes),
        made_at=now,
        expires_on=clock.today(now) + timedelta(days=30),
    )
    return {"authorization": f"Bearer {made}"}


def numbers_of(body: Any) -> list[str]:
    with acting_in(body):
        return list(Application.objects.filter(body=body).values_list("public_number", flat=True))


# -- A7: what belongs to another body ----------------------------------------------------------------------------------
def test_attack_A7_a_key_of_one_body_finds_nothing_of_another(world: Any, client: Client) -> None:
    ours = key_for(world.at_chiba.clerk, world.chiba, "applications.read", "applications.export")
    own, others = numbers_of(world.chiba), numbers_of(world.matsudo)
    assert client.get(f"/api/staff/applications/{own[0]}", headers=ours).status_code == 200
    for number in others:
        answer = client.get(f"/api/staff/applications/{number}", headers=ours)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    rows, after = [], ""
    while True:
        page = client.get("/api/staff/applications", {"view": "open", "after": after}, headers=ours).json()
        rows += [row["number"] for row in page["rows"]]
        after = page["next"]
        if not after:
            break
    assert rows and set(rows) <= set(own)
    with acting_in(world.matsudo) as now:
        theirs = acts.ask(
            actor=world.actor(world.at_matsudo.clerk, world.matsudo),
            now=now,
            procedure=Procedure.objects.get(body=world.matsudo, code="survey"),
            wish=Wish(blind=True),
            form="csv-utf8",
            purpose="集計",
        )
    for way in ("", "/file"):
        assert client.get(f"/api/staff/exports/{theirs.pk}{way}", headers=ours).status_code == 404
    with acting_in(world.matsudo):
        theirs.refresh_from_db()
        assert theirs.fetched == 0


def test_attack_A7_no_key_wrong_scope_and_wrong_key_are_told_apart_from_nothing(
    world: Any, client: Client
) -> None:
    number = numbers_of(world.chiba)[0]
    way = f"/api/staff/applications/{number}"
    assert client.get(way).status_code == 401
    only_lists = key_for(world.at_chiba.clerk, world.chiba, "applications.export")
    assert client.get(way, headers=only_lists).json()["error"]["code"] == "out_of_scope"
    assert client.get(way, headers={"authorization": "Bearer moyai_wrong"}).status_code == 401
    ended = key_for(world.at_chiba.clerk, world.chiba, "applications.read")
    ApiKey.objects.update(revoked_at=clock.now())
    assert client.get(way, headers=ended).status_code == 401


def test_A28_a_machine_asks_for_a_list_and_a_person_allows_it(
    world: Any, client: Client, client_for: Any
) -> None:
    ours = key_for(world.at_chiba.clerk, world.chiba, "applications.export")
    wish = {"procedure": "juminhyo", "purpose": "毎朝の連携"}
    made = client.post("/api/staff/exports", wish, content_type="application/json", headers=ours)
    assert (made.status_code, made.json()["state"]) == (201, "asked")
    way = f"/api/staff/exports/{made.json()['id']}"
    refused = client.get(way + "/file", headers=ours)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_allowed")
    approver = client_for(world.at_chiba.approver)
    approver.post(f"/chiba-shi/office/applications/exports/{made.json()['id']}/allow/")
    assert client.get(way, headers=ours).json()["state"] == "allowed"
    file = client.get(way + "/file", headers=ours)
    assert "佐藤" in b"".join(file.streaming_content).decode("utf-8-sig")
    unknown = client.post(
        "/api/staff/exports", wish | {"surprise": 1}, content_type="application/json", headers=ours
    )
    assert unknown.status_code == 422 and "surprise" in unknown.json()["error"]["fields"]


# -- A8: numbers and passwords -----------------------------------------------------------------------------------------
def ask(client: Client, number: str, secret: str, network: str) -> Any:
    return client.post(
        f"{API}/inquiry",
        {"number": number, "secret": secret},
        content_type="application/json",
        REMOTE_ADDR=network,
    )


def test_attack_A8_unknown_number_and_wrong_password_are_one_answer(world: Any, client: Client) -> None:
    known = numbers_of(world.chiba)[0]
    with acting_in(world.chiba):
        unknown = public_number()
    answers = [
        ask(client, number, "AAAAA-AAAAA", "198.51.100.1") for number in (known, unknown, "1", "x" * 30)
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_attack_A8_guessing_from_many_networks_is_bounded_for_each_and_in_chance(
    world: Any, client: Client
) -> None:
    from moyai.applications.secrets import ALPHABET, SECRET_LENGTH

    known = numbers_of(world.chiba)[0]
    allowed = 0
    for network in range(30):
        statuses = [ask(client, known, "AAAAAAAAAA", f"198.{network}.7.9").status_code for _try in range(12)]
        assert statuses[-1] == 429
        allowed += statuses.count(404)
    assert allowed <= 30 * 10
    # A million networks guessing all day find one password in more than ten thousand years.
    guesses_a_day = 1_000_000 * 10 * (24 * 60 / 15)
    assert len(ALPHABET) ** SECRET_LENGTH / guesses_a_day / 365 > 1_000


def test_attack_A8_time_tells_nothing_about_a_number(world: Any, client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr("moyai.applications.api.throttle", lambda **_given: None)
    known = numbers_of(world.chiba)[0]
    with acting_in(world.chiba):
        unknown = public_number()
    times: dict[str, list[float]] = {known: [], unknown: []}
    for _turn in range(60):
        for number in (known, unknown):
            started = time.process_time()
            ask(client, number, "AAAAAAAAAA", "198.51.100.2")
            times[number].append(time.process_time() - started)
    there, not_there = (statistics.median(times[number]) for number in (known, unknown))
    spread = statistics.median(abs(one - not_there) for one in times[unknown])
    assert abs(there - not_there) < max(6 * spread, 0.25 * not_there)


# -- A12, A13: what a spreadsheet, a page, a letter and a mail make of answers -----------------------------------------
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠A1", " =1+1", "　=1+1")


def test_attack_A12_no_answer_runs_in_a_spreadsheet(procedure: Any, staff: Any, in_chiba: datetime) -> None:
    for text in FORMULAS:
        apply(actor=staff["resident"], now=in_chiba, procedure=procedure, kind="moped", plate=text)
    for form in ("csv-utf8", "csv-cp932"):
        made = acts.ask(
            actor=staff["clerk"], now=in_chiba, procedure=procedure, wish=Wish(), form=form, purpose="試し"
        )
        acts.allow(actor=staff["approver"], now=in_chiba, export=made)
        made.refresh_from_db()
        data = acts.fetch(actor=staff["clerk"], now=in_chiba, export=made).file.read()
        if data[:2] == b"PK":
            continue
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig" if form == "csv-utf8" else "cp932"))))
        assert len(rows) == len(FORMULAS) + 1
        for cell in (cell for row in rows for cell in row):
            assert cell.lstrip(" 　")[:1] not in set("=+@＝＋－＠\t\r") and not (
                cell[:1] == "-" and len(cell) > 1
            ), cell


SCRIPT = "<script>alert(1)</script>"
MARKUP = f'"><img src=x onerror=alert(1)>{SCRIPT}'


@pytest.fixture
def hostile(world: Any) -> tuple[str, Application]:
    """A form whose author and whose applicant both write markup; gives the procedure's code and an application."""
    administrator = world.actor(world.at_chiba.administrator, world.chiba)
    with acting_in(world.chiba) as now:
        what = DOCUMENT["pages"][1]
        options = [
            {**what["fields"][0]["options"][0], "label": f"自転車{MARKUP}"},
            what["fields"][0]["options"][1],
        ]
        document = {
            **DOCUMENT,
            "title": f"様式{SCRIPT}",
            "procedure": "hostile",
            "pages": [
                DOCUMENT["pages"][0],
                {
                    **what,
                    "fields": [
                        {**what["fields"][0], "label": f"乗り物{MARKUP}", "options": options},
                        *what["fields"][1:],
                    ],
                },
                DOCUMENT["pages"][2],
            ],
        }
        procedure = make_procedure(
            actor=administrator, now=now, code="hostile", document=document, title=f"手続{SCRIPT}"
        )
        made = apply(actor=Actor.anyone(world.chiba), now=now, procedure=procedure, name=f"花子{MARKUP}")
        return "hostile", made


def test_attack_A13_markup_is_text_on_every_page_that_shows_it(
    world: Any, client: Client, client_for: Any, hostile: tuple[str, Application]
) -> None:
    code, made = hostile
    clerk = client_for(world.at_chiba.clerk)
    office = "/chiba-shi/office"
    pages = [
        clerk.get(f"{office}/applications/{made.public_number}/"),
        clerk.get(f"{office}/applications/{made.public_number}/history/"),
        clerk.get(f"{office}/applications/{made.public_number}/hold/"),
        clerk.get(f"{office}/applications/"),
        clerk.get(f"{office}/procedures/{code}/statistics/", {"down": "kind", "across": "kind"}),
        clerk.get(f"{office}/procedures/{code}/export/"),
        client.get(f"/chiba-shi/applications/{code}/"),
    ]
    shown = 0
    for page in pages:
        assert page.status_code == 200
        text = page.content.decode()
        assert SCRIPT not in text and "<img src=x" not in text
        assert "script-src 'self'" in page["Content-Security-Policy"]
        shown += html.escape(SCRIPT) in text
    assert shown >= 4  # it is shown, as text


def test_attack_A13_letters_and_mail_take_markup_as_text_and_no_second_header(
    world: Any, hostile: tuple[str, Application], staff: Any
) -> None:
    from moyai.applications import flow
    from moyai.applications.actions.decisions import decide

    _code, made = hostile
    with acting_in(world.chiba) as now:
        accept(actor=staff["clerk"], now=now, application=made)
        decide(
            actor=staff["approver"],
            now=now,
            application=made,
            kind=flow.REJECTED,
            reason=f'理由{MARKUP}#import "/etc"',
        )
        (letter,) = letters_about(actor=staff["clerk"], thing=made)
        from moyai.documents.jobs import make_letter

        make_letter(letter_id=letter.pk, now=now)
        letter.refresh_from_db()
        assert letter.state == "ready"
        for message in Message.objects.filter(about_kind="applications.application", about_id=made.pk):
            assert "\n" not in message.subject and "\r" not in message.subject
            assert SCRIPT not in message.to_name or "\n" not in message.to_name


def test_attack_A13_an_address_with_a_second_header_is_refused(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    from moyai.applications.actions.answers import AnswersRefused

    before = Application.objects.count()
    for mail in (
        "a@example.jp\nBcc: all@example.jp",
        "a@example.jp\r\nSubject: x",
        "a@example.jp%0ABcc: b@example.jp",
    ):
        with pytest.raises(AnswersRefused):
            apply(actor=staff["resident"], now=in_chiba, procedure=procedure, mail=mail)
    assert Application.objects.count() == before


# -- A15: extremes over HTTP -------------------------------------------------------------------------------------------
def submit(client: Client, answers: Any, *, raw: bytes | None = None) -> Any:
    body = raw if raw is not None else json.dumps({"token": new_token(), "answers": answers})
    return client.post(f"{API}/procedures/survey/applications", body, content_type="application/json")


SURVEY = {"age_band": "a30", "residence": "city", "joined": "no"}


def test_attack_A15_extremes_are_answered_in_words_and_nothing_is_stored(world: Any, client: Client) -> None:
    before = len(numbers_of(world.chiba))
    deep = (
        b'{"token": "' + new_token().encode() + b'", "answers": ' + b'{"a":' * 200 + b"1" + b"}" * 200 + b"}"
    )
    long = {**SURVEY, "opinion": "長" * 1_000_000}
    bodies: list[Any] = [
        submit(client, SURVEY | {"opinion": "\x00"}),
        submit(client, SURVEY | {"opinion": "\ud800"}),
        submit(client, SURVEY | {"opinion": ["x"] * 10_000}),
        submit(client, SURVEY | {"joined": float("nan")}),
        submit(client, SURVEY | {"age_band": 10**400}),
        submit(client, long),
        submit(client, None, raw=deep),
        submit(client, None, raw=b'{"token": "x", "answers": {"a": 1e999}}'),
        submit(client, None, raw=b"\xff\xfe{"),
        submit(client, None, raw=b"[" * 100_000),
        submit(client, [1, 2]),
        submit(client, SURVEY | {"__proto__": {"admin": True}}),
    ]
    for answer in bodies:
        assert 400 <= answer.status_code < 500 and answer.json()["error"]["message"]
    assert len(numbers_of(world.chiba)) == before
    assert submit(client, SURVEY | {"opinion": "𠮷田﨑髙葛\U000e0100"}).status_code == 201
    with acting_in(world.chiba):
        kept = Application.objects.filter(channel="api").latest("id").answers["opinion"]
    assert kept == "𠮷田﨑髙葛\U000e0100"


# -- A20: letting go while others work ---------------------------------------------------------------------------------
def test_attack_A20_what_happens_between_proposal_and_run_keeps_the_application(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    held, paying, corrected, plain = (closed(staff, procedure, months=months) for months in (1, 2, 3, 4))
    made = keeping.propose(actor=staff["clerk"], now=in_chiba, ended_before=clock.today(in_chiba))
    assert made.preview["total"] == 4
    # Meanwhile a clerk writes a note, puts one on hold, a payment is awaited, a correction is open.
    note(actor=staff["clerk"], now=in_chiba, application=plain, text="電話があった。")
    keeping.hold(actor=staff["clerk"], now=in_chiba, application=held, reason="訴訟")
    Application.objects.filter(pk=paying.pk).update(payment="waiting")
    corrected.corrections.create(
        body_id=corrected.body_id,
        number=1,
        items=[],
        deadline_on=clock.today(in_chiba),
        requested_at=in_chiba,
        requested_by="佐藤",
    )
    keeping.approve(actor=staff["administrator"], now=in_chiba, run=made)
    keeping.run_batch(actor=Actor.system(procedure.body), now=in_chiba, run=made, below=None)
    made.refresh_from_db()
    assert (made.deleted, {each["id"]: each["why"] for each in made.kept}) == (
        1,
        {held.pk: "held", paying.pk: "payment", corrected.pk: "correction"},
    )
    for row in (held, paying, corrected):  # nothing of them was touched
        row.refresh_from_db()
        assert row.applicant and row.history.count() >= 4
        assert [letter.state for letter in letters_about(actor=staff["clerk"], thing=row)] != ["purged"]


def test_attack_A20_an_application_still_open_is_never_in_question(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    row = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    accept(actor=staff["clerk"], now=in_chiba, application=row)
    request_correction(
        actor=staff["clerk"],
        now=in_chiba,
        application=row,
        items=[("kana", "フリガナ", "直してください")],
        deadline_on=clock.today(in_chiba + timedelta(days=14)),
    )
    row.refresh_from_db()
    assert row.keep_until is None and row.open
    assert preview(actor=staff["clerk"], now=in_chiba, before=clock.today(in_chiba)).total == 0
    going: set[int] = set()
    assert (
        kept_back(body=procedure.body, now=in_chiba, rows=[row], going=going) == {row.pk: "open"}
        and not going
    )


def test_attack_A20_a_half_done_deletion_is_undone_whole(
    procedure: Any, staff: Any, in_chiba: datetime, monkeypatch: Any
) -> None:
    from django.db import transaction

    from moyai.applications.actions import forgetting

    row = closed(staff, procedure)
    made = keeping.propose(actor=staff["clerk"], now=in_chiba, ended_before=clock.today(in_chiba))

    def dies(**given: Any) -> Any:
        forget_papers_about(**given)
        raise RuntimeError("the machine stopped")

    monkeypatch.setattr(forgetting, "forget_papers_about", dies)
    with pytest.raises(RuntimeError), transaction.atomic():
        forget_one(actor=Actor.system(procedure.body), now=in_chiba, run=made, application_id=row.pk)
    row.refresh_from_db()
    assert row.history.count() >= 4 and Tombstone.objects.count() == 0
    assert all(letter.state != "purged" for letter in letters_about(actor=staff["clerk"], thing=row))
    monkeypatch.undo()
    assert run(staff, in_chiba).deleted == 1 and Tombstone.objects.count() == 1


# -- A21: sections -----------------------------------------------------------------------------------------------------
def test_attack_A21_another_section_gets_no_list_no_figures_and_no_case(
    world: Any, client_for: Any, hostile: tuple[str, Application]
) -> None:
    from moyai.people.models import Membership

    code, made = hostile
    Membership.objects.filter(account=world.at_chiba.second_clerk).update(section="動物愛護課")
    other = client_for(world.at_chiba.second_clerk)
    office = "/chiba-shi/office"
    for way in (
        f"procedures/{code}/export/",
        f"procedures/{code}/statistics/",
        f"applications/{made.public_number}/hold/",
    ):
        assert other.get(f"{office}/{way}").status_code == 404, way
        assert client_for(world.at_chiba.clerk).get(f"{office}/{way}").status_code == 200, way
    refused = other.post(f"{office}/procedures/{code}/export/", {"form": "csv-utf8", "purpose": "x"})
    assert refused.status_code == 404
    with acting_in(world.chiba):
        assert not Export.objects.filter(procedure__code=code).exists()


# -- other systems -----------------------------------------------------------------------------------------------------
def test_A28_other_systems_hear_of_every_turn_and_of_nobody(
    procedure: Any, staff: Any, in_chiba: datetime, settings: Any
) -> None:
    from moyai.applications import flow
    from moyai.applications.actions.decisions import decide

    settings.MOYAI_DEMO = True
    settings.MOYAI_WEBHOOK_INSIDE = ["127.0.0.1:9"]
    kinds = ["applications.received", "applications.status_changed", "applications.decided"]
    hooks.add_webhook(
        actor=staff["administrator"], now=in_chiba, name="連携先", url="http://127.0.0.1:9/", kinds=kinds
    )
    made = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    accept(actor=staff["clerk"], now=in_chiba, application=made)
    decide(actor=staff["approver"], now=in_chiba, application=made, kind=flow.APPROVED)
    told = [
        (row.payload["event"], row.payload["facts"]["status"])
        for row in Delivery.objects.filter(body=procedure.body).order_by("id")
    ]
    assert told == [
        ("applications.received", "received"),
        ("applications.status_changed", "reviewing"),
        ("applications.status_changed", "decided"),
        ("applications.decided", "decided"),
    ]
    text = json.dumps([row.payload for row in Delivery.objects.all()], ensure_ascii=False)
    assert made.public_number in text and "髙﨑" not in text and "hanako@" not in text


def test_A02_wishes_land_and_are_counted(staff: Any, in_chiba: datetime) -> None:
    from moyai.applications import catalogue
    from moyai.applications.actions.catalogue import install_from_catalogue
    from moyai.applications.queries import statistics as counting

    wishes = install_from_catalogue(
        actor=staff["administrator"], now=in_chiba, sample="wishes", code="wishes-a02"
    )
    edition = FormEdition.objects.filter(procedure=wishes).latest("number")
    edition.procedure = wishes
    answers = catalogue.example("wishes-short")["answers"]
    from moyai.applications.actions.submission import submit_application

    for _turn in range(2):
        submit_application(
            actor=Actor.anyone(wishes.body),
            now=in_chiba,
            edition=edition,
            answers=answers,
            form_token=new_token(),
        )
    rows = counting.counted(actor=staff["clerk"], procedure=wishes)
    assert counting.by_day(rows) == [(clock.today(in_chiba), 2)]
    found = counting.answered(rows, counting.questions_of(actor=staff["clerk"], procedure=wishes))
    assert any(one.people == 2 for one in found.values())


def test_A03_retention_pages_show_what_goes_and_who_approves(world: Any, client_for: Any, staff: Any) -> None:
    with acting_in(world.chiba) as now:
        procedure = make_procedure(actor=staff["administrator"], now=now)
        old = closed(staff, procedure)
    clerk, chief = client_for(world.at_chiba.clerk), client_for(world.at_chiba.administrator)
    base = "/chiba-shi/office/applications/keeping/"
    today = clock.today(clock.now())
    day = {
        "ended_before_year": str(today.year),
        "ended_before_month": str(today.month),
        "ended_before_day": str(today.day),
    }
    names = clerk.get(base).content.decode()
    day = {name: value for name, value in day.items() if f'name="{name}"' in names} or day
    if 'name="ended_before_era"' in names:
        day |= {"ended_before_era": "西暦"}
    seen = clerk.post(base, {**day, "look": "1"})
    assert seen.status_code == 200 and "削除を提案する" in seen.content.decode(), seen.content.decode()[:3000]
    made = clerk.post(base, {**day, "propose": "1"}, follow=True)
    page = made.redirect_chain[-1][0]
    assert "承認を待っています" in made.content.decode()
    assert clerk.post(page + "approve/").status_code == 403
    assert (
        client_for(world.at_matsudo.administrator).get(page.replace("chiba-shi", "matsudo-shi")).status_code
        == 404
    )
    assert "承認して削除する" in chief.get(page).content.decode()
    chief.post(page + "approve/")
    with acting_in(world.chiba) as now:
        (waiting,) = RetentionRun.objects.filter(state="approved")
        keeping.run_batch(actor=Actor.system(world.chiba), now=now, run=waiting, below=None)
        assert not Application.objects.filter(pk=old.pk).exists()
    assert "完了" in chief.get(page).content.decode()


def test_A28_other_systems_hear_of_bulk_acts_as_of_single_ones(
    procedure: Any, staff: Any, in_chiba: datetime, settings: Any
) -> None:
    settings.MOYAI_DEMO = True
    settings.MOYAI_WEBHOOK_INSIDE = ["127.0.0.1:9"]
    hooks.add_webhook(
        actor=staff["administrator"],
        now=in_chiba,
        name="連携先",
        url="http://127.0.0.1:9/",
        kinds=["applications.status_changed"],
    )
    ids = [apply(actor=staff["resident"], now=in_chiba, procedure=procedure).pk for _ in range(2)]
    accept_many(actor=staff["clerk"], now=in_chiba, application_ids=ids)
    told = [
        (row.about_id, row.payload["facts"]["status"])
        for row in Delivery.objects.filter(body=procedure.body).order_by("id")
    ]
    assert told == [(pk, "reviewing") for pk in ids]


def test_A28_the_list_of_procedures_costs_the_same_for_any_number(world: Any, client: Client) -> None:
    def cost(number: int) -> int:
        with acting_in(world.chiba) as now:
            for at in range(3):
                make_procedure(
                    actor=world.actor(world.at_chiba.administrator, world.chiba),
                    now=now,
                    code=f"p{number}{at}",
                )
        client.get(f"{API}/procedures")
        with CaptureQueriesContext(connection) as queries:
            listed = client.get(f"{API}/procedures").json()
        assert {one["code"]: one["edition"] for one in listed}[f"p{number}0"] == 1
        return len(queries)

    assert cost(1) == cost(2)


def test_attack_A15_a_key_cannot_ask_with_what_no_column_holds(world: Any, client: Client) -> None:
    ours = key_for(world.at_chiba.clerk, world.chiba, "applications.export")
    good = {"procedure": "juminhyo", "purpose": "連携", "rows_of": ""}
    for name in good:
        wish = good | {name: "a\x00"}
        answer = client.post("/api/staff/exports", wish, content_type="application/json", headers=ours)
        assert answer.status_code == 422 and name in answer.json()["error"]["fields"]
