"""Every page of the council and of operations, opened with its rows: by the secretariat, a member, the other member, a citizen.

The year is loaded once for the module (tests/council_year.py) in a transaction of its own; each test begins from it. What only
one member may see holds its sign: no answer to anybody else may hold it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction

from moyai.council.demo import load_demo
from moyai.council.models import Bill, Committee, Meeting, Posting, ReportRelease
from moyai.operations.models import Case
from moyai.tenants.models import Body, BodyRow
from tests.council_year import ROOMS, SIGN, load_year, sign, values_for
from tests.reading import JAPANESE, japanese_in_english, kanji_without_reading, strings_of
from tests.test_doors import ADDRESSES, Address, all_absent, filled, foreign_rows_absent
from tests.world import World

MINE = [address for address in ADDRESSES if address.name.split("_")[0] in ROOMS]
OFFICE = [address for address in MINE if address.audience == "office"]
COUNCIL = [address for address in MINE if address.audience == "council"]
PUBLIC = [address for address in MINE if address.audience in ("house", "portal")]


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        load_year()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def year(loaded: None, world: World) -> World:
    return world


def answered(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode("utf-8", "replace"))


def walked(client: Any, addresses: list[Address], body: Body) -> tuple[dict[str, int], str]:
    """The status of each page with the body's rows in its address, and all that the answers said."""
    statuses, said = {}, []
    for address in addresses:
        answer = client.get(filled(address, body.slug, values_for(address, body)))
        statuses[address.name] = answer.status_code
        if answer.status_code == 302:
            said.append(answer["Location"])
        said.append(answered(answer))
    return statuses, "\n".join(said)


def not_shown(statuses: dict[str, int]) -> set[str]:
    """Pages that were not there; an address that only takes a form answers 405."""
    return {name for name, status in statuses.items() if status not in (200, 302, 405)}


def test_M12_the_demo_is_a_year_and_is_loaded_once(year: World) -> None:
    def counted() -> tuple[int, int, int, int]:
        return (
            Committee.objects.count(),
            Meeting.objects.count(),
            Bill.objects.count(),
            Case.objects.count(),
        )

    before = counted()
    assert before[0] == 6 and before[1] == 14 and before[2] > 0 and before[3] > 17
    load_demo(list(Body.objects.all()))
    assert counted() == before


def test_the_secretary_opens_every_page_with_its_rows(year: World, client_for: Callable[[Any], Any]) -> None:
    statuses, said = walked(client_for(year.secretary), COUNCIL, year.chiba)
    assert len(statuses) > 100
    assert not_shown(statuses) == set()
    assert sign(year.chiba) in said and sign(year.matsudo) in said


def test_the_auditor_reads_and_changes_nothing(year: World, client_for: Callable[[Any], Any]) -> None:
    client = client_for(year.auditor)
    statuses, _said = walked(client, COUNCIL, year.chiba)
    assert {name for name, status in statuses.items() if status not in (200, 302, 403, 404, 405)} == set()
    assert sum(status == 200 for status in statuses.values()) > len(COUNCIL) // 3


@pytest.mark.parametrize("who", ["clerk", "approver", "administrator"])
def test_a_member_sees_its_own_rows_and_no_sign_of_the_other(
    who: str, year: World, client_for: Callable[[Any], Any]
) -> None:
    for staff, body, other in (
        (year.at_chiba, year.chiba, year.matsudo),
        (year.at_matsudo, year.matsudo, year.chiba),
    ):
        client = client_for(getattr(staff, who))
        statuses, said = walked(client, OFFICE + PUBLIC, body)
        assert not_shown(statuses) <= {"council_office_ballot_paper"}
        assert said.count(sign(body)) > 20
        assert sign(other) not in said


@pytest.mark.parametrize("address", [a for a in OFFICE if len(a.parameters) > 1], ids=lambda a: a.name)
def test_the_other_members_row_under_ones_own_address_is_absent(
    address: Address, year: World, client_for: Callable[[Any], Any]
) -> None:
    for staff, body, other in (
        (year.at_chiba, year.chiba, year.matsudo),
        (year.at_matsudo, year.matsudo, year.chiba),
    ):
        foreign = values_for(address, other, signed=True)
        if not set(foreign) - {"act"}:
            continue
        client = client_for(staff.administrator)
        foreign_rows_absent(client, address, body.slug, [foreign])
        posted = client.post(
            filled(address, body.slug, foreign), {"choice": "for", "text": "x", "persons": 1}
        )
        assert posted.status_code in (403, 404, 405)
        assert sign(other) not in answered(posted)


@pytest.mark.parametrize("address", OFFICE, ids=lambda a: a.name)
def test_the_other_members_clerk_finds_no_page_of_this_member(
    address: Address, year: World, client_for: Callable[[Any], Any]
) -> None:
    rows = [values_for(address, year.chiba)]
    all_absent(client_for(year.at_matsudo.clerk), address, year.chiba.slug, rows)
    all_absent(client_for(year.resident), address, year.chiba.slug, rows)


def test_members_and_residents_find_no_page_of_the_secretariat(
    year: World, client_for: Callable[[Any], Any]
) -> None:
    for account in (year.at_chiba.administrator, year.resident):
        statuses, said = walked(client_for(account), COUNCIL, year.chiba)
        assert set(statuses.values()) == {404}
        assert SIGN not in said


def test_a_citizen_reads_what_is_public_and_nothing_else(
    year: World, client_for: Callable[[Any], Any]
) -> None:
    for account in (None, year.resident):
        statuses, said = walked(client_for(account), PUBLIC, year.chiba)
        assert statuses["council_report_year"] == statuses["council_report_years"] == 200
        assert statuses["council_report_bylaw"] == statuses["operations_status"] == 200
        assert SIGN not in said
    statuses, said = walked(client_for(None), OFFICE + COUNCIL, year.chiba)
    assert set(statuses.values()) == {302}  # to sign in
    assert SIGN not in said


def written_in_rows() -> set[str]:
    """What people wrote: every text in the rows of the two rooms, and of the bodies."""
    found: set[str] = set()
    for room in (*ROOMS, "tenants"):
        for model in apps.get_app_config(room).get_models():
            if issubclass(model, BodyRow):
                continue
            for row in model._default_manager.all().values():
                found.update(strings_of(list(row.values())))
    return {text for text in found if text}


def said_by_the_page(texts: list[str]) -> list[str]:
    """Of texts that hold Japanese, those in which more than the rows' own words is Japanese."""
    theirs = sorted(written_in_rows(), key=len, reverse=True)
    found = []
    for text in texts:
        rest = text
        for one in theirs:
            rest = rest.replace(one, "")
        if text.endswith("…") and any(one.startswith(text[:-1]) for one in theirs):
            continue  # a long name beside a bar
        if JAPANESE.search(rest):
            found.append(text)
    return found


@pytest.mark.parametrize(
    "path", ["", "{year}/", "bylaws/", "bylaws/charter/", "notices/", "notices/{posting}/"]
)
def test_A14_the_public_pages_are_english_in_english_and_readable_in_easy_japanese(
    path: str, year: World, client_for: Callable[[Any], Any]
) -> None:
    named = path.format(
        year=ReportRelease.objects.get().fiscal_year, posting=Posting.objects.get(readers="public").pk
    )
    anybody = client_for(None)
    english = anybody.get(f"/en/council-report/{named}")
    assert english.status_code == 200
    assert said_by_the_page(japanese_in_english(english.content.decode())) == []
    easy = anybody.get(f"/ja-easy/council-report/{named}")
    assert easy.status_code == 200
    assert kanji_without_reading(easy.content.decode(), written_in_rows()) == []
