"""What we say to an identity provider and what we believe of its answers. The only network calls of sign-in.

Called outside any transaction: nothing is locked while somebody else's server thinks.
Source: OpenID Connect Core 1.0 §3.1, Discovery 1.0, RFC 7636 (PKCE), RFC 9207 (issuer in the answer).
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import structlog
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from moyai.people.oidc.settings import Provider, safe_endpoint

log = structlog.get_logger("moyai.oidc")

SECONDS = 5.0  # a provider that does not answer in this time is away
MOST_BYTES = 512_000
SKEW_SECONDS = 60  # how much two clocks may differ
METADATA_SECONDS = 3600
KEYS_AGAIN_SECONDS = 30  # an unknown key makes us look again, but not for every forged token
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)  # signatures by the provider's key only: nothing that a client secret or nobody could have made


class ProviderAway(Exception):
    """The provider cannot be reached, or answers what no provider answers. Try again later."""


class NotBelieved(Exception):
    """The provider's answer does not hold: nobody is let in by it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One begun sign-in: kept in the session, used once."""

    provider: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider vouches for."""

    issuer: str
    subject: str
    acr: str = ""
    name: str = ""
    email: str = ""  # "" unless the provider says that it verified it
    corporate_number: str = ""
    firm_name: str = ""


@dataclass(slots=True)
class _Known:
    """What is remembered of a provider in this process."""

    metadata: dict[str, Any] = field(default_factory=dict)
    metadata_at: float = 0.0
    keys: list[dict[str, Any]] = field(default_factory=list)
    keys_at: float = 0.0


_known: dict[str, _Known] = {}


def forget_providers() -> None:
    """Discover anew; for tests and after a change of settings."""
    _known.clear()


def begin(provider: Provider, redirect_uri: str) -> tuple[str, Asked]:
    """The address of the provider to send the browser to, and what to remember. Raises ProviderAway."""
    asked = Asked(
        provider=provider.name,
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
    )
    query = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": provider.scope,
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": create_s256_code_challenge(asked.verifier),
        "code_challenge_method": "S256",
    }
    if provider.acr:
        query["acr_values"] = " ".join(provider.acr)
    address = _metadata(provider)["authorization_endpoint"]
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}", asked


def finish(provider: Provider, asked: Asked, *, code: str, redirect_uri: str, now: datetime) -> Told:
    """Exchange the code and believe the ID token. Raises ProviderAway, NotBelieved."""
    metadata = _metadata(provider)
    posted = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": asked.verifier,
    }
    auth, extra = _client_auth(provider, metadata)
    answer = _asked_for("POST", metadata["token_endpoint"], data=posted | extra, auth=auth)
    if answer.status_code != 200:
        raise NotBelieved(f"the token endpoint answered {answer.status_code}")
    tokens = _json(answer)
    id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
    if not isinstance(id_token, str):
        raise NotBelieved("there is no ID token")
    claims = _believed(provider, asked, id_token, access_token, now=now)
    return _told(provider, claims | _user_info(metadata, access_token, claims["sub"]))


def _client_auth(
    provider: Provider, metadata: dict[str, Any]
) -> tuple[tuple[str, str] | None, dict[str, str]]:
    if not provider.client_secret:  # a public client: PKCE alone
        return None, {"client_id": provider.client_id}
    ways = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if "client_secret_basic" in ways:
        # RFC 6749 §2.3.1: both parts are form-encoded before they are joined.
        return (quote(provider.client_id, safe=""), quote(provider.client_secret, safe="")), {}
    return None, {"client_id": provider.client_id, "client_secret": provider.client_secret}


def _believed(
    provider: Provider, asked: Asked, id_token: str, access_token: object, *, now: datetime
) -> dict[str, Any]:
    """The claims of an ID token that this provider signed, for us, now, in answer to our question."""
    header = _header(id_token)
    algorithm = str(header.get("alg"))
    if algorithm not in ALGORITHMS:
        raise NotBelieved(f"signed by {algorithm}")
    try:
        token = jwt.decode(
            id_token, jwk.import_key(_key(provider, header, algorithm)), algorithms=[algorithm]
        )
        claims = CodeIDToken(
            dict(token.claims),
            dict(token.header),
            options={
                "iss": {"essential": True, "value": provider.issuer},
                "aud": {"essential": True, "value": provider.client_id},
                "sub": {"essential": True},
                "exp": {"essential": True},
                "iat": {"essential": True},
            },
            params={"nonce": asked.nonce, "client_id": provider.client_id, "access_token": access_token},
        )
        claims.validate(now=int(now.timestamp()), leeway=SKEW_SECONDS)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise NotBelieved(str(error)) from error
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise NotBelieved("a subject is a text of at most 255 signs")
    if provider.acr and claims.get("acr") not in provider.acr:
        raise NotBelieved(f"assurance {claims.get('acr')!r} is not what was asked for")
    return dict(claims)


def _header(token: str) -> dict[str, Any]:
    try:
        part = token.split(".", maxsplit=1)[0]
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error) as error:
        raise NotBelieved("not a token") from error
    if not isinstance(header, dict):
        raise NotBelieved("not a token")
    return header


def _key(provider: Provider, header: dict[str, Any], algorithm: str) -> dict[str, Any]:
    """The provider's key a token names. An unknown one makes us fetch the keys again: providers change them."""
    known = _known.setdefault(provider.issuer, _Known())
    for _turn in range(2):
        fitting = [one for one in known.keys if _fits(one, header.get("kid"), algorithm)]
        if len(fitting) == 1:
            return fitting[0]
        if known.keys and time.monotonic() - known.keys_at < KEYS_AGAIN_SECONDS:
            break
        answer = _asked_for("GET", _metadata(provider)["jwks_uri"])
        keys = _json(answer).get("keys") if answer.status_code == 200 else None
        if not isinstance(keys, list):
            raise ProviderAway("no keys")
        known.keys = [one for one in keys if isinstance(one, dict)]
        known.keys_at = time.monotonic()
    raise NotBelieved("signed by a key the provider does not publish")


