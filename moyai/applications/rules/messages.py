"""Every sentence the form engine can say, in Japanese and English: code → (ja, en). Wording:
〜してください, no blame.

Placeholders are filled from Message.params; `label` is the question as the form edition words it.
"""

TEXTS: dict[str, tuple[str, str]] = {
    # --- answers: missing -----------------------------------------------------------------------------
    "missing_text": ("{label}を入力してください。", "Enter {label}."),
    "missing_choice": ("{label}を選んでください。", "Choose {label}."),
    "missing_file": ("{label}を添付してください。", "Attach {label}."),
    "missing_consent": (
        "{label}を確認し、同意する場合はチェックを入れてください。",
        "Read {label} and tick the box if you agree.",
    ),
    "missing_part": ("{label}の{part}を入力してください。", "Enter {part} of {label}."),
    "missing_part_choice": (
        "{label}の「{part}」の回答を選んでください。",
        "Choose an answer for “{part}” in {label}.",
    ),
    "missing_other": (
        "{label}で「{option}」を選んだときは、その内容も入力してください。",
        "You chose “{option}” for {label}: say what it is.",
    ),
    "too_few_rows": (
        "{label}は{min}{counter}以上入力してください。今は{count}{counter}です。",
        "Enter at least {min} for {label}; there are {count} now.",
    ),
    # --- answers: structure ---------------------------------------------------------------------------
    "not_answers": (
        "回答は、項目と値の組（JSONのオブジェクト）で送ってください。",
        "Send the answers as a JSON object.",
    ),
    "unknown_field": (
        "「{name}」という項目はこの様式にありません。取り除いてください。",
        "This form has no field “{name}”. Remove it.",
    ),
    "too_many_unknown": (
        "この様式にない項目がほかに{count}件あります。取り除いてください。",
        "There are {count} more fields which this form does not have. Remove them.",
    ),
    "unknown_page": ("「{name}」というページはこの様式にありません。", "This form has no page “{name}”."),
    "unknown_path": (
        "「{name}」にあたる項目はこの申込みにありません。",
        "This application has no field at “{name}”.",
    ),
    "not_asked": (
        "{label}は補正の対象ではありません。変更しないでください。",
        "{label} is not among the items to correct. Leave it as it is.",
    ),
    "read_only": (
        "{label}は自動で決まるため、入力できません。取り除いてください。",
        "{label} is worked out automatically and cannot be entered. Remove it.",
    ),
    "not_text": ("{label}は文字で入力してください。", "Enter {label} as text."),
    "not_list": ("{label}は一覧（リスト）の形で送ってください。", "Send {label} as a list."),
    "not_row": ("項目と値の組で送ってください。", "Send this row as a JSON object."),
    "not_parts": ("{label}は、{parts}に分けて送ってください。", "Send {label} in parts: {parts}."),
    "too_many_rows": (
        "{label}は{max}{counter}までです。{count}{counter}あります。",
        "{label}: at most {max}; there are {count}.",
    ),
    "too_many_rows_in_all": (
        "くり返しの行が全部で{max}行を超えるため、{label}は受け取れません。行を減らしてください。",
        "All repeated rows together can be up to {max}. Take some of {label} away.",
    ),
    # --- answers: words -------------------------------------------------------------------------------
    "too_long": (
        "{label}は{max}文字以内で入力してください。今は{count}文字です。",
        "{label} can have up to {max} characters; there are {count}.",
    ),
    "too_short": (
        "{label}は{min}文字以上で入力してください。今は{count}文字です。",
        "{label} needs at least {min} characters; there are {count}.",
    ),
    "control_characters": (
        "{label}に、画面に表示できない文字（制御文字）があります。入力し直してください。",
        "{label} has characters that cannot be shown. Type it again.",
    ),
    "not_kana": ("{label}はカタカナかひらがなで入力してください。", "Enter {label} in katakana or hiragana."),
    "not_mail": ("{label}は name@example.jp の形で入力してください。", "Enter {label} like name@example.jp."),
    "mail_suggestion": (
        "{label}は {suggestion} ではありませんか。違っていれば直してください。",
        "Did you mean {suggestion} for {label}? Correct it if so.",
    ),
    "not_phone": (
        "{label}は市外局番から、043-245-5111 のように入力してください。",
        "Enter {label} with its area code, like 043-245-5111.",
    ),
    "not_postal_code": (
        "{label}は7桁の数字で、260-0013 のように入力してください。",
        "Enter {label} as 7 digits, like 260-0013.",
    ),
    "not_postal_code_of_address": (
        "{label}の郵便番号は7桁の数字で、260-0013 のように入力してください。",
        "Enter the postal code of {label} as 7 digits, like 260-0013.",
    ),
    "not_prefecture": (
        "{label}の都道府県を一覧から選んでください。",
        "Choose the prefecture of {label} from the list.",
    ),
    "not_digits": ("{label}は{digits}桁の数字で入力してください。", "Enter {label} as {digits} digits."),
    "check_digit": (
        "{label}の番号が1文字違う可能性があります。もう一度確かめてください。",
        "One character of {label} may be wrong. Check the number again.",
    ),
    "not_degrees": (
        "{label}は、緯度と経度を 35.607123 のような数字で入力してください。",
        "Enter latitude and longitude of {label} as numbers like 35.607123.",
    ),
    "degrees_swapped": (
        "{label}の緯度と経度が逆のようです。緯度に35.6、経度に140.1のような数字を入力してください。",
        "Latitude and longitude of {label} seem to be swapped: latitude is like 35.6, longitude like 140.1.",
    ),
    "outside_japan": (
        "{label}が日本の外の位置になっています。緯度と経度を確かめてください。",
        "{label} is outside of Japan. Check latitude and longitude.",
    ),
    "not_code": (
        "{label}の{what}は{digits}桁以内の数字で入力してください。",
        "Enter the {what} of {label} as up to {digits} digits.",
    ),
    "not_holder": (
        "{label}の口座名義は、通帳にあるとおりカタカナで入力してください。",
        "Enter the holder of {label} in katakana, as in the passbook.",
    ),
    "bank_unknown": (
        "{label}の銀行コード{number}の金融機関が見つかりません。通帳かキャッシュカードで確かめてください。",
        "No bank has the code {number}. Check {label} in the passbook or on the cash card.",
    ),
    "branch_unknown": (
        "{label}の支店コード{number}の店が{bank}にありません。通帳かキャッシュカードで確かめてください。",
        "{bank} has no branch {number}. Check {label} in the passbook or on the cash card.",
    ),
    "not_symbol": (
        "{label}の記号は、ゆうちょ銀行の通帳にある5桁の数字で入力してください。",
        "Enter the symbol of {label} as the 5 digits in the passbook of Japan Post Bank.",
    ),
    "not_symbol_number": (
        "{label}の番号は、ゆうちょ銀行の通帳にある8桁以内の数字で入力してください。番号が1文字違う可能性があります。",
        "Enter the number of {label} as up to 8 digits in the passbook of Japan Post Bank. One digit may be wrong.",
    ),
    "account_twice": (
        "{label}は、銀行の口座か、ゆうちょ銀行の記号・番号のどちらか一方だけ入力してください。",
        "For {label}, enter either a bank account or symbol and number of Japan Post Bank, not both.",
    ),
    # --- answers: numbers and dates -------------------------------------------------------------------
    "not_whole": ("{label}は整数で入力してください。", "Enter {label} as a whole number."),
    "not_yen": ("{label}は1円単位の整数で入力してください。", "Enter {label} in whole yen."),
    "range": ("{label}は{min}から{max}の間で入力してください。", "{label} must be from {min} to {max}."),
    "step": (
        "{label}は{min}から{step}ずつ増える数で入力してください。",
        "{label} must go up from {min} in steps of {step}.",
    ),
    "not_date": (
        "{label}は、年・月・日を 2026-04-01 のように入力してください。",
        "Enter {label} as a date, like 2026-04-01.",
    ),
    "far_date": (
        "{label}の年を確かめてください。1873年から2199年までの日付を入力できます。",
        "Check the year of {label}: dates from 1873 to 2199 can be entered.",
    ),
    "no_such_month": (
        "{label}の月は1から12の間で入力してください。",
        "The month of {label} must be from 1 to 12.",
    ),
    "no_such_day": (
        "{label}の日がその月にありません。年・月・日を確かめてください。",
        "There is no such day in the month of {label}. Check year, month and day.",
    ),
    "too_early": ("{label}は{date}以降の日付にしてください。", "{label} must be on or after {date}."),
    "too_late": ("{label}は{date}以前の日付にしてください。", "{label} must be on or before {date}."),
    "not_time": (
        "{label}は 9:30 や 17:15 のように入力してください。",
        "Enter {label} like 9:30 or 17:15.",
    ),
    "time_two_ways": (
        "{label}の12時は、昼と夜の2通りに読めます。12:00 か 0:00 の形で入力してください。",
        "12 o'clock can be noon or midnight: enter {label} as 12:00 or 0:00.",
    ),
    "no_such_time": (
        "{label}は0:00から24:00の間で入力してください。",
        "{label} must be from 0:00 to 24:00.",
    ),
    "time_range": (
        "{label}は{min}から{max}の間で入力してください。",
        "{label} must be from {min} to {max}.",
    ),
    "time_step": ("{label}は{step}分きざみで入力してください。", "Enter {label} in steps of {step} minutes."),
    # --- answers: choices -----------------------------------------------------------------------------
    "not_option": ("{label}は一覧の中から選んでください。", "Choose {label} from the list."),
    "not_listed": (
        "{label}は一覧の中から選んでください。言葉の一部を入力すると、一覧をしぼり込めます。",
        "Choose {label} from the list. Type a part of the word to narrow it down.",
    ),
    "not_yes_no": ("{label}は「{yes}」か「{no}」を選んでください。", "Choose “{yes}” or “{no}” for {label}."),
    "too_many_chosen": (
        "{label}は{max}個まで選べます。今は{count}個です。",
        "Choose up to {max} for {label}; you chose {count}.",
    ),
    "too_few_chosen": (
        "{label}は{min}個以上選んでください。今は{count}個です。",
        "Choose at least {min} for {label}; you chose {count}.",
    ),
    "chosen_twice": (
        "{label}で同じものを2回選んでいます。1つにしてください。",
        "You chose the same twice for {label}.",
    ),
    # --- answers: files -------------------------------------------------------------------------------
    "file_unknown": (
        "{label}のファイルが見つかりません。もう一度添付してください。",
        "The file for {label} was not found. Attach it again.",
    ),
    "file_refused": (
        "{label}の「{name}」は、安全を確かめられなかったため使えません。別のファイルを添付してください。",
        "“{name}” for {label} could not be checked as safe. Attach another file.",
    ),
    "file_type": (
        "{label}の「{name}」は使えない種類のファイルです。{accept}のどれかを添付してください。",
        "“{name}” is not a kind of file that {label} takes. Attach one of: {accept}.",
    ),
    "file_too_big": (
        "{label}の「{name}」は{size}です。{max}以下にしてください。",
        "“{name}” for {label} is {size}; at most {max}.",
    ),
    "files_too_big_in_all": (
        "{label}の添付は合わせて{max}以下にしてください。今は合わせて{size}です。",
        "Files for {label} can be up to {max} together; they are {size}.",
    ),
    "too_many_files": (
        "{label}は{max}個まで添付できます。今は{count}個です。",
        "Attach up to {max} files for {label}; there are {count}.",
    ),
    "too_few_files": (
        "{label}は{min}個以上添付してください。今は{count}個です。",
        "Attach at least {min} files for {label}; there are {count}.",
    ),
    "photo_too_small": (
        "{label}は横{width}×縦{height}ピクセル以上の写真にしてください。",
        "{label} needs at least {width} × {height} pixels.",
    ),
    "photo_shape": (
        "{label}は横{width}：縦{height}の比の写真にしてください。",
        "{label} must have the proportions {width}:{height}.",
    ),
    "photo_unreadable": (
        "{label}の「{name}」は写真として開けませんでした。別の写真を添付してください。",
        "“{name}” for {label} could not be opened as a picture. Attach another one.",
    ),
    # --- answers: rules of the edition ----------------------------------------------------------------
    "check": ("{text}", "{text}"),
    "fee_negative": (
        "手数料の計算が合いません。担当課へ連絡してください。",
        "The fee could not be worked out. Contact the office.",
    ),
    # --- editions -------------------------------------------------------------------------------------
    "e_not_object": ("様式の版は、JSONのオブジェクトで書いてください。", "A form edition is a JSON object."),
    "e_too_deep": ("入れ子が深すぎます（{max}段まで）。", "Nested too deeply (at most {max} levels)."),
    "e_too_big": ("大きすぎます（値は{max}個まで）。", "Too big (at most {max} values)."),
    "e_long_text": (
        "文字が多すぎます（{max}文字まで）。",
        "The text is too long (at most {max} characters).",
    ),
    "e_bad_text": (
        "使えない文字（制御文字など）があります。",
        "The text has characters that cannot be used.",
    ),
    "e_not_json": ("JSONにない種類の値です。", "This is not a JSON value."),
    "e_float": ("数は整数で書いてください。", "Numbers must be whole."),
    "e_big_number": ("数が大きすぎます。", "The number is too big."),
    "e_missing_key": ("「{key}」がありません。", "“{key}” is missing."),
    "e_unknown_key": ("「{key}」という設定はありません。", "There is no setting “{key}”."),
    "e_type": ("{expected}で書いてください。", "This must be {expected}."),
    "e_enum": ("次のどれかにしてください：{values}。", "This must be one of: {values}."),
    "e_pattern": ("「{value}」は使えません。{expected}", "“{value}” cannot be used. {expected}"),
    "e_length": ("長さ（個数）が決まりに合いません：{rule}。", "The length does not fit: {rule}."),
    "e_range": ("数の範囲が決まりに合いません：{rule}。", "The number is out of range: {rule}."),
    "e_schema": ("決まりに合いません（{rule}）。", "This does not fit the schema ({rule})."),
    "e_unknown_kind": ("「{kind}」という種類の項目はありません。", "There is no kind of field “{kind}”."),
    "e_duplicate_id": ("「{id}」が2回使われています。別の名前にしてください。", "“{id}” is used twice."),
    "e_no_field": ("「{id}」という項目がありません。", "There is no field “{id}”."),
    "e_no_value": (
        "「{id}」は値を持たないため、条件や計算に使えません。",
        "“{id}” has no value to use here.",
    ),
    "e_out_of_scope": (
        "「{id}」はくり返しの中の項目です。ここからは1つに決まりません。",
        "“{id}” is inside a repeating group and is not one value here.",
    ),
    "e_later_page": (
        "「{id}」は後のページの項目です。前のページか同じページの項目を使ってください。",
        "“{id}” is on a later page. Use a field of this page or an earlier one.",
    ),
    "e_no_given": (
        "「{id}」という外から渡される値（given）がありません。",
        "There is no given value “{id}”.",
    ),
    "e_no_list": ("「{id}」という一覧（lists）がありません。", "There is no list “{id}”."),
    "e_no_column": ("一覧に「{id}」という列がありません。", "The list has no column “{id}”."),
    "e_column_name": (
        "「{id}」は決まった列の名前です。ほかの名前にしてください。",
        "“{id}” is a name of its own in lists. Take another.",
    ),
    "e_not_a_time": (
        "「{value}」は時刻ではありません。09:30 の形で書いてください。",
        "“{value}” is no time; write 09:30.",
    ),
    "e_locked": (
        "locked の項目には、あらかじめ入れておく値（prefill）が必要です。",
        "A locked field needs a prefill.",
    ),
    "e_not_offered": (
        "「{kind}」の項目には、あらかじめ値を入れておけません。",
        "A field of the kind “{kind}” cannot have a prefill.",
    ),
    "e_no_text": (
        "訳のパス「{path}」にあたる文がこの様式にありません。",
        "The translation “{path}” leads to no text of this form.",
    ),
    "e_weights": (
        "検査数字の重み（weights）は{count}個並べてください。",
        "There must be {count} weights.",
    ),
    "e_no_constant": ("「{id}」という定数がありません。", "There is no constant “{id}”."),
    "e_no_group": ("「{id}」というくり返しがありません。", "There is no repeating group “{id}”."),
    "e_group_depth": ("くり返しの入れ子は{max}段までです。", "Groups can be nested {max} deep."),
    "e_unknown_operator": ("「{operator}」という演算はありません。", "There is no operator “{operator}”."),
    "e_expression": (
        "式は、値か、演算が1つだけのオブジェクトで書いてください。",
        "An expression is a value or an object with exactly one operator.",
    ),
    "e_arguments": (
        "「{operator}」の引数が違います：{expected}。",
        "Wrong arguments for “{operator}”: {expected}.",
    ),
    "e_expression_deep": (
        "式の入れ子が深すぎます（{max}段まで）。",
        "The expression is nested too deeply (at most {max}).",
    ),
    "e_expected_type": (
        "ここには{expected}が必要ですが、{found}になっています。",
        "{expected} is needed here, not {found}.",
    ),
    "e_different_types": (
        "種類の違う値（{left}と{right}）は比べられません。",
        "Values of different types ({left}, {right}) cannot be compared.",
    ),
    "e_never_equal": (
        "選択肢にない値と比べています。決して一致しません：{values}。",
        "These can never be equal: {values}.",
    ),
    "e_not_a_date": (
        "「{value}」は日付ではありません。2026-04-01 の形で書いてください。",
        "“{value}” is no date; write 2026-04-01.",
    ),
    "e_cycle": ("互いに相手を待つ項目があります：{ids}。", "These fields depend on each other: {ids}."),
    "e_unreachable": (
        "どう答えても表示されません。条件を見直してください。",
        "No answer ever shows this. Look at its condition again.",
    ),
    "e_min_max": ("最小が最大より大きくなっています。", "The minimum is greater than the maximum."),
    "e_too_many_chosen": (
        "選べる数が選択肢の数より多くなっています。",
        "More can be chosen than there are options.",
    ),
    "e_individual_number": (
        "個人番号（マイナンバー）を自由に入力させる項目は作れません。",
        "A field in which people type their Individual Number is not allowed.",
    ),
    "e_no_part": ("「{part}」という部分はありません。", "There is no part “{part}”."),
    "e_check_fields": (
        "「{id}」は、この検査の対象（くり返し）の外か、別のくり返しの中にあります。",
        "“{id}” is outside the rows that this check looks at.",
    ),
    "e_applicant": (
        "「{id}」は「{role}」に使えません。くり返しの外の、種類の合う項目にしてください。",
        "“{id}” cannot be the “{role}”: use a fitting field outside of groups.",
    ),
    "e_fee_line": (
        "「amount」か、「unit_yen」と「quantity」の組のどちらかを書いてください。",
        "Give either “amount” or both “unit_yen” and “quantity”.",
    ),
    "e_empty_page": ("ページに項目がありません。", "The page has no fields."),
}
