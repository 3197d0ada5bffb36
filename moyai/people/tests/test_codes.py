"""Six digits by mail for people without an account."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from moyai.audit.public import Deed
from moyai.people.jobs import send_code, sweep
from moyai.people.links import digits_of
from moyai.people.models import MailCode
from moyai.people.public import TooManyTries, ask_code, check_code, shown_digits
from moyai.people.throttle import visit_from
from moyai.tenants.public import Actor

MAIL = "taro@resident.example"


@pytest.fixture
def someone(world: Any) -> Actor:
    return Actor.anyone(world.chiba)


def _ask(actor: Actor, now: datetime, key: str = "7", email: str = MAIL) -> MailCode:
    return ask_code(actor=actor, now=now, email=email, purpose="applications.submit", key=key)


def _check(actor: Actor, now: datetime, typed: str, key: str = "7", **more: str) -> bool:
    asked = {"email": MAIL, "purpose": "applications.submit"} | more
    return check_code(actor=actor, now=now, key=key, typed=typed, **asked)


def _wrong(code: MailCode) -> str:
    return f"{(int(digits_of(code)) + 1) % 1_000_000:06d}"


def test_the_digits_count_once_in_any_tab(someone: Actor, in_chiba: datetime) -> None:
    code = _ask(someone, in_chiba, email=" Ｔaro@Resident.example")
    digits = digits_of(code)
    assert _check(someone, in_chiba, f"{digits[:3]} {digits[3:]}")
    assert not _check(someone, in_chiba, digits), "used up"
    assert Deed.objects.get(verb="people.confirm_mail").detail == {}


def test_digits_of_one_draft_purpose_or_address_open_no_other(someone: Actor, in_chiba: datetime) -> None:
    digits = digits_of(_ask(someone, in_chiba))
    assert not _check(someone, in_chiba, digits, key="8")
    assert not _check(someone, in_chiba, digits, purpose="applications.mandate")
    assert not _check(someone, in_chiba, digits, email="other@resident.example")
    assert _check(someone, in_chiba, digits), "and they still count where they belong"


def test_they_end_after_fifteen_minutes(someone: Actor, in_chiba: datetime) -> None:
    code = _ask(someone, in_chiba)
    assert not _check(someone, in_chiba + timedelta(minutes=15), digits_of(code))
    assert _check(someone, in_chiba + timedelta(minutes=14, seconds=59), digits_of(code))


def test_a_second_mail_leaves_the_first_open_and_one_use_ends_both(
    someone: Actor, in_chiba: datetime
) -> None:
    first, second = _ask(someone, in_chiba), _ask(someone, in_chiba)
    assert _check(someone, in_chiba, digits_of(first))
    assert not _check(someone, in_chiba, digits_of(second))


def test_five_wrong_digits_from_many_networks_end_the_mail(someone: Actor, in_chiba: datetime) -> None:
    code = _ask(someone, in_chiba)
    for number in range(5):
        with visit_from(f"198.51.100.{number}"):
            assert not _check(someone, in_chiba, _wrong(code))
    assert not _check(someone, in_chiba, digits_of(code))


def test_one_network_guesses_five_times(someone: Actor, in_chiba: datetime) -> None:
    code = _ask(someone, in_chiba)
    for _n in range(5):
        assert not _check(someone, in_chiba, _wrong(code))
    with pytest.raises(TooManyTries):
        _check(someone, in_chiba, digits_of(code))


def test_mails_are_asked_five_times_an_hour(someone: Actor, in_chiba: datetime) -> None:
    for number in range(5):
        _ask(someone, in_chiba, key=str(number))
    with pytest.raises(TooManyTries):
        _ask(someone, in_chiba, key="another")
    assert MailCode.objects.count() == 5


def test_nothing_that_opens_is_kept_in_clear(someone: Actor, in_chiba: datetime) -> None:
    code = _ask(someone, in_chiba)
    kept = " ".join(str(value) for value in MailCode.objects.filter(pk=code.pk).values_list()[0])
    assert digits_of(code) not in kept and "applications.submit\n7" not in kept
    with connection.cursor() as cursor:
        cursor.execute("SELECT args::text FROM procrastinate_jobs WHERE task_name = 'people.send_code'")
        assert MAIL not in str(cursor.fetchall())


def test_the_mail_carries_the_digits_and_the_page_does_not(
    someone: Actor, in_chiba: datetime, settings: Any
) -> None:
    code = _ask(someone, in_chiba)
    assert shown_digits(code) == digits_of(code), "a training installation that sends no mail"
    settings.MOYAI_SMTP_URL = "smtp://localhost"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert shown_digits(code) == ""
    send_code(code_id=code.pk, now=in_chiba)
    assert mail.outbox[0].to == [MAIL]
    assert mail.outbox[0].subject == "【千葉市】メールアドレスの確認番号"
    assert digits_of(code) in mail.outbox[0].body
    MailCode.objects.filter(pk=code.pk).update(used_at=in_chiba)
    send_code(code_id=code.pk, now=in_chiba)
    assert len(mail.outbox) == 1, "used digits are not worth a mail"


def test_the_address_goes_with_the_night(someone: Actor, in_chiba: datetime) -> None:
    code = _ask(someone, in_chiba)
    sweep(now=in_chiba)
    assert MailCode.objects.filter(pk=code.pk).exists()
    sweep(now=in_chiba + timedelta(minutes=16))
    assert not MailCode.objects.filter(pk=code.pk).exists()
