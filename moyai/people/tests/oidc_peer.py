"""An identity provider that does what it is told, also what none should: a real server on a real port."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client
from joserfc import jwk, jwt

from moyai.people.oidc import client as oidc_client
from moyai.people.oidc.settings import Provider

CLIENT, SECRET = "moyai-test", "a secret: with / signs"
AGREE = """<!doctype html><html lang="ja"><meta charset="utf-8"><title>見本のID</title>
<main><h1>見本のID</h1><p><a href="{back}">同意して進む</a></p></main></html>"""


class Peer:
    """Knows one person at a time (`claims`). Attributes a test sets make it lie in one way each."""

    def __init__(self) -> None:
        self.keys = [jwk.RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})]
        self.issuer = ""
        self.claims: dict[str, Any] = {"sub": "s-1", "acr": "aal2"}
        self.info: dict[str, Any] = {}
        self.codes: dict[str, dict[str, Any]] = {}
        self.away = False
        self.slow = 0.0
        self.instead: dict[str, Any] = {}  # claims that replace the right ones
        self.sign_with: Any = None  # another key, or "none"
        self.info_of_another = False
        self.described_as = ""
        self.asked_for: list[str] = []

    # --- what the browser does at the provider ------------------------------------------------------
    def authorize(self, address: str) -> str:
        """The person agrees: the address the browser is sent back to."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["client_id"] == CLIENT and query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        back = urlencode({"code": code, "state": query["state"], "iss": self.issuer})
        return f"{query['redirect_uri']}?{back}"

    # --- what the server answers --------------------------------------------------------------------
    def answer(self, method: str, path: str, body: dict[str, str], auth: str) -> tuple[int, Any]:
        self.asked_for.append(path)
        time.sleep(self.slow)
        if self.away:
            return 503, {}
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.described_as or self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
            }
        if path == "/jwks":
            return 200, {"keys": [key.as_dict(private=False) for key in self.keys]}
        if path == "/userinfo":
            sub = "somebody-else" if self.info_of_another else self.claims["sub"]
            return 200, {"sub": sub} | self.info
        return self._token(body, auth) if (method, path) == ("POST", "/token") else (404, {})

    def _token(self, body: dict[str, str], auth: str) -> tuple[int, Any]:
        quoted = "a%20secret%3A%20with%20%2F%20signs"
        if auth != "Basic " + base64.b64encode(f"{CLIENT}:{quoted}".encode()).decode():
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(body.get("code", ""), None)  # a code counts once
        if asked is None or asked["redirect_uri"] != body.get("redirect_uri"):
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(body.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        }
        claims = {
            name: value for name, value in (claims | self.claims | self.instead).items() if value is not None
        }
        return 200, {"access_token": "t", "token_type": "Bearer", "id_token": self._signed(claims)}

    def _signed(self, claims: dict[str, Any]) -> str:
        if self.sign_with == "none":
            return ".".join((_part({"alg": "none"}), _part(claims), ""))
        if self.sign_with == "secret":  # HS256 keyed by what we publish: the old confusion of algorithms
            signed = f"{_part({'alg': 'HS256', 'kid': 'one'})}.{_part(claims)}"
            mac = hmac.digest(self.keys[0].as_pem(private=False), signed.encode(), "sha256")
            return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
        key = self.sign_with or self.keys[-1]
        return str(jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key))


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@contextmanager
def running() -> Iterator[Peer]:
    peer = Peer()

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            body = {name: values[0] for name, values in parse_qs(raw).items()}
            kind = "application/json"
            if self.command == "GET" and urlsplit(self.path).path == "/authorize":  # a browser's own visit
                status, kind = 200, "text/html; charset=utf-8"
                text = AGREE.format(back=escape(peer.authorize(self.path))).encode()
            else:
                status, told = peer.answer(
                    self.command, urlsplit(self.path).path, body, self.headers.get("Authorization", "")
                )
                text = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = _do

        def log_message(self, *_said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    peer.issuer = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# --- what a browser does ------------------------------------------------------------------------------
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
    settings.MOYAI_OIDC = {"test": provider_of(server)}
    yield server
    oidc_client.forget_providers()


def provider_of(peer: Peer, **more: Any) -> Provider:
    base = Provider(name="test", issuer=peer.issuer, client_id=CLIENT, client_secret=SECRET, label="もやいID")
    return replace(base, **more)


def go(client: Client, peer: Peer, next_path: str = "") -> str:
    """To the provider and the person's agreement: the path the browser comes back to."""
    answer = client.get(START, {"next": next_path} if next_path else {})
    assert answer.status_code == 302
    return peer.authorize(answer["Location"]).removeprefix("http://testserver")


def sign_in(client: Client, peer: Peer, next_path: str = "") -> Any:
    answer = client.get(go(client, peer, next_path))
    assert answer["Location"] == "/signin/with/test/enter/"
    return client.get(answer["Location"])


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200
