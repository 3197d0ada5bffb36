"""Identity providers as the environment names them: MOYAI_OIDC_<NAME>_ISSUER and what belongs to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

SCOPE = "openid profile email"
KINDS = ("resident", "business", "staff")


class ProviderMistake(ValueError):
    """A provider is configured in a way that would not be safe or cannot work."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One identity provider. `acr` are the assurance levels that are asked for, and then required.

    `second_factor` are those that count as a second factor of staff. The claims name where a business
    provider puts 法人番号 and the firm's name.
    """

    name: str
    issuer: str
    client_id: str
    client_secret: str
    label: str
    kind: str = "resident"
    scope: str = SCOPE
    acr: tuple[str, ...] = ()
    second_factor: tuple[str, ...] = ()
    claim_corporate_number: str = "corporate_number"
    claim_firm_name: str = "corporate_name"


def providers_from(environment: Mapping[str, str]) -> dict[str, Provider]:
    """The providers of MOYAI_OIDC_<NAME>_ISSUER, _CLIENT_ID, _CLIENT_SECRET, _LABEL, _KIND, _SCOPE, _ACR,
    _SECOND_FACTOR, _CLAIM_CORPORATE_NUMBER, _CLAIM_FIRM_NAME; by name in lower case.

    Raises ProviderMistake: a missing id or label, an unknown kind, an issuer without https.
    """
    found = {}
    for key in sorted(environment):
        match = re.fullmatch(r"MOYAI_OIDC_([A-Z0-9]+)_ISSUER", key)
        if match is None:
            continue
        stem = f"MOYAI_OIDC_{match[1]}_"
        given = {name.removeprefix(stem): text for name, text in environment.items() if name.startswith(stem)}
        found[match[1].lower()] = _provider(match[1].lower(), stem, given)
    return found


def _provider(name: str, stem: str, given: Mapping[str, str]) -> Provider:
    for needed in ("CLIENT_ID", "LABEL"):
        if not given.get(needed):
            raise ProviderMistake(f"{stem}{needed} is missing")
    kind = given.get("KIND", "resident")
    if kind not in KINDS:
        raise ProviderMistake(f"{stem}KIND is one of {', '.join(KINDS)}")
    if not safe_endpoint(given["ISSUER"]):
        raise ProviderMistake(f"{stem}ISSUER is an https address")
    return Provider(
        name=name,
        issuer=given["ISSUER"],
        client_id=given["CLIENT_ID"],
        client_secret=given.get("CLIENT_SECRET", ""),
        label=given["LABEL"],
        kind=kind,
        scope=given.get("SCOPE", SCOPE),
        acr=tuple(given.get("ACR", "").split()),
        second_factor=tuple(given.get("SECOND_FACTOR", "").split()),
        claim_corporate_number=given.get("CLAIM_CORPORATE_NUMBER", "corporate_number"),
        claim_firm_name=given.get("CLAIM_FIRM_NAME", "corporate_name"),
    )


def safe_endpoint(url: str) -> bool:
    """https; plain http only within this machine.

    >>> safe_endpoint("https://id.example.jp"), safe_endpoint("http://localhost:9/"), safe_endpoint("http://x.jp")
    (True, True, False)
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if not parts.hostname or parts.fragment or parts.username:
        return False
    return parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    )
