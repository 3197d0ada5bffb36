"""Kinds of field: what each takes as people write it, what it keeps, and what it refuses."""

import pytest

from moyai.applications.rules import UploadFact, answer
from moyai.applications.tests.test_forms_answers import TODAY, one_field, taken
from moyai.applications.tests.test_forms_editions import OPTIONS


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ({"kind": "kana"}, "ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダ　タロウ"),
        ({"kind": "kana"}, "やまだ　ヴぃ・ー", "ヤマダ　ヴィ・ー"),
        ({"kind": "kana"}, "山田", {"f": "not_kana"}),
        ({"kind": "kana"}, "Yamada", {"f": "not_kana"}),
        ({"kind": "phone"}, "（０４３）２４５―５１１１", "+81432455111"),
        ({"kind": "phone"}, "+81 43 245 5111", "+81432455111"),
        ({"kind": "phone"}, "090ー1234ー5678", "+819012345678"),
        ({"kind": "phone"}, "043-245", {"f": "not_phone"}),
        ({"kind": "phone"}, "0432455111 内線3", {"f": "not_phone"}),
        ({"kind": "mail"}, " Ｔａｒｏ＠Example.JP ", "Taro@example.jp"),
        ({"kind": "mail"}, "a@b", {"f": "not_mail"}),
        ({"kind": "mail"}, "taロー@b.jp", {"f": "not_mail"}),
        ({"kind": "mail"}, "a@b.jp\nBcc: c@d.jp", {"f": "control_characters"}),
        ({"kind": "postal_code"}, "〒２６０−００１３", "2600013"),
        ({"kind": "postal_code"}, "26000130", {"f": "not_postal_code"}),
        ({"kind": "microchip"}, "３９２-1411 23456789", "392141123456789"),
        ({"kind": "microchip"}, "39214112345678", {"f": "not_digits"}),
        ({"kind": "number", "min": 1, "max": 10}, "１０", 10),
        ({"kind": "number", "min": 1, "max": 10}, 0, {"f": "range"}),
        ({"kind": "number", "min": 1, "max": 10}, "3.0", {"f": "not_whole"}),
        ({"kind": "number", "min": 1, "max": 10}, 3.0, {"f": "not_whole"}),
        ({"kind": "number", "min": 1, "max": 10}, True, {"f": "not_whole"}),
        ({"kind": "number", "min": 10, "max": 90, "step": 20}, 50, 50),
        ({"kind": "number", "min": 10, "max": 90, "step": 20}, 40, {"f": "step"}),
        ({"kind": "number"}, "1,234", 1234),
        ({"kind": "number"}, "12,34", {"f": "not_whole"}),
        ({"kind": "yen"}, "￥１２，３４５円", 12345),
        ({"kind": "yen"}, "3万5千円", 35000),
        ({"kind": "yen"}, "1億2万", 100020000),
        ({"kind": "yen", "min": -5000}, "△1,000", -1000),
        ({"kind": "yen"}, "1.5円", {"f": "not_yen"}),
        ({"kind": "yen"}, "万", {"f": "not_yen"}),
        ({"kind": "date"}, "2024-02-29", "2024-02-29"),
        ({"kind": "date"}, "1872-12-31", {"f": "far_date"}),
        ({"kind": "date"}, "9999-12-31", {"f": "far_date"}),
        ({"kind": "date"}, "2026-02-29", {"f": "no_such_day"}),
        ({"kind": "date"}, "2026-13-01", {"f.month": "no_such_month"}),
        ({"kind": "date"}, {"year": "2026", "month": "４", "day": 1}, "2026-04-01"),
        ({"kind": "date"}, "令和8年4月1日", {"f": "not_date"}),
        ({"kind": "date", "latest": {"fact": "today"}}, "2026-04-11", {"f": "too_late"}),
        (
            {"kind": "date", "earliest": {"add_days": [{"fact": "today"}, 3]}},
            "2026-04-12",
            {"f": "too_early"},
        ),
        ({"kind": "text", "max_length": 3}, "𠮷󠄀𠮷󠄀𠮷󠄀", "𠮷󠄀𠮷󠄀𠮷󠄀"),
        ({"kind": "text", "max_length": 3}, "あいうえ", {"f": "too_long"}),
        ({"kind": "text", "min_length": 3}, "あい", {"f": "too_short"}),
        ({"kind": "text"}, "a\tb", {"f": "control_characters"}),
        ({"kind": "textarea"}, "a\r\nb\rc", "a\nb\nc"),
        ({"kind": "textarea", "max_length": 2}, "👨‍👩‍👧👍🏽", "👨‍👩‍👧👍🏽"),
        ({"kind": "yes_no", "yes_label": "あり"}, "あり", True),
        ({"kind": "yes_no"}, "0", False),
        ({"kind": "consent", "text": "t"}, False, {"f": "missing_consent"}),
        ({"kind": "consent", "text": "t", "required": False}, "false", None),
        ({"kind": "multiple_choice", "options": OPTIONS}, ["b", "a"], ["a", "b"]),
        ({"kind": "multiple_choice", "options": OPTIONS}, "b", ["b"]),
        (
            {"kind": "multiple_choice", "options": OPTIONS, "max_count": 1},
            ["b", "a"],
            {"f": "too_many_chosen"},
        ),
        ({"kind": "multiple_choice", "options": OPTIONS}, ["b", "b"], {"f": "chosen_twice"}),
        ({"kind": "ranking", "options": OPTIONS}, ["b", "a"], ["b", "a"]),
        ({"kind": "ranking", "options": OPTIONS}, ["b"], {"f": "too_few_chosen"}),
        (
            {"kind": "matrix", "rows": OPTIONS, "columns": OPTIONS, "required": True},
            {"a": "b"},
            {"f.b": "missing_part_choice"},
        ),
        ({"kind": "matrix", "rows": OPTIONS, "columns": OPTIONS}, {"a": "b", "b": ""}, {"a": "b"}),
        (
            {"kind": "address"},
            {"prefecture": "千葉", "city": "市", "street": "1", "postal_code": "1"},
            {"f.postal_code": "not_postal_code_of_address", "f.prefecture": "not_prefecture"},
        ),
        (
            {"kind": "address", "postal_code": False},
            {"prefecture": "千葉県", "city": "松戸市", "street": "1", "building": " "},
            {"prefecture": "千葉県", "city": "松戸市", "street": "1"},
        ),
    ],
)
def test_kind_of_field_takes_what_people_write(field: dict, value: object, kept: object) -> None:
    assert taken(value, **field) == kept


