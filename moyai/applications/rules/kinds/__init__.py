"""項目の種類の一覧 — the one registry of field kinds. A new kind is a class and a line here."""

from __future__ import annotations

from moyai.applications.rules.kinds.accounts import BankAccount
from moyai.applications.rules.kinds.base import Kind
from moyai.applications.rules.kinds.choices import (
    Consent,
    Matrix,
    MultipleChoice,
    Ranking,
    SingleChoice,
    YesNo,
)
from moyai.applications.rules.kinds.codes import CheckNumber, CorporateNumber
from moyai.applications.rules.kinds.files import File, Photo
from moyai.applications.rules.kinds.listed import Listed
from moyai.applications.rules.kinds.numbers import Date, Number, Yen
from moyai.applications.rules.kinds.places import Address, PostalCode
from moyai.applications.rules.kinds.points import MapPoint
from moyai.applications.rules.kinds.structure import Calculated, Explanation, Group
from moyai.applications.rules.kinds.times import Time
from moyai.applications.rules.kinds.words import Kana, Mail, Microchip, Name, Phone, Text, TextArea

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Text(),
        TextArea(),
        Name(),
        Kana(),
        Date(),
        Time(),
        PostalCode(),
        Address(),
        MapPoint(),
        Phone(),
        Mail(),
        Number(),
        Yen(),
        SingleChoice(),
        MultipleChoice(),
        Listed(),
        YesNo(),
        Matrix(),
        Ranking(),
        Microchip(),
        CorporateNumber(),
        CheckNumber(),
        BankAccount(),
        File(),
        Photo(),
        Consent(),
        Explanation(),
        Calculated(),
        Group(),
    )
}
