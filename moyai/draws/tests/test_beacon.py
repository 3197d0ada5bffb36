"""公開乱数: peers that speak drand's HTTP JSON on real sockets; what is wrong, missing or different is refused."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from moyai.draws.beacon import QUICKNET, BeaconAway, BeaconRefused, beacon_at, beacon_time, fetch_beacon
from moyai.draws.tests.peer import Peer


def get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=5) as answer:
        found: bytes = answer.read()
    return found


@pytest.fixture
def peers() -> Iterator[tuple[Peer, Peer]]:
    first, second = Peer(), Peer()
    yield first, second
    first.stop()
    second.stop()


def test_rounds_and_times_are_those_of_the_chain() -> None:
    genesis = datetime(2023, 8, 23, 15, 9, 27, tzinfo=UTC)
    assert beacon_time(1) == genesis and beacon_at(genesis) == 1
    assert beacon_at(genesis + timedelta(milliseconds=1)) == 2
    assert beacon_at(genesis + timedelta(seconds=3)) == 2
    for number in (1, 2, 1000, 34_000_000):
        assert beacon_at(beacon_time(number)) == number


def test_two_peers_that_agree_are_believed(peers: tuple[Peer, Peer]) -> None:
    found = fetch_beacon(34_000_000, peers=[one.url for one in peers], get=get)
    assert (found.number, found.chain, len(found.randomness)) == (34_000_000, "quicknet", 64)
    assert len(found.peers) == 2 and peers[0].asked == [f"/{QUICKNET.chain_hash}/public/34000000"]


def test_one_peer_is_not_enough_and_a_beacon_that_is_not_there_yet_is_away(peers: tuple[Peer, Peer]) -> None:
    with pytest.raises(BeaconAway):
        fetch_beacon(5, peers=[peers[0].url], get=get)
    peers[1].until = 4
    with pytest.raises(BeaconAway):
        fetch_beacon(5, peers=[one.url for one in peers], get=get)
    peers[1].stop()
    with pytest.raises(BeaconAway):
        fetch_beacon(5, peers=[one.url for one in peers], get=get)


@pytest.mark.parametrize(
    "lie",
    [
        {"round": 6},
        {"randomness": "00" * 32},
        {"signature": "zz"},
        {"signature": ""},
        {"signature": None, "randomness": None},
    ],
)
def test_a_wrong_round_or_signature_is_refused(peers: tuple[Peer, Peer], lie: dict[str, object]) -> None:
    peers[1].lie = lie
    with pytest.raises(BeaconRefused):
        fetch_beacon(5, peers=[one.url for one in peers], get=get)


def test_peers_that_differ_settle_nothing(peers: tuple[Peer, Peer]) -> None:
    peers[1].secret = "another"
    with pytest.raises(BeaconRefused, match="differ"):
        fetch_beacon(5, peers=[one.url for one in peers], get=get)
