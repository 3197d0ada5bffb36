"""What the engine says about answers, in やさしい日本語: code → text; placeholders as in `messages.py`.

Readings are written 漢字《かんじ》. What only those who write form editions read (e_…) has no easy text.
"""

EASY: dict[str, str] = {
    "missing_text": "{label}を書《か》いてください。",
    "missing_choice": "{label}を選《えら》んでください。",
    "missing_file": "{label}のファイルをつけてください。",
    "missing_consent": "{label}を読《よ》んで、いいときは、しるし〈チェック〉をつけてください。",
    "missing_part": "{label}の{part}を書《か》いてください。",
    "missing_part_choice": "{label}の「{part}」の答《こた》えを選《えら》んでください。",
    "missing_other": "{label}で「{option}」を選《えら》んだときは、何《なに》か書《か》いてください。",
    "too_few_rows": "{label}は{min}{counter}か、それより多《おお》く書《か》いてください。今《いま》は{count}{counter}です。",
    "not_answers": "答《こた》えは、JSONのオブジェクトで送《おく》ってください。",
    "unknown_field": "「{name}」は、この手続《てつづ》きにありません。消《け》してください。",
    "too_many_unknown": "この手続《てつづ》きにないものが、ほかに{count}つあります。消《け》してください。",
    "unknown_page": "「{name}」というページはありません。",
    "unknown_path": "「{name}」は、この申込《もうしこ》みにありません。",
    "not_asked": "{label}は直《なお》さなくてもいいです。変《か》えないでください。",
    "read_only": "{label}は自動《じどう》で決《き》まります。書《か》かないでください。",
    "not_text": "{label}は文字《もじ》で書《か》いてください。",
    "not_list": "{label}はリストで送《おく》ってください。",
    "not_row": "JSONのオブジェクトで送《おく》ってください。",
    "not_parts": "{label}は、{parts}に分《わ》けて送《おく》ってください。",
    "too_many_rows": "{label}は{max}{counter}までです。今《いま》は{count}{counter}です。",
    "too_long": "{label}は{max}文字《もじ》までです。今《いま》は{count}文字《もじ》です。",
    "too_short": "{label}は{min}文字《もじ》より長《なが》く書《か》いてください。今《いま》は{count}文字《もじ》です。",
    "control_characters": "{label}に、使《つか》うことができない文字《もじ》があります。もう一度《いちど》書《か》いてください。",
    "not_kana": "{label}はカタカナかひらがなで書《か》いてください。",
    "not_mail": "{label}は name@example.jp のように書《か》いてください。",
    "mail_suggestion": "{label}は {suggestion} ですか。ちがうときは直《なお》してください。",
    "not_phone": "{label}は、はじめの0から書《か》いてください。例《れい》：043-245-5111",
    "not_postal_code": "{label}は7つの数字《すうじ》を書《か》いてください。例《れい》：260-0013",
    "not_prefecture": "{label}は、県《けん》などの名前《なまえ》を選《えら》んでください。",
    "not_digits": "{label}は{digits}個《こ》の数字《すうじ》を書《か》いてください。",
    "not_whole": "{label}は数字《すうじ》で書《か》いてください。例《れい》：12",
    "not_yen": "{label}は数字《すうじ》で書《か》いてください。例《れい》：1000",
    "range": "{label}は{min}から{max}までの数《かず》を書《か》いてください。",
    "step": "{label}は{min}から{step}ずつ大《おお》きくなる数《かず》を書《か》いてください。",
    "not_date": "{label}は、2026-04-01 のように書《か》いてください。",
    "far_date": (
        "{label}の年《ねん》をもう一度《いちど》見《み》てください。"
        "1873年《ねん》から2199年《ねん》までの日《ひ》を書《か》いてください。"
    ),
    "no_such_month": "{label}の月《つき》は1から12までの数《かず》を書《か》いてください。",
    "no_such_day": "{label}の日《ひ》は、その月《つき》にありません。もう一度《いちど》見《み》てください。",
    "too_early": "{label}は{date}か、それより後《あと》の日《ひ》にしてください。",
    "too_late": "{label}は{date}か、それより前《まえ》の日《ひ》にしてください。",
    "not_option": "{label}は、この中《なか》から選《えら》んでください。",
    "not_yes_no": "{label}は「{yes}」か「{no}」を選《えら》んでください。",
    "too_many_chosen": "{label}は{max}個《こ》まで選《えら》ぶことができます。今《いま》は{count}個《こ》です。",
    "too_few_chosen": "{label}は{min}個《こ》か、それより多《おお》く選《えら》んでください。今《いま》は{count}個《こ》です。",
    "chosen_twice": "{label}で、同《おな》じものを2回《かい》選《えら》んでいます。1つにしてください。",
    "file_unknown": "{label}のファイルがありません。もう一度《いちど》つけてください。",
    "file_refused": "{label}の「{name}」は、安全《あんぜん》かどうかわかりませんでした。別《べつ》のファイルをつけてください。",
    "file_type": "{label}の「{name}」は使《つか》うことができません。{accept}のファイルをつけてください。",
    "file_too_big": "{label}の「{name}」は{size}です。{max}までにしてください。",
    "too_many_files": "{label}は{max}個《こ》までつけることができます。今《いま》は{count}個《こ》です。",
    "too_few_files": "{label}は{min}個《こ》か、それより多《おお》くつけてください。今《いま》は{count}個《こ》です。",
    "photo_too_small": (
        "{label}は、"
        "もっと大《おお》きい写真《しゃしん》にしてください。"
        "横《よこ》{width}、"
        "縦《たて》{height}より大《おお》きい写真《しゃしん》です。"
    ),
    "photo_shape": "{label}は、横《よこ》{width}、縦《たて》{height}の形《かたち》の写真《しゃしん》にしてください。",
    "photo_unreadable": "{label}の「{name}」は、開《ひら》くことができませんでした。別《べつ》の写真《しゃしん》をつけてください。",
    "check": "{text}",
    "fee_negative": "お金《かね》の計算《けいさん》が合《あ》いません。担当《たんとう》の課《か》に言《い》ってください。",
}

# Words of ours that stand in those sentences: parts of an address, of an account, of a point.
PARTS: dict[str, str] = {
    "郵便番号": "郵便番号《ゆうびんばんごう》",
    "都道府県": "県《けん》など",
    "市区町村": "市区町村《しくちょうそん》",
    "町名・番地": "町《まち》の名前《なまえ》と番地《ばんち》",
    "建物名・部屋番号": "建物《たてもの》の名前《なまえ》と部屋《へや》の番号《ばんごう》",
    "銀行コード": "銀行《ぎんこう》の番号《ばんごう》",
    "支店コード": "支店《してん》の番号《ばんごう》",
    "預金の種類": "口座《こうざ》の種類《しゅるい》",
    "口座番号": "口座《こうざ》の番号《ばんごう》",
    "口座名義（カナ）": "口座《こうざ》の名前《なまえ》（カタカナ）",
    "記号": "記号《きごう》",
    "番号": "番号《ばんごう》",
    "普通": "普通《ふつう》",
    "当座": "当座《とうざ》",
    "貯蓄": "貯蓄《ちょちく》",
    "テキスト": "テキスト",
    "緯度": "緯度《いど》",
    "経度": "経度《けいど》",
}
