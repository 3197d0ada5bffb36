"""Sign-in by an identity provider: what is believed, what is not, and whose account it opens."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from joserfc import jwk

from moyai.audit.public import CouncilDeed
from moyai.people.models import Account, Identity
from moyai.people.oidc import client as oidc_client
from moyai.people.tests.oidc_peer import (
    BACK,
    START,
    Peer,
    go,
    is_in,
    provider_of,
    sign_in,
)


def test_the_sign_in_page_offers_the_provider(client: Client, peer: Peer) -> None:
    page = client.get("/signin/", {"next": "/chiba-shi/mypage/"}).content.decode()
    assert "もやいIDでログインする" in page
    assert f'href="{START}?next=%2Fchiba-shi%2Fmypage%2F"' in page
    assert "もやいID" not in client.get("/signin/staff/").content.decode(), "this one is not for staff"


def test_a_new_person_gets_an_account_and_comes_back_to_it(client: Client, peer: Peer) -> None:
    peer.claims |= {"name": "千葉 太郎", "email": "taro@id.example", "email_verified": True}
    assert sign_in(client, peer, "/chiba-shi/mypage/")["Location"] == "/chiba-shi/mypage/"
    assert is_in(client)
    identity = Identity.objects.get(subject="s-1")
    account = identity.account
    assert (identity.issuer, identity.acr) == (peer.issuer, "aal2")
    assert (account.email, account.name, account.is_staff_account) == ("taro@id.example", "千葉 太郎", False)
    assert not account.has_usable_password()
    assert CouncilDeed.objects.get(verb="people.sign_in", account_id=account.pk).reason == "oidc"
    again = Client()
    sign_in(again, peer)
    assert is_in(again)
    assert Identity.objects.count() == 1 and Account.objects.filter(email="taro@id.example").count() == 1


def test_the_assurance_is_kept_with_the_session(client: Client, peer: Peer) -> None:
    from moyai.people.session import PROVIDER

    sign_in(client, peer)
    assert client.session[PROVIDER] == ["test", "resident", "aal2"]


def test_the_question_carries_everything_and_is_never_the_same(client: Client, peer: Peer) -> None:
    asked = [parse_qs(urlsplit(client.get(START)["Location"]).query) for _n in range(2)]
    for query in asked:
        assert query["redirect_uri"] == ["http://testserver/signin/with/test/back/"]
        assert query["scope"] == ["openid profile email"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[0][name][0]) >= 32 and asked[0][name] != asked[1][name]
    english = parse_qs(urlsplit(client.get(f"/en{START}")["Location"]).query)
    assert english["redirect_uri"] == ["http://testserver/signin/with/test/back/"]


# --- attacks ----------------------------------------------------------------------------------------


def _refused(client: Client, path: str) -> None:
    before = (Account.objects.count(), Identity.objects.count())
    answer = client.get(path)
    assert answer.status_code == 302 and answer["Location"].startswith("/signin/")
    assert "/enter/" not in answer["Location"]
    assert client.get("/signin/with/test/enter/")["Location"] == "/signin/"
    assert not is_in(client)
    assert (Account.objects.count(), Identity.objects.count()) == before


def test_a_wrong_state_lets_nobody_in(client: Client, peer: Peer) -> None:
    path = go(client, peer)
    state = parse_qs(urlsplit(path).query)["state"][0]
    _refused(client, path.replace(state, state[:-1] + ("A" if state[-1] != "A" else "B")))


def test_a_strangers_answer_is_not_taken_in_another_browser(client: Client, peer: Peer) -> None:
    """Login CSRF: an attacker's own code in the victim's browser."""
    _refused(Client(), go(client, peer))


def test_an_answer_counts_once(client: Client, peer: Peer) -> None:
    path = go(client, peer)
    client.get(client.get(path)["Location"])
    assert is_in(client)
    client.post("/signout/")
    _refused(client, path)


def test_a_replayed_code_is_refused_by_the_provider(client: Client, peer: Peer) -> None:
    used = go(client, peer)
    other = Client()
    fresh = go(other, peer)
    client.get(used)
    code, theirs = (parse_qs(urlsplit(path).query)["code"][0] for path in (used, fresh))
    _refused(other, fresh.replace(theirs, code))


def test_a_stolen_code_is_worth_nothing_without_the_verifier(client: Client, peer: Peer) -> None:
    thief = Client()
    stolen, own = go(client, peer), go(thief, peer)
    code, theirs = (parse_qs(urlsplit(path).query)["code"][0] for path in (stolen, own))
    _refused(thief, own.replace(theirs, code))


@pytest.mark.parametrize(
    ("lie", "value"),
    [
        ("nonce", "another"),
        ("nonce", None),
        ("aud", "another-client"),
        ("aud", None),
        ("aud", ["another-client", "third"]),
        ("iss", "https://another.example"),
        ("iss", None),
        ("exp", lambda now: now - 3600),
        ("exp", None),
        ("iat", lambda now: now + 3600),
        ("nbf", lambda now: now + 3600),
        ("sub", ""),
        ("sub", None),
        ("sub", 7),
        ("sub", "x" * 256),
        ("azp", "another-client"),
        ("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"),
    ],
)
def test_a_token_that_does_not_hold_lets_nobody_in(client: Client, peer: Peer, lie: str, value: Any) -> None:
    peer.instead = {lie: value(int(time.time())) if callable(value) else value}
    _refused(client, go(client, peer))


@pytest.mark.parametrize("how", ["none", "secret", "stranger"])
def test_a_token_nobody_signed_lets_nobody_in(client: Client, peer: Peer, how: str) -> None:
    peer.sign_with = jwk.RSAKey.generate_key(2048, {"kid": "one"}) if how == "stranger" else how
    _refused(client, go(client, peer))


def test_clocks_may_differ_by_a_minute(client: Client, peer: Peer) -> None:
    now = int(time.time())
    peer.instead = {"iat": now + 45, "exp": now - 45}
    sign_in(client, peer)
    assert is_in(client)


def test_user_info_of_another_person_is_not_believed(client: Client, peer: Peer) -> None:
    peer.info_of_another = True
    _refused(client, go(client, peer))


def test_an_answer_of_another_issuer_is_not_taken(client: Client, peer: Peer) -> None:
    path = go(client, peer)
    _refused(client, path.replace(path.rsplit("iss=", 1)[1], "https%3A%2F%2Fmixed.example"))


def test_an_assurance_that_was_asked_for_is_required(client: Client, peer: Peer, settings: Any) -> None:
    settings.MOYAI_OIDC = {"test": provider_of(peer, acr=("aal3",))}
    _refused(client, go(client, peer))
    peer.claims["acr"] = "aal3"
    sign_in(client, peer)
    assert is_in(client)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_no_provider_leads_to_another_host(client: Client, peer: Peer, target: str) -> None:
    assert sign_in(client, peer, target)["Location"] == "/account/choose/"


def test_a_person_who_says_no_is_told_and_may_try_again(client: Client, peer: Peer) -> None:
    path = go(client, peer, "/chiba-shi/")
    state = parse_qs(urlsplit(path).query)["state"][0]
    answer = client.get(BACK, {"error": "access_denied", "state": state}, follow=True)
    assert "もやいIDでのログインを取りやめました。" in answer.content.decode()
    assert answer.redirect_chain[-1][0] == "/signin/?next=%2Fchiba-shi%2F"


def test_keys_may_change_and_a_forged_key_does_not_make_us_ask_forever(client: Client, peer: Peer) -> None:
    sign_in(client, peer)
    peer.keys = [jwk.RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})]
    oidc_client._known[peer.issuer].keys_at -= 60
    other = Client()
    sign_in(other, peer)
    assert is_in(other), "the new key was fetched"
    peer.asked_for.clear()
    peer.sign_with = jwk.RSAKey.generate_key(2048, {"kid": "three"})
    for _n in range(3):
        _refused(Client(), go(client, peer))
        path = go(thief := Client(), peer)
        _refused(thief, path)
    assert peer.asked_for.count("/jwks") <= 1


@pytest.mark.parametrize("trouble", ["away", "gone", "slow", "described"])
def test_a_provider_that_is_away_is_said_so_and_nothing_waits(
    client: Client, peer: Peer, trouble: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if trouble == "gone":
        settings.MOYAI_OIDC = {"test": provider_of(peer, issuer="http://localhost:9")}
    elif trouble == "slow":
        monkeypatch.setattr(oidc_client, "SECONDS", 0.2)
        peer.slow = 0.6
    elif trouble == "described":
        peer.described_as = "https://another.example"
    else:
        peer.away = True
    answer = client.get(START)
    assert answer.status_code == 503
    assert "もやいIDとつながりません。しばらくしてから" in answer.content.decode()
    peer.away, peer.slow = True, 0.0


def test_a_provider_that_goes_away_on_the_way_back_is_said_so(client: Client, peer: Peer) -> None:
    path = go(client, peer)
    peer.away = True
    assert client.get(path).status_code == 503
    assert not is_in(client)


def test_no_transaction_is_open_while_the_provider_thinks(
    client: Client, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moyai.people.pages import oidc

    assert oidc.start.outside and oidc.back.outside  # type: ignore[attr-defined]
    calls: list[str] = []
    real = oidc_client._asked_for
    monkeypatch.setattr(
        oidc_client,
        "_asked_for",
        lambda method, address, **more: calls.append(address) or real(method, address, **more),
    )
    path = go(client, peer)
    entered = client.get(path)["Location"]
    begun = len(calls)
    assert begun >= 3
    client.get(entered)
    assert len(calls) == begun, "inside the door nobody is asked"
