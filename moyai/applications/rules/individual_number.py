"""個人番号 — words by which a field in which people type would ask for it (番号法第19条: no form may, but its vault)."""

from __future__ import annotations

import re
import unicodedata

_WORDS = re.compile(
    "個人番号|マイナンバー|まいなんばー|mynumber|my-number|individualnumber|individual-number|socialsecurityandtaxnumber"
)
# The card with the photograph is a document like others: only its number is not to be asked for.
_CARD = re.compile(
    "(?:個人番号|マイナンバー|mynumber|my-number|individualnumber|individual-number)(?:カード|card)"
)
_NUMBER = re.compile("番号|ナンバー|number|12桁|12-digit|12digit")
_NOT_WANTED = re.compile(
    "(?:個人番号|マイナンバー)(?:（マイナンバー）)?(?:の(?:記入|記載|入力))?(?:は|を|が)[^。]*?"
    "(?:書かないで|記入しないで|入力しないで|記載しないで|含めないで|書かない|記入しない|入力しない|記載しない|不要|必要ありません)"
    "|(?:donot|don't)(?:enter|write|give|include)(?:your|the)?(?:individualnumber|mynumber)(?:\\(mynumber\\))?"
)


def asks_for_it(text: str) -> bool:
    """Whether a label or hint asks for the Individual Number; a hint that says not to write it does not."""
    squeezed = re.sub(r"[\s_・]+", "", unicodedata.normalize("NFKC", text)).lower()
    rest = _NOT_WANTED.sub("", squeezed)
    rest, cards = _CARD.subn("", rest)
    return bool(_WORDS.search(rest)) or (cards > 0 and bool(_NUMBER.search(rest)))
