"""Sign-in by an identity provider: what is believed, what is not, and whose account it opens."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.test import Client
from joserfc import jwk

from moyai.audit.public import CouncilDeed
from moyai.people.models import Account, Identity
from moyai.people.oidc import client as oidc_client
from moyai.people.oidc.settings import Provider, ProviderMistake, providers_from
from moyai.people.public import profile_of
from moyai.people.tests.oidc_peer import CLIENT, SECRET, Peer, running
from moyai.tenants.public import clock

START, BACK = "/signin/with/test/", "/signin/with/test/back/"


@pytest.fixture(scope="module")
def server() -> Iterator[Peer]:
    with running() as peer:
        yield peer


@pytest.fixture
def peer(server: Peer, world: Any, settings: Any) -> Iterator[Peer]:
    """The provider as `test`, knowing nobody's past."""
    fresh, kept = Peer(), server.keys[0]
    fresh.keys, fresh.issuer = [kept], server.issuer
    server.__dict__.update(fresh.__dict__)
    oidc_client.forget_providers()
    settings.MOYAI_OIDC = {"test": _provider(server)}
    yield server
    oidc_client.forget_providers()


def _provider(peer: Peer, **more: Any) -> Provider:
    base = Provider(name="test", issuer=peer.issuer, client_id=CLIENT, client_secret=SECRET, label="もやいID")
    return replace(base, **more)


def _go(client: Client, peer: Peer, next_path: str = "") -> str:
    """To the provider and the person's agreement: the path the browser comes back to."""
    answer = client.get(START, {"next": next_path} if next_path else {})
    assert answer.status_code == 302
    return peer.authorize(answer["Location"]).removeprefix("http://testserver")


def _sign_in(client: Client, peer: Peer, next_path: str = "") -> Any:
    answer = client.get(_go(client, peer, next_path))
    assert answer["Location"] == "/signin/with/test/enter/"
    return client.get(answer["Location"])


def _in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_the_sign_in_page_offers_the_provider(client: Client, peer: Peer) -> None:
    page = client.get("/signin/", {"next": "/chiba-shi/mypage/"}).content.decode()
    assert "もやいIDでログインする" in page
    assert f'href="{START}?next=%2Fchiba-shi%2Fmypage%2F"' in page
    assert "もやいID" not in client.get("/signin/staff/").content.decode(), "this one is not for staff"


def test_a_new_person_gets_an_account_and_comes_back_to_it(client: Client, peer: Peer) -> None:
    peer.claims |= {"name": "千葉 太郎", "email": "taro@id.example", "email_verified": True}
    assert _sign_in(client, peer, "/chiba-shi/mypage/")["Location"] == "/chiba-shi/mypage/"
    assert _in(client)
    identity = Identity.objects.get(subject="s-1")
    account = identity.account
    assert (identity.issuer, identity.acr) == (peer.issuer, "aal2")
    assert (account.email, account.name, account.is_staff_account) == ("taro@id.example", "千葉 太郎", False)
    assert not account.has_usable_password()
    assert CouncilDeed.objects.get(verb="people.sign_in", account_id=account.pk).reason == "oidc"
    again = Client()
    _sign_in(again, peer)
    assert _in(again)
    assert Identity.objects.count() == 1 and Account.objects.filter(email="taro@id.example").count() == 1


def test_the_assurance_is_kept_with_the_session(client: Client, peer: Peer) -> None:
    from moyai.people.session import PROVIDER

    _sign_in(client, peer)
    assert client.session[PROVIDER] == ["test", "aal2"]


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
    assert not _in(client)
    assert (Account.objects.count(), Identity.objects.count()) == before


def test_a_wrong_state_lets_nobody_in(client: Client, peer: Peer) -> None:
    path = _go(client, peer)
    state = parse_qs(urlsplit(path).query)["state"][0]
    _refused(client, path.replace(state, state[:-1] + ("A" if state[-1] != "A" else "B")))


def test_a_strangers_answer_is_not_taken_in_another_browser(client: Client, peer: Peer) -> None:
    """Login CSRF: an attacker's own code in the victim's browser."""
    _refused(Client(), _go(client, peer))


def test_an_answer_counts_once(client: Client, peer: Peer) -> None:
    path = _go(client, peer)
    client.get(client.get(path)["Location"])
    assert _in(client)
    client.post("/signout/")
    _refused(client, path)


