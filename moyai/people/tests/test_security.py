"""Changing how one signs in, and inviting, ending and resetting others."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from moyai.audit.public import CouncilDeed, Deed, reasons_of
from moyai.people.factors import keep_app, key_of
from moyai.people.links import url_of
from moyai.people.models import Account, Link, Membership
from moyai.people.rules import totp_code, totp_step
from moyai.people.testing import sign_in_for_tests
from moyai.tenants.public import Role, acting_in, clock

NEW = "つながりのない四つの言葉を並べる"


def _manager(client_for: Callable[[Any], Client], world: Any) -> Client:
    return client_for(world.at_chiba.administrator)


def _path(link: Link) -> str:
    return url_of(link).removeprefix("http://testserver")


def _invite(client: Client, **more: str) -> Any:
    answers = {
        "email": "new@chiba-shi.example",
        "name": "伊藤 新",
        "kana": "イトウ アラタ",
        "role": "clerk",
        "from_on": "2026-04-01",
        "until_on": "",
    }
    return client.post("/chiba-shi/office/people/invite/", answers | more)


def _member_url(account: Account) -> str:
    return f"/chiba-shi/office/people/{Membership.objects.get(account=account).pk}/"


# --- oneself ----------------------------------------------------------------------------------------


def test_changing_ways_to_sign_in_asks_again_after_fifteen_minutes(
    client: Client, world: Any, at_noon: datetime
) -> None:
    clerk = world.at_chiba.clerk
    keep_app(clerk, base64.b32encode(b"x" * 20).decode())
    sign_in_for_tests(client, clerk)
    with clock.at(at_noon + timedelta(minutes=15)):
        for path in ("/account/app/", "/account/codes/", "/account/password/", "/account/passkeys/add/"):
            assert client.get(path)["Location"].startswith("/signin/again/?next="), path
        client.post("/account/codes/")
        assert not Authenticator.objects.filter(type="recovery_codes").exists()
        assert client.post("/signin/again/", {"password": "wrong-wrong-wrong"}).status_code == 422
        answer = client.post("/signin/again/", {"password": "moyai-no-tame-ni", "next": "/account/codes/"})
        assert answer["Location"] == "/account/codes/"
        assert client.get("/account/codes/").status_code == 200


def test_a_half_signed_in_browser_changes_nothing(client: Client, with_app: Account) -> None:
    """Password known, second factor not: a thief of passwords cannot enrol an own device."""
    sign_in_for_tests(client, with_app, second_factor=False)
    for path in ("/account/app/", "/account/codes/", "/account/password/", "/account/passkeys/add/"):
        assert client.get(path)["Location"].startswith("/signin/second/"), path
        assert client.post(path, {"code": "000000", "password": NEW}).status_code == 302
    assert Authenticator.objects.filter(user=with_app).count() == 1
    with_app.refresh_from_db()
    assert with_app.check_password("moyai-no-tame-ni")


def test_staff_set_up_the_app_and_are_in(client: Client, world: Any, at_noon: datetime) -> None:
    clerk = world.at_chiba.clerk
    client.post("/signin/staff/", {"email": clerk.email, "password": "moyai-no-tame-ni"})
    page = client.get("/account/app/").content.decode()
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert secret is not None and "data:image/svg+xml" in page
    key = key_of(secret[1].replace(" ", ""))
    assert client.post("/account/app/", {"code": "000000"}).status_code == 422
    assert client.get("/chiba-shi/office/people/").status_code == 302
    code = totp_code(key, totp_step(at_noon.timestamp()))
    assert client.post("/account/app/", {"code": code})["Location"] == "/account/codes/"
    assert client.get("/chiba-shi/office/people/").status_code == 200
    stored = Authenticator.objects.get(user=clerk, type="totp").data["secret"]
    assert secret[1].replace(" ", "") not in stored, "secrets rest encrypted"
    shown = client.post("/account/codes/").content.decode()
    assert len(set(re.findall(r"\b\d{4} \d{4}\b", shown))) == 10
    assert not re.findall(r"\b\d{4} \d{4}\b", client.get("/account/codes/").content.decode())


def test_staff_keep_at_least_one_second_factor(client: Client, with_app: Account) -> None:
    sign_in_for_tests(client, with_app)
    factor = Authenticator.objects.get(user=with_app)
    assert client.get(f"/account/factors/{factor.pk}/remove/").status_code == 200
    assert client.post(f"/account/factors/{factor.pk}/remove/").status_code == 409
    assert Authenticator.objects.filter(pk=factor.pk).exists()


def test_nobody_removes_anothers_factor(
    client_for: Callable[[Any], Client], world: Any, with_app: Account
) -> None:
    factor = Authenticator.objects.get(user=with_app)
    other = client_for(world.at_chiba.second_clerk)
    assert other.post(f"/account/factors/{factor.pk}/remove/").status_code == 404
    assert Authenticator.objects.filter(pk=factor.pk).exists()


def test_a_new_password_ends_other_sessions_and_keeps_this_one(world: Any) -> None:
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        sign_in_for_tests(client, world.at_chiba.clerk)
    assert here.post("/account/password/", {"password": "short"}).status_code == 422
    assert here.post("/account/password/", {"password": NEW}).status_code == 302
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


@pytest.mark.parametrize("password", ["みじかい", "clerk-clerk-clerk", "11111111111", "1234567890123"[:11]])
def test_weak_passwords_are_refused(client_for: Callable[[Any], Client], world: Any, password: str) -> None:
    clerk = client_for(world.at_chiba.clerk)
    assert clerk.post("/account/password/", {"password": password}).status_code == 422
    world.at_chiba.clerk.refresh_from_db()
    assert world.at_chiba.clerk.check_password("moyai-no-tame-ni")


def test_signing_out_elsewhere_keeps_this_browser(world: Any) -> None:
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        sign_in_for_tests(client, world.resident)
    assert here.post("/account/elsewhere/").status_code == 302
    assert (here.get("/account/").status_code, elsewhere.get("/account/").status_code) == (200, 302)


def test_residents_change_their_name_exactly_as_given(
    client_for: Callable[[Any], Client], world: Any
) -> None:
    resident = client_for(world.resident)
    assert resident.post("/account/profile/", {"name": "髙橋 﨑", "kana": "ﾀｶﾊｼ"}).status_code == 302
    world.resident.refresh_from_db()
    assert (world.resident.name, world.resident.kana) == ("髙橋 﨑", "タカハシ")


def test_residents_have_no_password_and_no_app(client_for: Callable[[Any], Client], world: Any) -> None:
    resident = client_for(world.resident)
    assert resident.get("/account/password/").status_code == 404
    assert resident.get("/account/app/").status_code == 404
    assert resident.post("/account/password/", {"password": NEW}).status_code == 404
    world.resident.refresh_from_db()
    assert not world.resident.is_staff_account


# --- others -----------------------------------------------------------------------------------------


def test_an_invited_clerk_sets_password_and_second_factor_and_works(
    client_for: Callable[[Any], Client], world: Any, at_noon: datetime
) -> None:
    manager = _manager(client_for, world)
    assert _invite(manager).status_code == 302
    account = Account.objects.get(email="new@chiba-shi.example")
    assert not account.is_staff_account
    link = Link.objects.get(account=account)
    assert link.expires_at == at_noon + timedelta(hours=72)
    new = Client()
    assert new.get(_path(link)).status_code == 200
    assert new.post(_path(link), {"password": "short"}).status_code == 422
    assert new.post(_path(link), {"password": NEW})["Location"].startswith("/account/setup/")
    assert new.get("/chiba-shi/office/people/").status_code == 302
    assert Client().get(_path(link)).status_code == 410
    assert Client().post(_path(link), {"password": NEW + "二"}).status_code == 410
    account.refresh_from_db()
    assert account.is_staff_account and account.check_password(NEW)
    with acting_in(world.chiba):
        assert Deed.objects.filter(verb="people.invite").count() == 1


def test_an_invitation_ends_after_three_days(
    client_for: Callable[[Any], Client], world: Any, at_noon: datetime
) -> None:
    _invite(_manager(client_for, world))
    link = Link.objects.get(purpose="invitation")
    with clock.at(at_noon + timedelta(hours=72)):
        assert Client().post(_path(link), {"password": NEW}).status_code == 410
    assert not Account.objects.get(email="new@chiba-shi.example").is_staff_account


def test_a_clerk_invites_and_ends_nobody(client_for: Callable[[Any], Client], world: Any) -> None:
    clerk = client_for(world.at_chiba.clerk)
    before = Membership.objects.count()
    assert _invite(clerk).status_code == 403
    url = _member_url(world.at_chiba.approver)
    for path in ("", "password/", "reset/"):
        assert clerk.post(url + path, {"until_on": "2026-04-01", "reason": "x"}).status_code == 403
    assert Membership.objects.count() == before
    assert not Membership.objects.filter(until_on__isnull=False).exists()
    assert not Account.objects.filter(email="new@chiba-shi.example").exists()


def test_an_administrator_gives_no_council_role(client_for: Callable[[Any], Client], world: Any) -> None:
    assert _invite(_manager(client_for, world), role="operator").status_code == 422
    assert not Account.objects.filter(email="new@chiba-shi.example").exists()


def test_an_administrator_reaches_no_other_bodys_people(
    client_for: Callable[[Any], Client], world: Any
) -> None:
    manager = _manager(client_for, world)
    theirs = Membership.objects.get(account=world.at_matsudo.clerk)
    council = Membership.objects.get(account=world.operator)
    for one in (theirs, council):
        url = f"/chiba-shi/office/people/{one.pk}/"
        assert manager.get(url).status_code == 404
        for path in ("", "password/", "reset/"):
            answer = manager.post(url + path, {"until_on": "2026-04-01", "reason": "x"})
            assert answer.status_code == 404
    theirs.refresh_from_db()
    assert theirs.until_on is None
    assert Link.objects.count() == 0
    page = manager.get("/chiba-shi/office/people/?email=clerk@matsudo-shi.example").content.decode()
    assert "matsudo-shi.example" not in page.partition("<main")[2].partition("</main>")[0]


def test_the_same_role_is_not_given_twice_for_a_day(
    client_for: Callable[[Any], Client], world: Any, at_noon: datetime
) -> None:
    manager = _manager(client_for, world)
    email = world.at_chiba.clerk.email
    assert _invite(manager, email=email, from_on="2030-04-01").status_code == 422
    assert _invite(manager, email=email, role="approver", until_on="2026-03-31").status_code == 422
    assert Membership.objects.filter(account=world.at_chiba.clerk).count() == 1
    assert _invite(manager, email=email, role="approver").status_code == 302
    assert Account.objects.get(email=email).name == "佐藤 一郎", "who has an account keeps the name"
    assert Link.objects.count() == 0, "who is staff already needs no link"


def test_a_role_ends_with_its_day_and_can_begin_again(
    client_for: Callable[[Any], Client], world: Any, at_noon: datetime
) -> None:
    manager, clerk = _manager(client_for, world), client_for(world.at_chiba.clerk)
    url = _member_url(world.at_chiba.clerk)
    assert manager.post(url, {"until_on": "2016-04-01"}).status_code == 422
    assert manager.post(url, {"until_on": "2026-04-02"}).status_code == 302
    assert clerk.get("/chiba-shi/office/people/").status_code == 200
    with clock.at(at_noon + timedelta(days=2)):
        assert clerk.get("/chiba-shi/office/people/").status_code == 404
        assert manager.post(url, {"until_on": "2026-05-01"}).status_code == 409
        assert _invite(manager, email=world.at_chiba.clerk.email, from_on="2026-04-03").status_code == 302
        assert clerk.get("/chiba-shi/office/people/").status_code == 200
    with acting_in(world.chiba):
        assert Deed.objects.filter(verb="people.end_role").count() == 1


def test_the_last_administrator_stays(client_for: Callable[[Any], Client], world: Any) -> None:
    manager = _manager(client_for, world)
    url = _member_url(world.at_chiba.administrator)
    assert manager.post(url, {"until_on": "2026-12-31"}).status_code == 422
    assert Membership.objects.get(account=world.at_chiba.administrator).until_on is None
    Membership.objects.create(
        account=world.at_chiba.clerk, body=world.chiba, role=Role.ADMINISTRATOR, from_on=date(2020, 4, 1)
    )
    assert manager.post(url, {"until_on": "2026-12-31"}).status_code == 302


def test_resetting_a_lost_device_takes_everything_and_mails_the_owner(
    client_for: Callable[[Any], Client], world: Any, with_app: Account
) -> None:
    manager, lost = _manager(client_for, world), client_for(with_app)
    url = _member_url(with_app) + "reset/"
    assert manager.post(url, {"reason": ""}).status_code == 422
    assert Authenticator.objects.filter(user=with_app).exists()
    assert manager.post(url, {"reason": "窓口で職員証を確認"}).status_code == 302
    with_app.refresh_from_db()
    assert not with_app.has_usable_password()
    assert not Authenticator.objects.filter(user=with_app).exists()
    assert lost.get("/account/").status_code == 302
    assert Link.objects.get(account=with_app).email == with_app.email
    with acting_in(world.chiba):
        deed = Deed.objects.get(verb="people.reset_factors")
        assert reasons_of([deed]) == {deed.pk: "窓口で職員証を確認"}


def test_who_works_elsewhere_too_is_reset_by_the_council_only(
    client_for: Callable[[Any], Client], world: Any, with_app: Account
) -> None:
    """An administrator of one body must not reach into the other body through a shared person."""
    Membership.objects.create(account=with_app, body=world.matsudo, role=Role.CLERK, from_on=date(2020, 4, 1))
    own = Membership.objects.get(account=with_app, body=world.chiba)
    url = f"/chiba-shi/office/people/{own.pk}/"
    manager = _manager(client_for, world)
    assert manager.post(url + "reset/", {"reason": "x"}).status_code == 403
    assert manager.post(url + "password/").status_code == 403
    assert Authenticator.objects.filter(user=with_app).exists()
    assert Link.objects.count() == 0
    council = client_for(world.secretary)
    found = council.get(f"/council/people/?email={with_app.email}").content.decode()
    assert f"/council/people/{own.pk}/" in found
    assert council.post(f"/council/people/{own.pk}/reset/", {"reason": "電話で確認"}).status_code == 302
    assert not Authenticator.objects.filter(user=with_app).exists()


def test_the_council_gives_council_roles_only(client_for: Callable[[Any], Client], world: Any) -> None:
    council = client_for(world.secretary)
    answers = {"email": "n@council.example", "name": "監 次", "from_on": "2026-04-01", "until_on": ""}
    assert council.post("/council/people/invite/", answers | {"role": "administrator"}).status_code == 422
    assert council.post("/council/people/invite/", answers | {"role": "auditor"}).status_code == 302
    one = Membership.objects.get(account__email="n@council.example")
    assert (one.body, one.role) == (None, "auditor")
    assert CouncilDeed.objects.filter(verb="people.invite").count() == 1
    own = Membership.objects.get(account=world.at_chiba.clerk)
    council.post(f"/council/people/{own.pk}/", {"until_on": "2026-04-01"})
    own.refresh_from_db()
    assert own.until_on is None, "a body's roles are ended by the body"


def test_an_auditor_manages_nobody(client_for: Callable[[Any], Client], world: Any) -> None:
    auditor = client_for(world.auditor)
    assert auditor.get("/council/people/").status_code == 200
    assert auditor.get("/council/people/invite/").status_code == 403


def test_choosing_leads_to_the_one_place_or_lists_them(
    client_for: Callable[[Any], Client], world: Any
) -> None:
    assert client_for(world.at_chiba.clerk).get("/account/choose/")["Location"] == "/chiba-shi/office/"
    assert client_for(world.secretary).get("/account/choose/")["Location"] == "/council/"
    assert client_for(world.resident).get("/account/choose/")["Location"] == "/account/"
    Membership.objects.create(
        account=world.secretary, body=world.matsudo, role=Role.CLERK, from_on=date(2020, 4, 1)
    )
    page = client_for(world.secretary).get("/account/choose/").content.decode()
    assert "/council/" in page and "/matsudo-shi/office/" in page and "/chiba-shi/" not in page


def test_the_sweep_takes_what_has_run_out_and_nothing_else(world: Any, at_noon: datetime) -> None:
    from moyai.people.jobs import sweep
    from moyai.people.links import make_link
    from moyai.people.models import Throttle

    make_link(
        purpose=Link.Purpose.SIGN_IN, email="a@b.example", now=at_noon - timedelta(days=8), origin="http://x"
    )
    kept = make_link(purpose=Link.Purpose.SIGN_IN, email="a@b.example", now=at_noon, origin="http://x")
    Throttle.objects.create(key_hash="old", kind="k", count=1, until_at=at_noon - timedelta(minutes=1))
    Throttle.objects.create(key_hash="new", kind="k", count=1, until_at=at_noon + timedelta(minutes=1))
    sweep(now=at_noon)
    assert list(Link.objects.values_list("pk", flat=True)) == [kept.pk]
    assert list(Throttle.objects.values_list("key_hash", flat=True)) == ["new"]


def test_the_training_council_can_be_loaded_twice_and_its_codes_are_shown(
    world: Any, capsys: pytest.CaptureFixture[str], settings: Any
) -> None:
    from argparse import ArgumentParser

    from moyai.people.commands import add_commands
    from moyai.people.demo import demo_secret, load_demo_people

    for _n in range(2):
        made = load_demo_people([world.chiba, world.matsudo])
    assert len(made) == 9
    assert Membership.objects.filter(account__email="clerk@chiba-shi.example").count() == 1
    parser = ArgumentParser()
    add_commands(parser.add_subparsers())

    def run(*words: str) -> int:
        args = parser.parse_args(words)
        return int(args.run(args))

    assert run("people", "code", "clerk@chiba-shi.example") == 0
    code = capsys.readouterr().out.strip()
    step = totp_step(clock.now().timestamp())
    key = key_of(demo_secret("clerk@chiba-shi.example"))
    assert code in {totp_code(key, step), totp_code(key, step - 1)}
    settings.MOYAI_DEMO = False
    assert run("people", "code", "clerk@chiba-shi.example") == 1
    assert run("people", "list", "--body", "chiba-shi") == 0
    assert "clerk@chiba-shi.example" in capsys.readouterr().out
    added = (
        "people",
        "add-staff",
        "a@chiba-shi.example",
        "--name",
        "新 人",
        "--body",
        "chiba-shi",
        "--role",
        "clerk",
    )
    assert run(*added) == 0
    assert "/signin/start/" in capsys.readouterr().out
    assert run(*added) == 1
    assert run("people", "link", "clerk@chiba-shi.example") == 0
    assert run("people", "link", "nobody@chiba-shi.example") == 1
