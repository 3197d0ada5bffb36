"""Whose account an identity provider's person opens, and how the providers are configured."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.test import Client

from moyai.people.models import Account, Identity
from moyai.people.oidc import client as oidc_client
from moyai.people.oidc.settings import Provider, ProviderMistake, providers_from
from moyai.people.public import profile_of
from moyai.people.tests.oidc_peer import (
    START,
    Peer,
    go,
    is_in,
    provider_of,
    sign_in,
)
from moyai.tenants.public import clock

# --- whose account ----------------------------------------------------------------------------------


@pytest.mark.parametrize("verified", [False, None, "true"])
def test_an_unverified_address_joins_nothing(client: Client, peer: Peer, world: Any, verified: Any) -> None:
    peer.claims |= {"email": world.resident.email, "email_verified": verified}
    sign_in(client, peer)
    identity = Identity.objects.get(subject="s-1")
    assert identity.account_id != world.resident.pk and identity.account.email is None
    assert is_in(client) and client.get("/chiba-shi/mypage/").status_code == 200


def test_a_verified_address_of_somebody_here_is_not_taken_over(
    client: Client, peer: Peer, world: Any
) -> None:
    before = Account.objects.count()
    for address in (world.resident.email, world.at_chiba.clerk.email):
        peer.claims |= {"email": address, "email_verified": True}
        answer = sign_in(client, peer)
        assert answer.status_code == 409
        assert "メールでログインしてから" in answer.content.decode()
    assert Account.objects.count() == before and Identity.objects.count() == 0
    assert not is_in(client)


def test_the_owner_joins_a_provider_and_parts_from_it(
    client_for: Callable[[Any], Client], peer: Peer, world: Any
) -> None:
    hers = client_for(world.resident)
    assert "もやいIDをつなぐ" in hers.get("/account/").content.decode()
    assert hers.get("/account/identities/test/join/").status_code == 405
    assert f'href="{START}"' in hers.post("/account/identities/test/join/").content.decode()
    assert sign_in(hers, peer)["Location"] == "/account/"
    identity = Identity.objects.get(account=world.resident)
    other = Client()
    sign_in(other, peer)
    assert is_in(other) and other.session["_auth_user_id"] == str(world.resident.pk)
    part = f"/account/identities/{identity.pk}/part/"
    assert client_for(world.at_chiba.clerk).post(part).status_code == 404, "another's"
    assert hers.get(part).status_code == 200
    assert hers.post(part)["Location"] == "/account/"
    assert not Identity.objects.exists()


def test_an_identity_of_somebody_is_not_joined_to_another(
    client: Client, client_for: Callable[[Any], Client], peer: Peer, world: Any
) -> None:
    sign_in(client, peer)
    hers = client_for(world.resident)
    hers.post("/account/identities/test/join/")
    assert sign_in(hers, peer).status_code == 409
    assert Identity.objects.get().account_id != world.resident.pk


def test_joining_takes_the_owners_button(client_for: Callable[[Any], Client], peer: Peer, world: Any) -> None:
    """A link alone (a foreign page could hold it) joins nothing: it signs in, as the provider's person."""
    hers = client_for(world.resident)
    sign_in(hers, peer)
    assert not Identity.objects.filter(account=world.resident).exists()


def test_the_last_way_in_is_not_taken_away(client: Client, peer: Peer) -> None:
    sign_in(client, peer)
    identity = Identity.objects.get()
    answer = client.post(f"/account/identities/{identity.pk}/part/")
    assert answer.status_code == 409
    assert Identity.objects.filter(pk=identity.pk).exists()


def test_who_came_by_a_provider_shows_it_again_for_a_change(client: Client, peer: Peer) -> None:
    sign_in(client, peer)
    identity = Identity.objects.get()
    part = f"/account/identities/{identity.pk}/part/"
    with clock.at(clock.now() + timedelta(minutes=16)):
        asked = client.get(part)["Location"]
        assert asked.startswith("/signin/again/")
        page = client.get(asked).content.decode()
        assert f"{START}?next=" in page and "メールで確かめる" not in page
        assert client.post(asked, {"mail": ""}).status_code == 422
        later = int(clock.now().timestamp())
        peer.instead = {"iat": later, "exp": later + 300}
        assert sign_in(client, peer, part)["Location"] == part
        assert client.get(part).status_code == 200


def test_a_closed_account_does_not_come_in(client: Client, peer: Peer) -> None:
    sign_in(client, peer)
    Account.objects.filter(identities__subject="s-1").update(is_active=False)
    assert sign_in(Client(), peer).status_code == 403


def test_a_business_carries_its_number_into_forms(client: Client, peer: Peer, settings: Any) -> None:
    settings.MOYAI_OIDC = {"test": provider_of(peer, kind="business", claim_firm_name="corp")}
    peer.claims |= {"name": "山田 太郎"}
    peer.info = {"corporate_number": "7000012050002", "corp": "国税庁", "acr": "forged"}
    sign_in(client, peer)
    account = Identity.objects.get().account
    page = client.get("/account/details/").content.decode()
    assert "外部IDから受け取った情報" in page and "7000012050002" in page
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
    sign_in(client, peer)
    assert profile_of(Identity.objects.get().account_id) is None


# --- staff ------------------------------------------------------------------------------------------


def _join(clerk: Client, peer: Peer) -> None:
    clerk.post("/account/identities/test/join/")
    sign_in(clerk, peer)


def test_staff_are_joined_first_and_still_show_a_second_factor(
    client_for: Callable[[Any], Client], peer: Peer, with_app: Account, settings: Any
) -> None:
    settings.MOYAI_OIDC = {"test": provider_of(peer, kind="staff", second_factor=("mfa",))}
    stranger = Client()
    assert sign_in(stranger, peer).status_code == 403
    assert not is_in(stranger) and not Identity.objects.exists()
    assert "もやいIDでログインする" in stranger.get("/signin/staff/").content.decode()
    _join(client_for(with_app), peer)
    again = Client()
    assert sign_in(again, peer, "/chiba-shi/office/people/")["Location"].startswith("/signin/second/")
    assert not is_in(again)
    peer.claims["acr"] = "mfa"
    strong = Client()
    assert sign_in(strong, peer, "/chiba-shi/office/people/")["Location"] == "/chiba-shi/office/people/"
    assert strong.get("/chiba-shi/office/people/").status_code == 200


def test_a_residents_provider_lets_no_staff_in(
    client_for: Callable[[Any], Client], peer: Peer, world: Any
) -> None:
    clerk = client_for(world.at_chiba.clerk)
    clerk.post("/account/identities/test/join/")
    assert sign_in(clerk, peer).status_code == 403
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
    assert sign_in(stranger, peer).status_code == 403
    assert not is_in(stranger)


def test_what_was_vouched_for_waits_ten_minutes(client: Client, peer: Peer) -> None:
    entered = client.get(go(client, peer))["Location"]
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert client.get(entered)["Location"] == "/signin/"
    assert not is_in(client)


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
    assert is_in(client)
    account = Identity.objects.get(issuer=issuer, subject="mock-1").account
    assert (account.name, account.email) == ("千葉 次郎", None), "the address was not said to be verified"
