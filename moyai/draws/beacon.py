"""公開乱数 — a round of drand, fetched from peers that speak its HTTP JSON, as the seed of a draw.

`GET {peer}/{chain}/public/{round}` answers {"round", "randomness", "signature"}. A value is believed when the
randomness is the SHA-256 of the signature and two independent peers say the same. The BLS signature itself is not
checked here: of the libraries that can, none has had a release within a year (drand-verify 2023-09, py_ecc 2025-04), so
whoever wants to checks the published signature with a drand client of his own. Source: drand HTTP API; chain
"quicknet" (bls-unchained-g1-rfc9380), a round every 3 seconds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

SECONDS: Final = 8.0
MOST_BYTES: Final = 10_000
SAME_NEEDED: Final = 2

Get = Callable[[str], bytes]  # an address → the body of a 200 answer; raises OSError


class BeaconAway(Exception):
    """Fewer than two peers gave the round: it is not there yet, or they cannot be reached."""


class BeaconRefused(Exception):
    """What the peers gave is no value of this round, or they differ."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A drand network: its hash, when round 1 was (seconds of the epoch), seconds between rounds."""

    name: str
    chain_hash: str
    genesis: int
    period: int


@dataclass(frozen=True, slots=True)
class Beacon:
    chain: str
    number: int
    randomness: str
    signature: str
    peers: tuple[str, ...]


QUICKNET: Final = Chain(
    "quicknet", "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971", 1_692_803_367, 3
)
CHAINS: Final = {QUICKNET.name: QUICKNET}


def chain_of(name: str) -> Chain:
    return CHAINS[name]


def beacon_at(moment: datetime, chain: Chain = QUICKNET) -> int:
    """The first round that comes at or after a moment."""
    waited = int(-(-moment.timestamp() // 1)) - chain.genesis
    return max(1, -(-waited // chain.period) + 1)


def beacon_time(number: int, chain: Chain = QUICKNET) -> datetime:
    """When a round comes."""
    return datetime.fromtimestamp(chain.genesis, UTC) + timedelta(seconds=(number - 1) * chain.period)


def fetch_beacon(number: int, *, peers: Sequence[str], get: Get, chain: Chain = QUICKNET) -> Beacon:
    """The value of a round as two peers give it. Raises BeaconAway, BeaconRefused.

    A peer that answers with what is no value of this round is not counted; two that differ settle nothing.
    """
    found: dict[str, tuple[str, str]] = {}
    wrong: list[str] = []
    for peer in peers:
        try:
            found[peer] = _read(get(f"{peer.rstrip('/')}/{chain.chain_hash}/public/{number}"), number)
        except OSError:
            continue
        except BeaconRefused as error:
            wrong.append(f"{peer}: {error}")
    if len(set(found.values())) > 1:
        raise BeaconRefused(f"peers differ about round {number}: {', '.join(sorted(found))}")
    if len(found) < SAME_NEEDED:
        if wrong:
            raise BeaconRefused("; ".join(wrong))
        raise BeaconAway(f"{len(found)} of {len(peers)} peers gave round {number}")
    randomness, signature = next(iter(found.values()))
    return Beacon(chain.name, number, randomness, signature, tuple(sorted(found)))


def _read(body: bytes, number: int) -> tuple[str, str]:
    try:
        facts: Any = json.loads(body[: MOST_BYTES + 1])
        randomness, signature = str(facts["randomness"]).lower(), str(facts["signature"]).lower()
        said, raw = facts["round"], bytes.fromhex(signature)
    except (ValueError, KeyError, TypeError) as error:
        raise BeaconRefused("not the answer of a drand peer") from error
    if said != number:
        raise BeaconRefused(f"another round: {said}")
    if len(raw) < 48 or sha256(raw).hexdigest() != randomness:
        raise BeaconRefused("the randomness is not the hash of the signature")
    return randomness, signature