def test_dates_that_are_not_iso_go_to_the_reader_of_the_page() -> None:
    assert taken("令和8年4月1日", kind="date", read_date=lambda text: "2026-04-01") == "2026-04-01"
    assert (
        taken(
            {"era": "R", "year": "8", "month": "4", "day": "1"},
            kind="date",
            read_date=lambda text: "2026-04-01",
        )
        == "2026-04-01"
    )
    assert taken("26/4/1", kind="date", read_date=lambda text: None) == {"f": "not_date"}
    assert taken("x", kind="date", read_date=lambda text: "not iso") == {"f": "not_date"}


@pytest.mark.parametrize(
    ("field", "ids", "outcome"),
    [
        ({"kind": "file"}, ["mine"], ["mine"]),
        ({"kind": "file"}, "mine", ["mine"]),
        ({"kind": "file"}, ["theirs"], {"f": "file_unknown"}),
        ({"kind": "file"}, ["../../etc/passwd"], {"f": "file_unknown"}),
        ({"kind": "file"}, ["mine", "pic"], {"f": "too_many_files"}),
        ({"kind": "file", "max_count": 2}, ["mine", "mine"], {"f": "chosen_twice"}),
        ({"kind": "file", "max_count": 3, "min_count": 2}, ["mine"], {"f": "too_few_files"}),
        ({"kind": "file", "max_bytes": 2000}, ["mine"], {"f": "file_too_big"}),
        ({"kind": "file", "max_count": 2, "max_total_bytes": 10_000}, ["mine", "pic"], ["mine", "pic"]),
        (
            {"kind": "file", "max_count": 2, "max_total_bytes": 9_999},
            ["mine", "pic"],
            {"f": "files_too_big_in_all"},
        ),
        ({"kind": "file", "accept": ["image/png"]}, ["mine"], {"f": "file_type"}),
        ({"kind": "file"}, ["bad"], {"f": "file_refused"}),
        ({"kind": "photo"}, ["pic"], ["pic"]),
        ({"kind": "photo"}, ["mine"], {"f": "file_type"}),
        ({"kind": "photo", "min_width_px": 481}, ["pic"], {"f": "photo_too_small"}),
        ({"kind": "photo", "shape": {"width": 3, "height": 4}}, ["pic"], ["pic"]),
        ({"kind": "photo", "shape": {"width": 4, "height": 3}}, ["pic"], {"f": "photo_shape"}),
        ({"kind": "photo"}, ["nopic"], {"f": "photo_unreadable"}),
    ],
)
def test_upload_is_taken_by_its_facts(field: dict, ids: object, outcome: object) -> None:
    uploads = {
        "mine": UploadFact("a.pdf", "application/pdf", 5000),
        "bad": UploadFact("b.pdf", "application/pdf", 5000, refused=True),
        "pic": UploadFact("c.jpg", "image/jpeg", 5000, 480, 640),
        "nopic": UploadFact("d.jpg", "image/jpeg", 5000),
    }
    assert taken(ids, uploads=uploads, **field) == outcome


def test_slip_in_a_mail_domain_is_a_warning_only() -> None:
    result = answer(one_field(kind="mail"), {"f": "a@gmail.con"}, today=TODAY)  # type: ignore[arg-type]
    assert result.ok
    assert [(path, one.ja) for path, one in result.warnings] == [
        ("f", "項目は a@gmail.com ではありませんか。違っていれば直してください。")
    ]
