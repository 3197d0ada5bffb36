"""Bodies, and the two kinds of table there are: a body's own, and the installation's."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from moyai.tenants.rules import code_ok


class SharedRow(models.Model):
    """A table of the installation: no body owns it. `across` names the columns council figures may read."""

    across: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True


def _real_code(value: str) -> None:
    from django.core.exceptions import ValidationError

    if not code_ok(value):
        raise ValidationError(_("団体コードが1文字違う可能性があります。6桁の番号を確かめてください。"))


class Body(SharedRow):
    """団体 — a local government or joint union that takes part in the council."""

    across = ("id", "code", "name", "kana", "kind", "slug", "from_on", "until_on")

    class Kind(models.TextChoices):
        PREFECTURE = "prefecture", _("県")
        CITY = "city", _("市")
        TOWN = "town", _("町")
        VILLAGE = "village", _("村")
        UNION = "union", _("一部事務組合")
        ENTERPRISE = "enterprise", _("企業団")

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=6, unique=True, validators=[_real_code])  # 全国地方公共団体コード
    name = models.CharField(max_length=60)
    kana = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    slug = models.SlugField(max_length=40, unique=True)
    accent = models.CharField(max_length=12, default="blue")
    address = models.CharField(max_length=200, default="", blank=True)
    phone = models.CharField(max_length=20, default="", blank=True)
    contact = models.CharField(max_length=100, default="", blank=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_on__isnull=True) | models.Q(until_on__gte=models.F("from_on")),
                name="body_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Population(SharedRow):
    """人口 — of a body on a date, with its source."""

    across = ("id", "body_id", "as_of", "persons")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="populations")
    as_of = models.DateField()
    persons = models.PositiveIntegerField()
    source = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "as_of"], name="one_population_per_day")]


class Service(SharedRow):
    """事業 — what members run together: for all of them (全団体向け事業) or for some (特定団体事業)."""

    across = ("id", "code", "name", "scope")

    class Scope(models.TextChoices):
        ALL = "all", _("全団体向け事業")
        SOME = "some", _("特定団体事業")

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    scope = models.CharField(max_length=4, choices=Scope.choices)

    def __str__(self) -> str:
        return self.name


class ServiceUse(SharedRow):
    """利用 — a body uses a service from a day to a day (both included); open while `until_on` is empty."""

    across = ("id", "body_id", "service_id", "from_on", "until_on")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="uses")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="uses")
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "service", "from_on"], name="use_begins_once_a_day"),
            models.UniqueConstraint(
                fields=["body", "service"],
                condition=models.Q(until_on__isnull=True),
                name="one_open_use_per_service",
            ),
            models.CheckConstraint(
                condition=models.Q(until_on__isnull=True) | models.Q(until_on__gte=models.F("from_on")),
                name="use_ends_after_it_begins",
            ),
        ]


class BodyRows(models.Manager[Any]):
    """The manager of a body's table. The wall refuses rows of others; pages filter as well."""

    use_in_migrations = False

    def of(self, body: Body) -> models.QuerySet[Any]:
        return self.filter(body_id=body.id)


class BodyRow(models.Model):
    """A table whose every row belongs to one body, behind the wall.

    In the database the primary key is (body_id, id). `across` names the columns that council figures
    may read over all bodies: never personal data.
    """

    across: ClassVar[tuple[str, ...]] = ()

    id = models.BigAutoField(primary_key=True)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, db_index=False, related_name="+", editable=False)

    objects = BodyRows()

    class Meta:
        abstract = True


class SameBody(models.ForeignKey):  # type: ignore[type-arg]
    """A reference inside one body: (body_id, x_id) → (body_id, id) in the database.

    The migration operation `Wall` makes that constraint and its index; Django's own single-column
    ones would ignore the wall, because foreign keys skip row-level security.
    """

    def __init__(self, to: Any, on_delete: Any, *, index: bool = True, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs["db_index"] = False
        self.index = index
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        kwargs.pop("db_index", None)
        if not self.index:
            kwargs["index"] = False
        return name, path, args, kwargs


class Counter(BodyRow):
    """番号簿 — the last number given for a kind in a fiscal year; gapless, because it is locked."""

    kind = models.CharField(max_length=40)
    fiscal_year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "kind", "fiscal_year"], name="one_counter_per_kind_and_year"
            )
        ]
