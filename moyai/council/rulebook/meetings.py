"""表決・輪番・議案の上申・会則の効力 as published rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from moyai.council.rulebook.cases import CODE, Row, refusals
from moyai.council.rules import citing, climbing, rotation, voting
from moyai.council.rules.cannot import Cannot
from moyai.council.rules.voting import OUTCOME_WORDS, SET_ASIDE_WORDS, Base, Choice, How
from moyai.rulebook.public import (
    Example,
    Step,
    Terms,
    Version,
    Worked,
    case_of,
    choice,
    day,
    list_of,
    rule,
    text,
    whole,
    yes_no,
)

CHARTER = "協議会の会則（会議・表決・役員の定め）"
VERSIONS = [Version(from_on=date(2000, 4, 1), source="協議会の会則。要件は会議体ごとの定めによる。")]
_HOW = {"present": ("出席", "present"), "written": ("書面", "in writing"), "proxy": ("委任", "by proxy")}
_CHOICES = {
    "for": ("賛成", "for"),
    "against": ("反対", "against"),
    "abstain": ("棄権", "abstains"),
    "none": ("示さない（委任）", "left to the proxy"),
}
_BASES = {
    "all": ("全構成員", "all members"),
    "present": ("出席者", "those present"),
    "valid": ("賛否を示した者", "those for or against"),
}
_OUTCOMES = {
    "carried": (OUTCOME_WORDS[voting.Outcome.CARRIED], "carried"),
    "lost": (OUTCOME_WORDS[voting.Outcome.LOST], "lost"),
    "tied": (OUTCOME_WORDS[voting.Outcome.TIED], "tied: the chair decides"),
    "no_quorum": (OUTCOME_WORDS[voting.Outcome.NO_QUORUM], "no quorum"),
}
_VOTE = case_of(
    code=CODE,
    how=choice("方法", "How", _HOW),
    choice=choice("賛否", "Choice", _CHOICES),
    to=text("受任者（空欄は議長）", "Proxy (blank: the chair)", 6, default=""),
)


def _ballot(votes: str) -> list[Row]:
    """`a+ b- c0 d=a`: present for, against, abstaining; `w:a+` in writing; `d=a` left to a."""
    rows = []
    for word in votes.split():
        if "=" in word:
            body, holder = word.split("=")
            rows.append({"code": body, "how": "proxy", "choice": "none", "to": holder})
            continue
        written = word.startswith("w:")
        body, sign = word.removeprefix("w:")[:-1], word[-1]
        chosen = {"+": "for", "-": "against", "0": "abstain"}[sign]
        rows.append({"code": body, "how": "written" if written else "present", "choice": chosen})
    return rows


def _vote(votes: str, result: str, note: str, voters: str = "abcde", **more: Any) -> Example:
    return Example({"voters": list(voters), "votes": _ballot(votes), **more}, result, note=note)


@rule(
    "council-vote",
    title=("会議の表決", "A vote of the council"),
    source=CHARTER,
    input=case_of(
        voters=list_of("表決権のある会員", "Members who vote", CODE, 2_000, minItems=1),
        votes=list_of("表決", "Votes, in the order cast", _VOTE, 5_000),
        quorum_numerator=whole("定足数の分子", "Quorum, numerator", 0, 100, default=1),
        quorum_denominator=whole("定足数の分母", "Quorum, denominator", 1, 100, default=2),
        quorum_suffices=yes_no("定足数は以上（いいえは、超える）", "Reaching the quorum is enough", default=True),
        majority_numerator=whole("可決の割合の分子", "Majority, numerator", 0, 100, default=1),
        majority_denominator=whole("可決の割合の分母", "Majority, denominator", 1, 100, default=2),
        majority_suffices=yes_no("可決は以上（いいえは、超える）", "Reaching the majority is enough", default=False),
        base=choice("何に対する割合か", "Majority of", _BASES, default="present"),
        written=yes_no("書面による表決を認める", "Votes in writing", default=True),
        proxies=yes_no("委任を認める", "Proxies", default=True),
        chair=text("議長の団体コード", "The chair", 6, default=""),
        casting=choice(
            "可否同数のときの議長の決", "The chair's decision on a tie",
            {"none": ("まだ", "not yet"), "for": ("可", "for"), "against": ("否", "against")}, default="none",
        ),
    ),
    output=choice("結果", "Outcome", _OUTCOMES),
    versions=VERSIONS,
    examples=[
        _vote("a+ b+ c-", "carried", "5会員のうち3が出席し、賛成2・反対1"),
        _vote("a+ b+", "no_quorum", "2会員では半数に足りない"),
        _vote("w:a+ w:b+ w:c-", "carried", "書面も出席に数える"),
        _vote("a+ b=a c-", "carried", "委任は受任者に従う。賛成2・反対1"),
        _vote("a+ b=d c-", "no_quorum", "受任者が出席していない委任は数えない"),
        _vote("a+ b+ x- y- z-", "no_quorum", "会員でない団体の表決は、出席にも賛否にも数えない"),
        _vote("a+ b+ c- d0 e0", "lost", "出席者5の過半数でなければならない"),
        _vote("a+ b+ c- d0 e0", "carried", "棄権を除いた3の過半数", base="valid"),
        _vote("a0 b+ c- d+ e-", "tied", "議長を除いて可否同数", chair="a"),
        _vote("a0 b+ c- d+ e-", "carried", "議長が可と決する", chair="a", casting="for"),
        _vote("a0 b+ c- d+ e-", "lost", "議長が否と決する", chair="a", casting="against"),
        _vote("w:a+ w:b+ w:c+ w:d-", "lost", "6会員の3分の2（4）以上が要る", "abcdef", base="all",
              majority_numerator=2, majority_denominator=3, majority_suffices=True),
        _vote("w:a+ w:b+ w:c+ w:d- w:e+", "carried", "6会員の3分の2（4）に達する", "abcdef", base="all",
              majority_numerator=2, majority_denominator=3, majority_suffices=True),
        _vote("w:a+ w:b+ w:c+ w:a-", "carried", "出し直した表決は最後のものを数える。賛成2・反対1"),
    ],
)  # fmt: skip
def council_vote(case: Mapping[str, Any], terms: Terms) -> Worked:
    """出席・書面・委任を合わせて定足数を確かめ、会議体の定める割合で可否を決める。会員だけを数え、無回答は棄権と分ける。"""
    chosen = {"for": Choice.FOR, "against": Choice.AGAINST, "abstain": Choice.ABSTAIN, "none": None}
    found = voting.tally(
        case["voters"],
        [
            voting.Vote(row["code"], How(row["how"]), chosen[row["choice"]], row["to"] or None)
            for row in case["votes"]
        ],
        voting.Rule(
            quorum=Fraction(case["quorum_numerator"], case["quorum_denominator"]),
            quorum_suffices=case["quorum_suffices"],
            majority=Fraction(case["majority_numerator"], case["majority_denominator"]),
            majority_suffices=case["majority_suffices"],
            base=Base(case["base"]),
            chair_breaks_ties=bool(case["chair"]),
            written=case["written"],
            proxies=case["proxies"],
            chair=case["chair"] or None,
        ),
        casting=chosen[case["casting"]],
    )
    ways = f"出席{len(found.attended)} ＋ 書面{len(found.written)} ＋ 委任{len(found.proxied)}"
    return found.outcome.value, [
        Step("会員の数", found.voters),
        *(Step(f"{body}の表決は数えない", SET_ASIDE_WORDS[why]) for body, why in found.set_aside.items()),
        Step("無回答", len(found.no_reply)),
        Step("出席の数", found.present, formula=ways),
        Step(
            "定足数", "足りる" if found.quorate else "足りない",
            formula=f"{found.present}/{found.voters}、要る割合 {case['quorum_numerator']}/{case['quorum_denominator']}",
        ),
        Step("賛成", found.for_, formula=f"反対{found.against}、棄権{found.abstained}"),
        Step(
            "結果", OUTCOME_WORDS[found.outcome],
            formula=f"{found.for_}/{found.base}、要る割合 {case['majority_numerator']}/{case['majority_denominator']}",
        ),
    ]  # fmt: skip


_FIVE = ["周南市", "下松市", "光市", "柳井市", "阿武町"]


def _turn(year: int, result: str, bodies: list[str], first: int, term: int, note: str = "") -> Example:
    case = {"bodies": bodies, "first_year": first, "term_years": term, "fiscal_year": year}
    return Example(case, result, note=note)


@rule(
    "office-rotation",
    title=("役員・事務局の輪番", "Whose turn an office is"),
    source=CHARTER,
    input=case_of(
        bodies=list_of("輪番の順", "Bodies in turn", text("団体", "Body", 60, minLength=1), 200, minItems=1),
        first_year=whole("最初の年度", "First fiscal year", 1900, 2200),
        term_years=whole("任期（年）", "Years of a term", 1, 20),
        fiscal_year=whole("年度", "Fiscal year asked for", 1900, 2200),
    ),
    output=text("当番の団体", "Body whose turn it is", 60),
    versions=VERSIONS,
    examples=[
        _turn(2018, "周南市", _FIVE, 2018, 2, "5団体が2年ずつ、2018年度から2027年度まで1回ずつ"),
        _turn(2019, "周南市", _FIVE, 2018, 2, "任期の2年目"),
        _turn(2020, "下松市", _FIVE, 2018, 2),
        _turn(2027, "阿武町", _FIVE, 2018, 2, "10年目"),
        _turn(2028, "周南市", _FIVE, 2018, 2, "一巡した後"),
        _turn(2017, "丁町", ["甲市", "乙町", "丙町", "丁町"], 2014, 1, "4団体が1年交代"),
    ],
)
def office_rotation(case: Mapping[str, Any], terms: Terms) -> Worked:
    """任期ごとに、決めた順に次の団体に移り、最後まで行くと最初に戻る。"""
    with refusals():
        found = rotation.turn(
            case["bodies"], case["fiscal_year"], first_year=case["first_year"], term_years=case["term_years"]
        )
    place = (case["fiscal_year"] - case["first_year"]) // case["term_years"]
    return found.body, [
        Step(
            "何期目",
            place + 1,
            formula=f"（{case['fiscal_year']} − {case['first_year']}）÷ {case['term_years']} ＋ 1",
        ),
        Step("任期", f"{found.first_year}年度から{found.last_year}年度まで"),
        Step(
            "当番の団体",
            found.body,
            formula=f"{len(case['bodies'])}団体の{place % len(case['bodies']) + 1}番目",
        ),
    ]


_STATES = {
    "decided": ("決定", "decided"),
    "heard": ("了承", "heard"),
    "draft": ("案", "draft"),
    "put": ("付議", "put"),
    "returned": ("差戻", "returned"),
    "rejected": ("否決", "rejected"),
    "withdrawn": ("取下げ", "withdrawn"),
}


def _climb(lower: str, state: str, upper: str, result: bool, note: str) -> Example:
    case = {"lower_on": lower, "state": state, "upper_on": upper}
    return Example(case, result, note=note)


@rule(
    "item-climbing",
    title=("議案の上申（部会→幹事会→総会）", "When an item may go up to the next committee"),
    source=CHARTER,
    input=case_of(
        lower_on=day("下の会議で決定した日", "Decided below on"),
        state=choice("下の会議での扱い", "State below", _STATES),
        upper_on=day("上の会議の日", "Sitting above on"),
    ),
    output=yes_no("上げられる", "May go up"),
    versions=VERSIONS,
    examples=[
        _climb("2017-06-20", "decided", "2017-06-29", True, "電子調達部会から幹事会へ"),
        _climb("2017-06-29", "decided", "2017-07-13", True, "幹事会から総会へ"),
        _climb("2017-06-29", "decided", "2017-06-29", True, "同じ日でもよい"),
        _climb("2017-06-29", "decided", "2017-06-28", False, "上の会議が先になる"),
        _climb("2017-06-20", "returned", "2017-06-29", False, "差し戻された議案"),
        _climb("2017-06-20", "put", "2017-06-29", False, "まだ決定していない"),
        _climb("2017-06-20", "heard", "2017-06-29", True, "報告は了承されれば上がる"),
    ],
)
def item_climbing(case: Mapping[str, Any], terms: Terms) -> Worked:
    """議案は、下の会議で決定（報告は了承）した後に、その日以降に開かれる上の会議に付議する。"""
    lower = climbing.Rung("lower", "下の会議", case["lower_on"], case["state"])
    upper = climbing.Rung("upper", "上の会議", case["upper_on"], "put")
    try:
        climbing.check_climb(lower, upper, {"lower": "upper"})
    except Cannot as cannot:
        return False, [Step("上げられない理由", cannot.words)]
    return True, [Step("上の会議の日", case["upper_on"], formula="決定の日以降")]


_EDITION = case_of(
    number=whole("版", "Version", 1, 1_000),
    from_on=day("施行の日", "In force from"),
    abolished=yes_no("廃止", "Abolished", default=False),
)
_OUTLINE = [
    {"number": 1, "from_on": "2005-04-01"},
    {"number": 2, "from_on": "2014-07-01"},
    {"number": 3, "from_on": "2017-11-01", "abolished": True},
]
CANNOT_BE_CITED = "引用できない"


def _cited(on: str, result: str, note: str) -> Example:
    return Example({"editions": _OUTLINE, "on": on}, result, note=note)


@rule(
    "bylaw-in-force",
    title=("会則・要綱の効力", "Which version of a rule of the council is in force"),
    source=CHARTER,
    input=case_of(
        editions=list_of("版", "Versions", _EDITION, 200, minItems=1),
        on=day("いつの効力か", "On which day"),
    ),
    output=text("効力のある版", "Version in force", 40),
    versions=VERSIONS,
    examples=[
        _cited("2005-03-31", CANNOT_BE_CITED, "施行の前日"),
        _cited("2005-04-01", "第1版", "施行の日"),
        _cited("2014-07-01", "第2版", "改正の日から"),
        _cited("2017-10-31", "第2版", "廃止の前日"),
        _cited("2017-11-01", CANNOT_BE_CITED, "負担金取扱要領の廃止（平成29年11月1日）"),
    ],
)
def bylaw_in_force(case: Mapping[str, Any], terms: Terms) -> Worked:
    """その日までに施行された最も新しい版が効力を持つ。廃止された日からは引用できない。"""
    editions = [citing.Edition(row["number"], row["from_on"], row["abolished"]) for row in case["editions"]]
    try:
        found = citing.cited("この規則", editions, case["on"])
    except Cannot as cannot:
        return CANNOT_BE_CITED, [Step("引用できない理由", cannot.words)]
    return f"第{found.number}版", [
        Step("施行の日", found.from_on),
        Step("効力のある版", f"第{found.number}版"),
    ]
