"""Dated membership of the council's services: the seed's lists, any day."""

from __future__ import annotations

from datetime import date

import pytest

from moyai.council.actions.uses import AlreadyUsing, EndsBeforeItBegins, NotForSome, begin_use, end_use
from moyai.council.figures.uses import services_table
from moyai.council.queries.uses import services_as_of
from moyai.tenants.public import Body, Population, Service, ServiceUse, clock, members_of
from moyai.web.demo_council import load_council

YEAR_END = date(2018, 3, 31)


@pytest.fixture
def council(world):
    return load_council()


def names(code: str, on: date) -> list[str]:
    return [body.name for body in members_of(Service.objects.get(code=code), on)]


def test_C25_56_bodies_use_procurement(council) -> None:
    assert len(names("procurement", YEAR_END)) == 56
    assert names("procurement", YEAR_END)[-1] == "北千葉広域水道企業団"


def test_C26_21_bodies_use_applications(council) -> None:
    assert len(names("applications", YEAR_END)) == 21
    assert names("applications", YEAR_END)[:3] == ["千葉県", "千葉市", "松戸市"]


def test_C29_11_bodies_use_reservations_and_sodegaura_only_these(council) -> None:
    assert len(names("reservations", YEAR_END)) == 11
    assert "袖ヶ浦市" in names("reservations", YEAR_END)
    assert "袖ヶ浦市" not in names("applications", YEAR_END)


def test_the_security_cloud_began_in_july(council) -> None:
    assert names("security-cloud", date(2017, 6, 30)) == []
    assert len(names("security-cloud", date(2017, 7, 1))) == 55
    assert "北千葉広域水道企業団" not in names("security-cloud", YEAR_END)


def test_populations_of_the_municipalities_add_up_to_the_prefecture(council) -> None:
    persons = dict(Population.objects.values_list("body__name", "persons"))
    whole = persons.pop("千葉県")
    assert sum(persons.values()) == whole == 6_222_666


def test_A52_non_member_of_a_service_for_some_is_neither_billed_nor_asked(council) -> None:
    from moyai.money.public import share

    service = Service.objects.get(code="reservations")
    members = members_of(service, YEAR_END)
    persons = dict(Population.objects.values_list("body__name", "persons"))
    bill = share(239_000, {body.name: persons[body.name] for body in members})
    assert sum(bill.values()) == 239_000
    assert "松戸市" not in bill  # uses 電子申請, not 施設予約
    for_all = Service.objects.get(code="council")
    assert len(members_of(for_all, YEAR_END)) == 56
    assert not ServiceUse.objects.filter(service=for_all).exists()  # nobody has to be listed


def test_the_table_of_services_counts_from_rows_in_few_queries(council, django_assert_num_queries) -> None:
    with django_assert_num_queries(3):
        table = services_table(services_as_of(YEAR_END), YEAR_END)
    counts = {row.key: line[0].value for row, line in zip(table.rows, table.solved(), strict=True)}
    assert counts == {
        "council": 56,
        "procurement": 56,
        "applications": 21,
        "reservations": 11,
        "security-cloud": 55,
    }


def test_secretary_begins_and_ends_a_use_and_the_book_keeps_both(council, world) -> None:
    actor = world.actor(world.secretary, None)
    now = clock.now()
    service, body = Service.objects.get(code="reservations"), Body.objects.get(name="松戸市")
    use = begin_use(actor=actor, now=now, service=service, body=body, from_on=date(2018, 4, 1))
    with pytest.raises(AlreadyUsing):
        begin_use(actor=actor, now=now, service=service, body=body, from_on=date(2019, 4, 1))
    with pytest.raises(EndsBeforeItBegins):
        end_use(actor=actor, now=now, use=use, until_on=date(2018, 3, 31))
    end_use(actor=actor, now=now, use=use, until_on=date(2019, 3, 31))
    assert "松戸市" not in names("reservations", YEAR_END)
    assert "松戸市" in names("reservations", date(2019, 3, 31))
    assert "松戸市" not in names("reservations", date(2019, 4, 1))
    begin_use(actor=actor, now=now, service=service, body=body, from_on=date(2020, 4, 1))
    assert ServiceUse.objects.filter(service=service, body=body).count() == 2


def test_nobody_joins_a_service_for_all(council, world) -> None:
    actor = world.actor(world.secretary, None)
    with pytest.raises(NotForSome):
        begin_use(
            actor=actor,
            now=clock.now(),
            service=Service.objects.get(code="council"),
            body=Body.objects.get(name="松戸市"),
            from_on=date(2018, 4, 1),
        )


def test_auditor_reads_but_does_not_change(council, world, client_for) -> None:
    client = client_for(world.auditor)
    assert client.get("/council/services/reservations/").status_code == 200
    body = Body.objects.get(name="松戸市")
    answer = client.post("/council/services/reservations/", {"body": body.code, "from_on": "H30.4.1"})
    assert answer.status_code == 403
    assert not ServiceUse.objects.filter(service__code="reservations", body=body).exists()


def test_a_bodys_clerk_does_not_see_the_councils_pages(council, world, client_for) -> None:
    assert client_for(world.at_chiba.clerk).get("/council/").status_code == 404


def test_secretary_registers_a_use_on_the_page(council, world, client_for) -> None:
    client = client_for(world.secretary)
    body = Body.objects.get(name="松戸市")
    assert (
        client.post("/council/services/reservations/", {"body": "", "from_on": "26/4/1"}).status_code == 422
    )
    answer = client.post("/council/services/reservations/", {"body": body.code, "from_on": "H30.4.1"})
    assert answer.status_code == 302
    use = ServiceUse.objects.get(service__code="reservations", body=body)
    assert use.from_on == date(2018, 4, 1)
    csv = client.get("/council/services/reservations/?on=H30.4.1&format=csv")
    assert "松戸市" in b"".join(csv.streaming_content if csv.streaming else [csv.content]).decode("utf-8-sig")


def body_of_ichinomiya(**more: str) -> dict[str, str]:
    posted = {
        "code": "122254",
        "name": "君津市",
        "kana": "きみつし",
        "kind": "city",
        "slug": "kimitsu-shi",
        "from_on": "H30.4.1",
    }
    return posted | more


def test_secretary_admits_a_body_and_its_portal_opens(world, client_for) -> None:
    client = client_for(world.secretary)
    assert client.post("/council/bodies/new/", body_of_ichinomiya()).status_code == 302
    body = Body.objects.get(code="122254")
    assert (body.kana, body.slug) == ("キミツシ", "kimitsu-shi")
    assert client_for(None).get("/kimitsu-shi/").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "122255"}, "code"),
        ({"code": "121002"}, "code"),
        ({"slug": "council"}, "slug"),
        ({"slug": "chiba-shi"}, "slug"),
    ],
)
def test_a_body_with_a_wrong_code_or_a_taken_address_is_refused(world, client_for, wrong, field) -> None:
    before = Body.objects.count()
    answer = client_for(world.secretary).post("/council/bodies/new/", body_of_ichinomiya(**wrong))
    assert answer.status_code == 422
    assert f'id="id_{field}' in answer.content.decode()
    assert Body.objects.count() == before


def test_secretary_founds_a_service_once(world, client_for) -> None:
    client = client_for(world.secretary)
    posted = {"code": "portal", "name": "共同ポータル", "scope": "some"}
    assert client.post("/council/services/new/", posted).status_code == 302
    assert client.post("/council/services/new/", posted).status_code == 422
    assert Service.objects.filter(code="portal").count() == 1
