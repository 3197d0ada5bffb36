"""Coming in: by link, by password and second factor, and what does not let anyone in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from moyai.audit.public import CouncilDeed
from moyai.people.jobs import send_link
from moyai.people.links import code_of, url_of
from moyai.people.models import Account, Link
from moyai.tenants.public import clock

HANAKO = "hanako@resident.example"
PASSWORD = "moyai-no-tame-ni"


def _ask(client: Client, email: str = HANAKO, next_path: str = "") -> Link:
    answer = client.post("/signin/", {"email": email, "next": next_path})
    assert answer["Location"] == "/signin/sent/"
    return Link.objects.order_by("-id")[0]


def _path(link: Link) -> str:
    return url_of(link).removeprefix("http://testserver")


def _in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_a_resident_comes_in_by_the_link_and_it_counts_once(client: Client, world: Any) -> None:
    link = _ask(client, " Ｈanako@Resident.example ")
    assert client.get(_path(link)).status_code == 200
    assert client.get(_path(link)).status_code == 200, (
        "looking at the page, as a scanner does, uses nothing up"
    )
    assert not _in(client)
    assert client.post(_path(link))["Location"] == "/account/choose/"
    assert _in(client)
    again = Client()
    assert again.get(_path(link)).status_code == 410
    assert again.post(_path(link), {"code": code_of(link)}).status_code == 410
    assert not _in(again)
    deed = CouncilDeed.objects.get(verb="people.sign_in", account_id=world.resident.pk)
    assert (deed.reason, deed.thing_kind, deed.detail) == ("link", "people.account", {})


def test_another_browser_needs_the_digits_as_well(client: Client, world: Any) -> None:
    link = _ask(client)
    other = Client()
    page = other.get(_path(link)).content.decode()
    assert "確認番号" in page and code_of(link) not in page
    assert other.post(_path(link)).status_code == 422
    wrong = f"{(int(code_of(link)) + 1) % 1_000_000:06d}"
    assert other.post(_path(link), {"code": wrong}).status_code == 422
    assert not _in(other)
    assert other.post(_path(link), {"code": code_of(link)}).status_code == 302
    assert _in(other)
    assert client.post("/signin/sent/", {"code": code_of(link)}).status_code == 410


def test_the_digits_alone_do_in_the_browser_that_asked(client: Client, world: Any) -> None:
    link = _ask(client)
    code = code_of(link)
    assert client.post("/signin/sent/", {"code": f"{code[:3]} {code[3:]}"}).status_code == 302
    assert _in(client)
    assert Client().post("/signin/sent/", {"code": code})["Location"] == "/signin/"


def test_five_wrong_digits_end_the_link(client: Client, world: Any) -> None:
    link = _ask(client)
    wrong = f"{(int(code_of(link)) + 1) % 1_000_000:06d}"
    for _n in range(5):
        assert client.post("/signin/sent/", {"code": wrong}).status_code == 422
    assert client.post("/signin/sent/", {"code": code_of(link)}).status_code == 410
    assert client.post(_path(link)).status_code == 410
    assert not _in(client)


def test_a_link_ends_after_fifteen_minutes(client: Client, world: Any, at_noon: datetime) -> None:
    link = _ask(client)
    with clock.at(at_noon + timedelta(minutes=14, seconds=59)):
        assert client.get(_path(link)).status_code == 200
    with clock.at(at_noon + timedelta(minutes=15)):
        assert client.get(_path(link)).status_code == 410
        assert client.post(_path(link)).status_code == 410
        assert client.post("/signin/sent/", {"code": code_of(link)}).status_code == 410
    assert not _in(client)


def test_nothing_that_lets_in_is_kept_in_clear(client: Client, world: Any) -> None:
    link = _ask(client)
    token, digits = _path(link).rstrip("/").rsplit("/", 1)[1], code_of(link)
    kept = [str(value) for value in Link.objects.filter(pk=link.pk).values_list().get()]
    assert token not in kept and digits not in kept
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT args::text FROM procrastinate_jobs WHERE task_name = 'people.send_link'")
        assert [row[0] for row in cursor.fetchall()][-1].count(token) == 0


def test_an_unknown_address_gets_the_same_answer_and_an_account_only_when_used(
    client: Client, world: Any
) -> None:
    known, unknown = Client(), Client()
    before = Account.objects.count()
    _ask(known, HANAKO)
    link = _ask(unknown, "new@resident.example")
    assert Account.objects.count() == before
    differing = r"hanako|new|csrf[^>]+|/signin/link/[^\"]+|\d{6}|[A-Z2-9]{4}-[A-Z2-9]{4}"

    def clean(asked: Client) -> str:
        return re.sub(differing, "", asked.get("/signin/sent/").content.decode())

    assert clean(known) == clean(unknown)
    assert unknown.post(_path(link)).status_code == 302
    made = Account.objects.get(email="new@resident.example")
    assert (made.is_staff_account, made.has_usable_password()) == (False, False)


def test_a_link_lets_no_staff_in(client: Client, world: Any) -> None:
    link = _ask(client, world.at_chiba.clerk.email)
    assert client.post(_path(link)).status_code == 403
    assert not _in(client)
    assert CouncilDeed.objects.filter(verb="people.sign_in").count() == 0


def test_a_closed_account_does_not_come_in(client: Client, world: Any) -> None:
    link = _ask(client)
    Account.objects.filter(email=HANAKO).update(is_active=False)
    assert client.post(_path(link)).status_code == 403
    assert not _in(client)


def test_links_are_asked_five_times_an_hour(client: Client, world: Any) -> None:
    for _n in range(5):
        _ask(client)
    answer = client.post("/signin/", {"email": HANAKO})
    assert answer.status_code == 429
    assert re.search(r"午[前後]\d+時\d+分まで", answer.content.decode())
    assert Link.objects.count() == 5
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    _ask(elsewhere)


def test_the_mail_carries_link_and_digits_in_the_readers_language(
    client: Client, world: Any, settings: Any
) -> None:
    settings.MOYAI_SMTP_URL = "smtp://localhost"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    link = _ask(client)
    assert code_of(link) not in client.get("/signin/sent/").content.decode()
    send_link(link_id=link.pk, now=link.asked_at)
    assert mail.outbox[0].to == [HANAKO]
    assert mail.outbox[0].subject == "【もやい】ログイン用のリンク"
    assert url_of(link) in mail.outbox[0].body and code_of(link) in mail.outbox[0].body
    client.post("/en/signin/", {"email": HANAKO})
    english = Link.objects.order_by("-id")[0]
    assert "/en/signin/link/" in url_of(english)
    send_link(link_id=english.pk, now=english.asked_at)
    assert re.fullmatch(r"[\x20-\x7e]+", mail.outbox[1].subject)
    Link.objects.filter(pk=link.pk).update(used_at=link.asked_at)
    send_link(link_id=link.pk, now=link.asked_at)
    send_link(link_id=english.pk, now=english.expires_at)
    assert len(mail.outbox) == 2, "a used or expired link is not worth a mail"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "/\t/evil.example"]
)
def test_no_sign_in_leads_to_another_host(client: Client, world: Any, target: str) -> None:
    link = _ask(client, next_path=target)
    assert client.post(_path(link))["Location"] == "/account/choose/"
    assert client.get("/signin/", {"next": target})["Location"] == "/account/choose/"
    staff = Client()
    answer = staff.post(
        "/signin/staff/", {"email": world.at_chiba.clerk.email, "password": PASSWORD, "next": target}
    )
    assert answer["Location"] == "/account/setup/"


def test_a_path_on_this_host_is_returned_to(client: Client, world: Any) -> None:
    link = _ask(client, next_path="/chiba-shi/?a=1")
    assert client.post(_path(link))["Location"] == "/chiba-shi/?a=1"


# --- staff ------------------------------------------------------------------------------------------


def _password(client: Client, account: Account, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/signin/staff/", {"email": account.email, "password": password, **more})


def test_staff_come_in_by_password_and_code(
    client: Client, with_app: Account, at_noon: datetime, code_at: Callable[[datetime], str]
) -> None:
    answer = _password(client, with_app, next="/chiba-shi/office/people/")
    assert answer["Location"] == "/signin/second/?next=%2Fchiba-shi%2Foffice%2Fpeople%2F"
    assert not _in(client), "the password alone opens nothing"
    answer = client.post("/signin/second/", {"code": code_at(at_noon), "next": "/chiba-shi/office/people/"})
    assert answer["Location"] == "/chiba-shi/office/people/"
    assert client.get("/chiba-shi/office/people/").status_code == 200
    assert CouncilDeed.objects.get(verb="people.sign_in", account_id=with_app.pk).reason == "app"


def test_a_code_counts_once(with_app: Account, at_noon: datetime, code_at: Callable[[datetime], str]) -> None:
    first, second = Client(), Client()
    for client in (first, second):
        _password(client, with_app)
    assert first.post("/signin/second/", {"code": code_at(at_noon)}).status_code == 302
    assert second.post("/signin/second/", {"code": code_at(at_noon)}).status_code == 422
    assert (_in(first), _in(second)) == (True, False)
    with clock.at(at_noon + timedelta(seconds=30)):
        later = code_at(at_noon + timedelta(seconds=30))
        assert second.post("/signin/second/", {"code": later}).status_code == 302


def test_the_session_gets_a_new_key_at_each_step(
    client: Client, with_app: Account, at_noon: datetime, code_at: Callable[[datetime], str]
) -> None:
    name = settings.SESSION_COOKIE_NAME
    session = client.session
    session["planted"] = "by a stranger"
    session.save()
    keys = [session.session_key]
    client.cookies[name] = session.session_key
    _password(client, with_app)
    keys.append(client.cookies[name].value)
    client.post("/signin/second/", {"code": code_at(at_noon)})
    keys.append(client.cookies[name].value)
    assert len(set(keys)) == 3
    thief = Client()
    for key in keys[:2]:
        thief.cookies[name] = key
        assert not _in(thief)


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(world: Any) -> None:
    answers = [
        Client().post("/signin/staff/", {"email": email, "password": "wrong-wrong-wrong"})
        for email in (world.at_chiba.clerk.email, "nobody@chiba-shi.example", HANAKO)
    ]
    assert {answer.status_code for answer in answers} == {422}
    for answer in answers:
        assert "メールアドレスまたはパスワードが違います。" in answer.content.decode()
    failed = CouncilDeed.objects.filter(verb="people.sign_in_failed")
    assert failed.count() == 3 and not failed.exclude(detail={}).exists()


def test_an_unknown_address_costs_the_same_work(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth.hashers import MD5PasswordHasher

    work: list[str] = []
    real = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher,
        "encode",
        lambda self, password, salt: work.append(password) or real(self, password, salt),
    )
    counts = []
    for email in (world.at_chiba.clerk.email, "nobody@chiba-shi.example", HANAKO):
        work.clear()
        Client().post("/signin/staff/", {"email": email, "password": "wrong-wrong-wrong"})
        counts.append(len(work))
    assert counts == [1, 1, 1]


def test_five_wrong_passwords_lock_the_guesser_and_not_the_owner(world: Any, with_app: Account) -> None:
    guesser, owner = Client(REMOTE_ADDR="198.51.100.66"), Client(REMOTE_ADDR="192.0.2.10")
    for _n in range(5):
        assert _password(guesser, with_app, "wrong-wrong-wrong").status_code == 422
    assert _password(guesser, with_app, PASSWORD).status_code == 429, "even the right one, from there"
    assert _password(owner, with_app)["Location"].startswith("/signin/second/")
    other_address = guesser.post("/signin/staff/", {"email": "x@y.example", "password": "wrong-wrong"})
    assert other_address.status_code == 422, "other accounts from there are not locked with it"


def test_five_wrong_codes_lock_the_second_factor(
    client: Client, with_app: Account, at_noon: datetime
) -> None:
    _password(client, with_app)
    for _n in range(5):
        assert client.post("/signin/second/", {"code": "000000"}).status_code == 422
    assert client.post("/signin/second/", {"code": "000000"}).status_code == 429
    assert not _in(client)


def test_a_right_password_waits_ten_minutes_for_the_second_factor(
    client: Client, with_app: Account, at_noon: datetime, code_at: Callable[[datetime], str]
) -> None:
    _password(client, with_app)
    later = at_noon + timedelta(minutes=10)
    with clock.at(later):
        answer = client.post("/signin/second/", {"code": code_at(later)})
    assert answer["Location"] == "/signin/staff/"
    assert not _in(client)


def test_a_recovery_code_counts_once(client: Client, with_app: Account) -> None:
    from moyai.people.factors import codes_left, renew_codes

    code = renew_codes(with_app)[3]
    _password(client, with_app)
    assert client.post("/signin/second/", {"code": f"{code[:4]} {code[4:]}"}).status_code == 302
    assert codes_left(with_app) == 9
    again = Client()
    _password(again, with_app)
    assert again.post("/signin/second/", {"code": code}).status_code == 422
    assert not _in(again)


def test_a_foreign_passkey_lets_no_one_in(client: Client, world: Any) -> None:
    assert "challenge" in str(client.get("/signin/passkey/").json()["request_options"])
    for credential in (
        "",
        "{}",
        "[]",
        "1",
        '{"response": {"userHandle": "MQ"}}',
        '{"id": "x", "rawId": "x", "type": "public-key", "response": {"userHandle": "MQ",'
        ' "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA"}}',
    ):
        answer = client.post("/signin/passkey/", {"credential": credential})
        assert answer["Location"] == "/signin/", credential
    assert not _in(client)


def test_leaving_takes_a_button(client_for: Callable[[Any], Client], world: Any) -> None:
    clerk = client_for(world.at_chiba.clerk)
    assert clerk.get("/signout/").status_code == 200
    assert _in(clerk)
    assert clerk.post("/signout/")["Location"] == "/signin/staff/"
    assert not _in(clerk)


def test_forms_are_refused_without_their_token(world: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    for path in ("/signin/", "/signin/staff/", "/signin/passkey/", "/signin/sent/"):
        assert strict.post(path, {"email": HANAKO}).status_code == 403
    assert Link.objects.count() == 0


def test_no_page_of_the_library_is_reachable(client: Client) -> None:
    for path in (
        "/accounts/login/",
        "/accounts/signup/",
        "/login/",
        "/signup/",
        "/email/",
        "/password/reset/",
        "/mfa/",
        "/2fa/",
        "/accounts/2fa/",
    ):
        assert client.get(path).status_code == 404
    from django.urls import NoReverseMatch, reverse

    for name in ("account_login", "account_signup", "account_email", "mfa_index", "mfa_activate_totp"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_words_are_english_in_english(client: Client) -> None:
    page = client.get("/en/signin/staff/").content.decode()
    assert "Staff sign-in" in page


def test_who_is_signed_in_is_shown_the_ways_in_only_to_come_in_with_another_account(
    client_for: Callable[[Any], Client], world: Any
) -> None:
    hers = client_for(world.resident)
    assert hers.get("/signin/", {"next": "/chiba-shi/"})["Location"] == "/chiba-shi/"
    shown = hers.get("/signin/", {"next": "/chiba-shi/", "other": "1"})
    assert shown.status_code == 200
    assert 'name="next" value="/chiba-shi/"' in shown.content.decode()
