"""様式の機構 — form editions, answers and fees as pure functions. Everything others may use stands in this door.

Wire values by kind (what `answers` and `posted` hold; "" / null / [] / {} mean: no answer):
  text textarea name kana phone mail postal_code microchip   "…"
  date            "2026-04-01" or {"year", "month", "day"}; anything else goes to `read_date`, which gives ISO text or None
  number yen      12 or "12"                    yes_no consent   true / false (also "yes" "no" "はい" "いいえ" …)
  single_choice   "code", with own words {"choice": "code", "text": "…"}
  multiple_choice ["code", {"choice": "code", "text": "…"}]      ranking ["first", "second"]
  matrix          {"row": "column"}             address {"postal_code", "prefecture", "city", "street", "building"}
  file photo      ["upload id"]                 group [{row}, {row}]
  explanation, calculated: never posted.
"""