def _fits(key: dict[str, Any], kid: object, algorithm: str) -> bool:
    kind = {"R": "RSA", "P": "RSA", "E": "EC"}[algorithm[0]] if algorithm != "EdDSA" else "OKP"
    return (
        key.get("kty") == kind
        and key.get("use") in (None, "sig")
        and key.get("alg") in (None, algorithm)
        and (kid is None or key.get("kid") == kid)
    )


def _user_info(metadata: dict[str, Any], access_token: object, subject: str) -> dict[str, Any]:
    """More of the same person, if the provider tells it; another person's is not believed."""
    address = metadata.get("userinfo_endpoint")
    if not address or not isinstance(access_token, str):
        return {}
    answer = _asked_for("GET", address, headers={"Authorization": f"Bearer {access_token}"})
    if answer.status_code != 200 or "json" not in answer.headers.get("Content-Type", ""):
        return {}
    claims = _json(answer)
    if claims.get("sub") != subject:
        raise NotBelieved("user info of another person")
    # What the signature covers is not replaced by what it does not.
    for signed in ("iss", "aud", "exp", "iat", "nonce", "acr", "amr", "azp"):
        claims.pop(signed, None)
    return claims


def _told(provider: Provider, claims: dict[str, Any]) -> Told:
    def text(name: str, length: int) -> str:
        value = claims.get(name)
        return value.strip()[:length] if isinstance(value, str) else ""

    business = provider.kind == "business"
    return Told(
        issuer=provider.issuer,
        subject=claims["sub"],
        acr=text("acr", 200),
        name=text("name", 100),
        email=text("email", 254) if claims.get("email_verified") is True else "",
        corporate_number=text(provider.claim_corporate_number, 13) if business else "",
        firm_name=text(provider.claim_firm_name, 150) if business else "",
    )


def _metadata(provider: Provider) -> dict[str, Any]:
    known = _known.setdefault(provider.issuer, _Known())
    if known.metadata and time.monotonic() - known.metadata_at < METADATA_SECONDS:
        return known.metadata
    answer = _asked_for("GET", f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    told = _json(answer) if answer.status_code == 200 else {}
    if told.get("issuer") != provider.issuer:
        raise ProviderAway("the provider does not describe itself as configured")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not isinstance(told.get(name), str) or not safe_endpoint(told[name]):
            raise ProviderAway(f"the provider's {name} cannot be used")
    if told.get("userinfo_endpoint") and not safe_endpoint(str(told["userinfo_endpoint"])):
        raise ProviderAway("the provider's userinfo_endpoint cannot be used")
    known.metadata, known.metadata_at = told, time.monotonic()
    return told


def _asked_for(method: str, address: str, **more: Any) -> httpx.Response:
    try:
        with httpx.Client(timeout=SECONDS, follow_redirects=False) as client:
            answer = client.request(method, address, **more)
    except httpx.HTTPError as error:
        raise ProviderAway(type(error).__name__) from error
    if len(answer.content) > MOST_BYTES or answer.status_code >= 500:
        raise ProviderAway(f"answered {answer.status_code} with {len(answer.content)} bytes")
    return answer


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError as error:
        raise ProviderAway("not JSON") from error
    if not isinstance(told, dict):
        raise ProviderAway("not a JSON object")
    return told