def test_a_replayed_code_is_refused_by_the_provider(client: Client, peer: Peer) -> None:
    used = _go(client, peer)
    other = Client()
    fresh = _go(other, peer)
    client.get(used)
    code, theirs = (parse_qs(urlsplit(path).query)["code"][0] for path in (used, fresh))
    _refused(other, fresh.replace(theirs, code))


def test_a_stolen_code_is_worth_nothing_without_the_verifier(client: Client, peer: Peer) -> None:
    thief = Client()
    stolen, own = _go(client, peer), _go(thief, peer)
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
        ("exp", int(time.time()) - 3600),
        ("exp", None),
        ("iat", int(time.time()) + 3600),
        ("nbf", int(time.time()) + 3600),
        ("sub", ""),
        ("sub", None),
        ("sub", 7),
        ("sub", "x" * 256),
        ("azp", "another-client"),
        ("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"),
    ],
)
def test_a_token_that_does_not_hold_lets_nobody_in(client: Client, peer: Peer, lie: str, value: Any) -> None:
    peer.instead = {lie: value}
    _refused(client, _go(client, peer))


@pytest.mark.parametrize("how", ["none", "secret", "stranger"])
def test_a_token_nobody_signed_lets_nobody_in(client: Client, peer: Peer, how: str) -> None:
    peer.sign_with = jwk.RSAKey.generate_key(2048, {"kid": "one"}) if how == "stranger" else how
    _refused(client, _go(client, peer))


def test_clocks_may_differ_by_a_minute(client: Client, peer: Peer) -> None:
    now = int(time.time())
    peer.instead = {"iat": now + 45, "exp": now - 45}
    _sign_in(client, peer)
    assert _in(client)


def test_user_info_of_another_person_is_not_believed(client: Client, peer: Peer) -> None:
    peer.info_of_another = True
    _refused(client, _go(client, peer))


def test_an_answer_of_another_issuer_is_not_taken(client: Client, peer: Peer) -> None:
    path = _go(client, peer)
    _refused(client, path.replace(path.rsplit("iss=", 1)[1], "https%3A%2F%2Fmixed.example"))


def test_an_assurance_that_was_asked_for_is_required(client: Client, peer: Peer, settings: Any) -> None:
    settings.MOYAI_OIDC = {"test": _provider(peer, acr=("aal3",))}
    _refused(client, _go(client, peer))
    peer.claims["acr"] = "aal3"
    _sign_in(client, peer)
    assert _in(client)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_no_provider_leads_to_another_host(client: Client, peer: Peer, target: str) -> None:
    assert _sign_in(client, peer, target)["Location"] == "/account/choose/"


def test_a_person_who_says_no_is_told_and_may_try_again(client: Client, peer: Peer) -> None:
    path = _go(client, peer, "/chiba-shi/")
    state = parse_qs(urlsplit(path).query)["state"][0]
    answer = client.get(BACK, {"error": "access_denied", "state": state}, follow=True)
    assert "もやいIDでのログインを取りやめました。" in answer.content.decode()
    assert answer.redirect_chain[-1][0] == "/signin/?next=%2Fchiba-shi%2F"


def test_keys_may_change_and_a_forged_key_does_not_make_us_ask_forever(client: Client, peer: Peer) -> None:
    _sign_in(client, peer)
    peer.keys = [jwk.RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})]
    oidc_client._known[peer.issuer].keys_at -= 60
    other = Client()
    _sign_in(other, peer)
    assert _in(other), "the new key was fetched"
    peer.asked_for.clear()
    peer.sign_with = jwk.RSAKey.generate_key(2048, {"kid": "three"})
    for _n in range(3):
        _refused(Client(), _go(client, peer))
        path = _go(thief := Client(), peer)
        _refused(thief, path)
    assert peer.asked_for.count("/jwks") <= 1


