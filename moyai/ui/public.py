"""All that other packages may import of the screen: pages, forms, charts, readers of what is typed."""

from __future__ import annotations

from moyai.ui.charts import Series, bar_chart, line_chart
from moyai.ui.easy_dates import days_made_easy, easy_day, easy_moment, easy_time
from moyai.ui.foreign import in_japanese
from moyai.ui.forms import (
    AmountField,
    CodeField,
    DateParts,
    Form,
    KanaField,
    MailField,
    NameField,
    PhoneField,
    PostalCodeField,
    WholeNumberField,
    say_in_japanese,
)
from moyai.ui.readings import (
    EASY,
    easy,
    marked,
    marked_throughout,
    readings_in_brackets,
    without_readings,
)
from moyai.ui.responses import error_page, page
from moyai.ui.rules import (
    Unreadable,
    amount_yen,
    bare_code,
    count_characters,
    digits,
    fold,
    group_in_fours,
    kana,
    mail_address,
    name_as_given,
    phone,
    phone_shown,
    postal_code,
    postal_code_shown,
    trim,
    whole_number,
    yes_or_no,
)
from moyai.ui.skeletons import page_with_gaps
from moyai.ui.templatetags.ui import yen

__all__ = [
    "EASY",
    "AmountField",
    "CodeField",
    "DateParts",
    "Form",
    "KanaField",
    "MailField",
    "NameField",
    "PhoneField",
    "PostalCodeField",
    "Series",
    "Unreadable",
    "WholeNumberField",
    "amount_yen",
    "bar_chart",
    "bare_code",
    "count_characters",
    "days_made_easy",
    "digits",
    "easy",
    "easy_day",
    "easy_moment",
    "easy_time",
    "error_page",
    "fold",
    "group_in_fours",
    "in_japanese",
    "kana",
    "line_chart",
    "mail_address",
    "marked",
    "marked_throughout",
    "name_as_given",
    "page",
    "page_with_gaps",
    "phone",
    "phone_shown",
    "postal_code",
    "postal_code_shown",
    "readings_in_brackets",
    "say_in_japanese",
    "trim",
    "whole_number",
    "without_readings",
    "yen",
    "yes_or_no",
]
