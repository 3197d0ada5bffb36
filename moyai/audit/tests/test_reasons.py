"""Words given as a reason stand beside the deed: they can be forgotten, never changed, and the chain stays whole."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction

from moyai.audit.models import Reason
from moyai.audit.public import Deed, forget_reasons_about, reasons_of, record, record_each, seal_body, verify
from moyai.tenants.models import Counter

WORDS = "千葉花子さんから電話"


@pytest.fixture
def thing(world, in_chiba):
    return Counter.objects.create(body=world.chiba, kind="a", fiscal_year=2026)


@pytest.fixture
def clerk(world):
    return world.actor(world.at_chiba.clerk, world.chiba)


def said(**more):
    deeds = list(Deed.objects.filter(verb__startswith="audit.test").order_by("id"))
    words = reasons_of(deeds)
    return [words.get(deed.pk) for deed in deeds]


def test_words_are_not_in_the_deed_and_a_code_is(clerk, thing, in_chiba) -> None:
    record(actor=clerk, now=in_chiba, verb="audit.test", thing=thing, reason=WORDS)
    record(actor=clerk, now=in_chiba, verb="audit.test", thing=thing, reason="link")
    first, second = Deed.objects.filter(verb="audit.test").order_by("id")
    assert first.reason.startswith("sha256:") and WORDS not in first.reason and second.reason == "link"
    assert said() == [WORDS, "link"]


def test_the_same_words_twice_have_different_digests(clerk, thing, in_chiba) -> None:
    record_each(actor=clerk, now=in_chiba, verb="audit.test", things=[thing, thing], reason=WORDS)
    assert len(set(Deed.objects.filter(verb="audit.test").values_list("reason", flat=True))) == 2
    assert said() == [WORDS, WORDS]


def test_thousands_of_deeds_cost_a_fixed_number_of_statements(
    clerk, thing, in_chiba, django_assert_num_queries
) -> None:
    with django_assert_num_queries(5):  # numbers and rows for each thousand, and the reasons
        record_each(actor=clerk, now=in_chiba, verb="audit.test", things=[thing] * 1500, reason=WORDS)


def test_forgetting_takes_the_words_and_leaves_deeds_and_chain(world, clerk, thing, in_chiba) -> None:
    other = Counter.objects.create(body=world.chiba, kind="b", fiscal_year=2026)
    for about in (thing, other):
        record(actor=clerk, now=in_chiba, verb="audit.test", thing=about, reason=WORDS)
    seal_body(world.chiba, in_chiba)
    assert forget_reasons_about(kind="tenants.counter", ids=[thing.pk]) == 1
    assert forget_reasons_about(kind="tenants.counter", ids=[thing.pk]) == 0
    assert said() == [None, WORDS]
    assert Deed.objects.filter(verb="audit.test").count() == 2 and verify(world.chiba) == []


def test_nobody_puts_other_words_in_their_place(world, clerk, thing, in_chiba) -> None:
    record(actor=clerk, now=in_chiba, verb="audit.test", thing=thing, reason=WORDS)
    with pytest.raises((InternalError, ProgrammingError, IntegrityError)), transaction.atomic():
        Reason.objects.update(text="別の理由")
    (deed,) = Deed.objects.filter(verb="audit.test")
    Reason.objects.all().delete()
    Reason.objects.create(body=world.chiba, deed=deed, salt="0" * 32, text="別の理由")
    assert verify(world.chiba) == [f"記録{deed.pk}の理由の文が、記録した時と違います"]


def test_words_of_another_body_are_out_of_reach(world, clerk, thing, in_chiba) -> None:
    record(actor=clerk, now=in_chiba, verb="audit.test", thing=thing, reason=WORDS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('moyai.body_id', %s, true)", [str(world.matsudo.pk)])
        cursor.execute("SELECT count(*) FROM audit_reason WHERE text = %s", [WORDS])
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT set_config('moyai.body_id', %s, true)", [str(world.chiba.pk)])
