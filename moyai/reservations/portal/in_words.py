"""利用の決まりを言葉で — what the policies of a room say, as short sentences: opening, who, periods, limits, cancelling.

What is printed is read from the documents in force: no sentence stands here that the rules do not apply.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.reservations.forms.booking import EVERY_WORDS
from moyai.reservations.portal.naming import CLASS_WORDS, KIND_WORDS, english
from moyai.reservations.rules.periods import change_reach
from moyai.reservations.rules.rooms import clock_face
from moyai.reservations.words import measured

Document = Mapping[str, Any]
DAYS = {
    "mon": lazy("月曜日"),
    "tue": lazy("火曜日"),
    "wed": lazy("水曜日"),
    "thu": lazy("木曜日"),
    "fri": lazy("金曜日"),
    "sat": lazy("土曜日"),
    "sun": lazy("日曜日"),
    "holiday": lazy("祝日"),
}
ON_HOLIDAY = {
    "open": lazy("祝日に当たるときは開館します。"),
    "next_day": lazy("祝日に当たるときは開館し、翌日を休館にします。"),
    "next_weekday": lazy("祝日に当たるときは開館し、次の平日を休館にします。"),
}
SPANS = {
    "day": lazy("1日"),
    "week": lazy("1週間"),
    "month": lazy("1か月"),
    "fiscal_year": lazy("1年度"),
    "standing": lazy("これから使う分"),
}
SCOPES = {
    "room": lazy("同じ室場"),
    "facility": lazy("同じ施設"),
    "category": lazy("同じ種類の施設"),
    "body": lazy("すべての施設"),
}
WAYS = {"lottery": lazy("抽選の申込み"), "first": lazy("先着の申込み"), "priority": lazy("優先の申込み")}
WHYS = {"own": lazy("利用者の都合"), "weather": lazy("天候・災害"), "facility": lazy("施設の都合")}


def listed(words: Iterable[Any]) -> str:
    """月曜日・火曜日 · Mondays, Tuesdays."""
    return (", " if english() else "・").join(str(one) for one in words)


def opening_words(document: Document | None) -> list[str]:
    """開館時間と休館日."""
    if not document:
        return [_("開館日は、施設に問い合わせてください。")]
    said = []
    for row in document["hours"]:
        facts = {
            "days": listed(DAYS[one] for one in row["days"]) if row.get("days") else _("開館する日"),
            "opens": clock_face(row["opens"]),
            "closes": clock_face(row["closes"]),
        }
        if row.get("from") and row.get("until"):
            facts |= {"from": _month_day(row["from"]), "until": _month_day(row["until"])}
            said.append(
                _("%(days)s（%(from)sから%(until)sまで）は、%(opens)sから%(closes)sまでです。") % facts
            )
        else:
            said.append(_("%(days)sは、%(opens)sから%(closes)sまでです。") % facts)
    said += [_closed_words(row) for row in document.get("closed", ())]
    if document.get("holidays_closed"):
        said.append(_("祝日は休館します。"))
    if year_end := document.get("year_end"):
        said.append(
            _("年末年始（%(from)sから%(until)sまで）は休館します。")
            % {"from": _month_day(year_end["from"]), "until": _month_day(year_end["until"])}
        )
    return said


def _closed_words(row: Document) -> str:
    match row["every"]:
        case "month_end":
            said = _("毎月の末日は休館します。")
        case "nth":
            said = _("毎月の第%(nth)s%(day)sは休館します。") % {
                "nth": listed(row.get("nth", ())),
                "day": DAYS[row["weekday"]],
            }
        case _:
            said = _("毎週%(day)sは休館します。") % {"day": DAYS[row["weekday"]]}
    moved = ON_HOLIDAY.get(row.get("on_holiday", ""))
    return f"{said}{' ' if english() else ''}{moved}" if moved else said


def _month_day(text: str) -> str:
    month, day = (int(part) for part in text.split("-"))
    return f"{day}/{month}" if english() else _("%(month)s月%(day)s日") % {"month": month, "day": day}


def eligibility_words(document: Document | None) -> list[str]:
    """利用できる方."""
    terms = document or {}
    said = [_("利用者登録をした方が予約できます。")]
    if terms.get("kinds"):
        said.append(_("登録の種類：%(kinds)s") % {"kinds": listed(KIND_WORDS[one] for one in terms["kinds"])})
    if terms.get("classes"):
        said.append(
            _("登録の区分：%(classes)s") % {"classes": listed(CLASS_WORDS[one] for one in terms["classes"])}
        )
    if "least_age" in terms:
        said.append(_("%(age)s歳以上の方（団体は代表者）が対象です。") % {"age": terms["least_age"]})
    group = terms.get("group", {})
    if "least_members" in group:
        said.append(_("団体は%(count)s人以上で登録します。") % {"count": group["least_members"]})
    return said


def period_words(document: Document | None) -> list[str]:
    """申込みの期間, one sentence for each row."""
    said = []
    for way, words in WAYS.items():
        for row in (document or {}).get(way, ()):
            who = [KIND_WORDS[one] for one in row.get("kinds", ())]
            who += [CLASS_WORDS[one] for one in row.get("classes", ())]
            facts = {
                "way": f"{words}（{listed(who)}）" if who else words,
                "from": moment_told(row["from"]),
                "until": moment_told(row["until"]),
            }
            said.append(_("%(way)s：%(from)sから%(until)sまで") % facts)
    for name, sentence in (
        ("change_until", _("予約の変更は、%(moment)sまでできます。")),
        ("cancel_until", _("予約の取消しは、%(moment)sまでできます。")),
    ):
        if told := (document or {}).get(name):
            said.append(sentence % {"moment": moment_told(told)})
    match change_reach(document):
        case "facility":
            said.append(_("予約は、同じ施設のほかの室場にも変更できます。"))
        case "body":
            said.append(_("予約は、ほかの施設の室場にも変更できます。"))
    return said


def moment_told(told: Document) -> str:
    """利用日の30日前の9:00, 利用月の2か月前の1日の9:00, 利用の60分前."""
    if "minutes" in told:
        if not told["minutes"]:
            return _("利用の開始")
        return _("利用の%(count)s分前") % {"count": told["minutes"]}
    at = clock_face(told["at"])
    if "days" in told:
        if not told["days"]:
            return _("利用日の%(at)s") % {"at": at}
        return _("利用日の%(count)s日前の%(at)s") % {"count": told["days"], "at": at}
    facts = {"count": told["months"], "at": at, "day": told.get("day")}
    if told.get("of") == "fiscal_year":
        return _("利用する年度の4月の%(count)sか月前の%(day)s日の%(at)s") % facts
    if not told.get("day"):
        return _("利用日の%(count)sか月前の同じ日の%(at)s") % facts
    if told["day"] == 31:
        return _("利用月の%(count)sか月前の末日の%(at)s") % facts
    if not told["months"]:
        return _("利用月の%(day)s日の%(at)s") % facts
    return _("利用月の%(count)sか月前の%(day)s日の%(at)s") % facts


def limit_words(document: Document | None) -> list[str]:
    """申込みと予約の上限."""
    terms = document or {}
    said = []
    if "longest_minutes" in terms:
        said.append(
            _("1回の利用は%(most)sまでです。") % {"most": measured(terms["longest_minutes"], "minutes")}
        )
    if "shortest_minutes" in terms:
        said.append(
            _("1回の利用は%(most)sからです。") % {"most": measured(terms["shortest_minutes"], "minutes")}
        )
    if "most_weight" in terms:
        said.append(_("1回の利用は%(most)sまでです。") % {"most": measured(terms["most_weight"], "weight")})
    if terms.get("one_place_at_a_time"):
        said.append(_("同じ時間に2か所は予約できません。"))
    for row in terms.get("limits", ()):
        facts = {
            "name": row["name"],
            "span": SPANS[row["span"]],
            "most": measured(row["most"], row.get("measure", "count")),
            "scope": SCOPES[row.get("scope", "body")],
        }
        said.append(_("%(name)s：%(scope)sで、%(span)sに%(most)sまでです。") % facts)
    if told := terms.get("series"):
        facts = {"ways": listed(EVERY_WORDS[one] for one in told["every"]), "most": f"{told['most']:,}"}
        if told.get("kinds"):
            facts["who"] = listed(KIND_WORDS[one] for one in told["kinds"])
            said.append(_("%(who)sは、%(ways)sの予約を、一度に%(most)s回まで申し込めます。") % facts)
        else:
            said.append(_("%(ways)sの予約を、一度に%(most)s回まで申し込めます。") % facts)
    return said


def cancellation_rows(document: Document | None) -> list[tuple[str, str]]:
    """取消しと還付 of the user's own reasons: by when, and how much of what was paid."""
    tiers = sorted(
        (row for row in (document or {}).get("tiers", ()) if row["why"] == "own"),
        key=lambda row: -row["days_before"],
    )
    rows = []
    for row in tiers:
        share = _("全額を返します") if row["percent"] == 100 else _("%(percent)s%%を返します") % row
        if not row["percent"]:
            share = _("返しません")
        rows.append((_tier_words(row["days_before"]), share))
    return rows


def _tier_words(days: int) -> str:
    if days > 0:
        return _("利用日の%(days)s日前まで") % {"days": days}
    return _("利用日の当日まで") if days == 0 else _("利用日のあと")


def penalty_words(document: Document | None) -> list[str]:
    """違反点数と利用停止."""
    if not document:
        return []
    words = {
        "no_show": _("連絡なく使わなかったとき"),
        "late_cancel": _("直前に取り消したとき"),
        "breach": _("決まりに違反したとき"),
    }
    said = []
    for row in document["points"]:
        points = f"{row['tenths'] / 10:g}"
        said.append(_("%(why)sは、%(points)s点がつきます。") % {"why": words[row["why"]], "points": points})
    for row in document.get("suspend", ()):
        length = (
            _("%(count)sか月") % {"count": row["months"]}
            if "months" in row
            else _("%(count)s日") % {"count": row.get("days", 0)}
        )
        said.append(
            _("%(points)s点になると、%(length)sのあいだ予約できません。")
            % {"points": f"{row['tenths'] / 10:g}", "length": length}
        )
    return said