@pytest.mark.parametrize("trouble", ["away", "gone", "slow", "described"])
def test_a_provider_that_is_away_is_said_so_and_nothing_waits(
    client: Client, peer: Peer, trouble: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if trouble == "gone":
        settings.MOYAI_OIDC = {"test": _provider(peer, issuer="http://localhost:9")}
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
    path = _go(client, peer)
    peer.away = True
    assert client.get(path).status_code == 503
    assert not _in(client)


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
    path = _go(client, peer)
    entered = client.get(path)["Location"]
    begun = len(calls)
    assert begun >= 3
    client.get(entered)
    assert len(calls) == begun, "inside the door nobody is asked"


# --- whose account ----------------------------------------------------------------------------------


@pytest.mark.parametrize("verified", [False, None, "true"])
def test_an_unverified_address_joins_nothing(client: Client, peer: Peer, world: Any, verified: Any) -> None:
    peer.claims |= {"email": world.resident.email, "email_verified": verified}
    _sign_in(client, peer)
    identity = Identity.objects.get(subject="s-1")
    assert identity.account_id != world.resident.pk and identity.account.email is None
    assert _in(client) and client.get("/chiba-shi/mypage/").status_code == 200


def test_a_verified_address_of_somebody_here_is_not_taken_over(
    client: Client, peer: Peer, world: Any
) -> None:
    before = Account.objects.count()
    for address in (world.resident.email, world.at_chiba.clerk.email):
        peer.claims |= {"email": address, "email_verified": True}
        answer = _sign_in(client, peer)
        assert answer.status_code == 409
        assert "メールでログインしてから" in answer.content.decode()
    assert Account.objects.count() == before and Identity.objects.count() == 0
    assert not _in(client)


def test_the_owner_joins_a_provider_and_parts_from_it(
    client_for: Callable[[Any], Client], peer: Peer, world: Any
) -> None:
    hers = client_for(world.resident)
    assert "もやいIDをつなぐ" in hers.get("/account/").content.decode()
    assert hers.get("/account/identities/test/join/").status_code == 405
    assert f'href="{START}"' in hers.post("/account/identities/test/join/").content.decode()
    assert _sign_in(hers, peer)["Location"] == "/account/"
    identity = Identity.objects.get(account=world.resident)
    other = Client()
    _sign_in(other, peer)
    assert _in(other) and other.session["_auth_user_id"] == str(world.resident.pk)
    part = f"/account/identities/{identity.pk}/part/"
    assert client_for(world.at_chiba.clerk).post(part).status_code == 404, "another's"
    assert hers.get(part).status_code == 200
    assert hers.post(part)["Location"] == "/account/"
    assert not Identity.objects.exists()


def test_an_identity_of_somebody_is_not_joined_to_another(
    client: Client, client_for: Callable[[Any], Client], peer: Peer, world: Any
) -> None:
    _sign_in(client, peer)
    hers = client_for(world.resident)
    hers.post("/account/identities/test/join/")
    assert _sign_in(hers, peer).status_code == 409
    assert Identity.objects.get().account_id != world.resident.pk


def test_joining_takes_the_owners_button(client_for: Callable[[Any], Client], peer: Peer, world: Any) -> None:
    """A link alone (a foreign page could hold it) joins nothing: it signs in, as the provider's person."""
    hers = client_for(world.resident)
    _sign_in(hers, peer)
    assert not Identity.objects.filter(account=world.resident).exists()


def test_the_last_way_in_is_not_taken_away(client: Client, peer: Peer) -> None:
    _sign_in(client, peer)
    identity = Identity.objects.get()
    answer = client.post(f"/account/identities/{identity.pk}/part/")
    assert answer.status_code == 409
    assert Identity.objects.filter(pk=identity.pk).exists()


def test_a_closed_account_does_not_come_in(client: Client, peer: Peer) -> None:
    _sign_in(client, peer)
    Account.objects.filter(identities__subject="s-1").update(is_active=False)
    assert _sign_in(Client(), peer).status_code == 403


def test_a_business_carries_its_number_into_forms(client: Client, peer: Peer, settings: Any) -> None:
    settings.MOYAI_OIDC = {"test": _provider(peer, kind="business", claim_firm_name="corp")}
    peer.claims |= {"name": "山田 太郎"}
    peer.info = {"corporate_number": "7000012050002", "corp": "国税庁", "acr": "forged"}
    _sign_in(client, peer)
    account = Identity.objects.get().account
    kept = profile_of(account.pk)
    assert kept is not None
    assert (kept["kind"], kept["corporate_number"], kept["firm_name"]) == ("firm", "7000012050002", "国税庁")
    assert kept["verified"] == {
        "corporate_number": "7000012050002",
        "firm_name": "国税庁",
        "provider": "test",
        "acr": "aal2",
    }


def test_a_residents_provider_vouches_for_no_firm(client: Client, peer: Peer) -> None:
    peer.claims |= {"corporate_number": "7000012050002", "corporate_name": "国税庁"}
    _sign_in(client, peer)
    assert profile_of(Identity.objects.get().account_id) is None


# --- staff ------------------------------------------------------------------------------------------


def _join(clerk: Client, peer: Peer) -> None:
    clerk.post("/account/identities/test/join/")
    _sign_in(clerk, peer)


def test_staff_are_joined_first_and_still_show_a_second_factor(
    client_for: Callable[[Any], Client], peer: Peer, with_app: Account, settings: Any
) -> None:
    settings.MOYAI_OIDC = {"test": _provider(peer, kind="staff", second_factor=("mfa",))}
    stranger = Client()
    assert _sign_in(stranger, peer).status_code == 403
    assert not _in(stranger) and not Identity.objects.exists()
    assert "もやいIDでログインする" in stranger.get("/signin/staff/").content.decode()
    _join(client_for(with_app), peer)
    again = Client()
    assert _sign_in(again, peer, "/chiba-shi/office/people/")["Location"].startswith("/signin/second/")
    assert not _in(again)
    peer.claims["acr"] = "mfa"
    strong = Client()
    assert _sign_in(strong, peer, "/chiba-shi/office/people/")["Location"] == "/chiba-shi/office/people/"
    assert strong.get("/chiba-shi/office/people/").status_code == 200


def test_a_residents_provider_lets_no_staff_in(
    client_for: Callable[[Any], Client], peer: Peer, world: Any
) -> None:
    clerk = client_for(world.at_chiba.clerk)
    clerk.post("/account/identities/test/join/")
    assert _sign_in(clerk, peer).status_code == 403
    Identity.objects.create(
        account=world.at_chiba.clerk,
        provider="test",
        issuer=peer.issuer,
        subject="s-1",
        kind="resident",
        made_at=clock.now(),
        last_used_at=clock.now(),
    )
    stranger = Client()
    assert _sign_in(stranger, peer).status_code == 403
    assert not _in(stranger)


def test_what_was_vouched_for_waits_ten_minutes(client: Client, peer: Peer) -> None:
    entered = client.get(_go(client, peer))["Location"]
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert client.get(entered)["Location"] == "/signin/"
    assert not _in(client)


# --- the settings, and a provider we did not write -----------------------------------------------------


def test_providers_come_from_the_environment() -> None:
    found = providers_from(
        {
            "MOYAI_OIDC_GBIZ_ISSUER": "https://gbiz.example",
            "MOYAI_OIDC_GBIZ_CLIENT_ID": "x",
            "MOYAI_OIDC_GBIZ_LABEL": "GビズID",
            "MOYAI_OIDC_GBIZ_KIND": "business",
            "MOYAI_OIDC_GBIZ_ACR": "gold silver",
            "OTHER": "y",
        }
    )
    assert list(found) == ["gbiz"]
    assert (found["gbiz"].kind, found["gbiz"].acr) == ("business", ("gold", "silver"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ISSUER", "http://id.example"),
        ("ISSUER", "nonsense"),
        ("KIND", "anyone"),
        ("CLIENT_ID", ""),
        ("LABEL", ""),
    ],
)
def test_a_provider_that_would_not_be_safe_is_not_taken(name: str, value: str) -> None:
    right = {"ISSUER": "https://id.example", "CLIENT_ID": "x", "LABEL": "ID", "KIND": "resident"}
    given = {f"MOYAI_OIDC_A_{key}": text for key, text in (right | {name: value}).items()}
    with pytest.raises(ProviderMistake):
        providers_from(given)


def test_a_provider_we_did_not_write_lets_in(client: Client, world: Any, settings: Any) -> None:
    from oidc_provider_mock import User, run_server_in_thread

    person = User(sub="mock-1", claims={"name": "千葉 次郎", "email": "jiro@id.example"})
    oidc_client.forget_providers()
    with run_server_in_thread(require_nonce=True, user_claims=[person]) as mock:
        issuer = f"http://localhost:{mock.server_port}"
        settings.MOYAI_OIDC = {
            "test": Provider(
                name="test", issuer=issuer, client_id="any", client_secret="any", label="見本のID"
            )
        }
        address = client.get(START)["Location"]
        agreed = httpx.post(address, data={"sub": "mock-1"})
        back = agreed.headers["Location"].removeprefix("http://testserver")
        assert client.get(client.get(back)["Location"])["Location"] == "/account/choose/"
    assert _in(client)
    account = Identity.objects.get(issuer=issuer, subject="mock-1").account
    assert (account.name, account.email) == ("千葉 次郎", None), "the address was not said to be verified"
