"""What a person entrusts to the account, so that forms need not ask again."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from moyai.people.models.accounts import Account
from moyai.tenants.public import SharedRow


class Profile(SharedRow):
    """本人情報（A票） — name, address and ways to reach an account's owner, kept because the owner asked for it.

    Offered to forms as first answers; never handed to anybody else. Deleting removes the row.
    Source: デジタル庁 DS-451-1 行政サービス・データ連携モデル 申請（A票）.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("個人")
        FIRM = "firm", _("法人・団体")

    FACTS = (
        "kind",
        "name",
        "kana",
        "born_on",
        "postal_code",
        "prefecture",
        "city",
        "street",
        "building",
        "phone",
        "email",
        "corporate_number",
        "firm_name",
        "firm_kana",
        "representative",
    )

    account = models.OneToOneField(
        Account, on_delete=models.CASCADE, primary_key=True, related_name="profile_row"
    )
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.PERSON)
    name = models.CharField(max_length=100, default="", blank=True)
    kana = models.CharField(max_length=100, default="", blank=True)
    born_on = models.DateField(null=True, blank=True)
    postal_code = models.CharField(max_length=7, default="", blank=True)
    prefecture = models.CharField(max_length=10, default="", blank=True)
    city = models.CharField(max_length=60, default="", blank=True)
    street = models.CharField(max_length=200, default="", blank=True)  # 町字・番地
    building = models.CharField(max_length=200, default="", blank=True)
    phone = models.CharField(max_length=20, default="", blank=True)  # E.164
    email = models.EmailField(max_length=254, default="", blank=True)
    corporate_number = models.CharField(max_length=13, default="", blank=True)  # 法人番号
    firm_name = models.CharField(max_length=150, default="", blank=True)
    firm_kana = models.CharField(max_length=150, default="", blank=True)
    representative = models.CharField(max_length=100, default="", blank=True)
    consented_at = models.DateTimeField()  # when the owner agreed to the use told on the page
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(corporate_number="") | Q(corporate_number__regex=r"^[1-9][0-9]{12}$"),
                name="profile_corporate_number_has_13_digits",
            ),
        ]
