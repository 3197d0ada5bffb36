"""What `moyai run` prints when everything is up: addresses and, in the demo, who may sign in how."""

from __future__ import annotations

import os
import sys

SIGN_INS = (
    ("千葉市 担当者      ", "clerk@chiba-shi.example"),
    ("千葉市 決裁者      ", "approver@chiba-shi.example"),
    ("千葉市 管理者      ", "administrator@chiba-shi.example"),
    ("松戸市 担当者      ", "clerk@matsudo-shi.example"),
    ("協議会 事務局      ", "secretary@council.example"),
)


def main(at: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moyai.web.settings")
    import django

    django.setup()
    from django.conf import settings

    print(f"\nもやい を開始しました（{settings.MOYAI_VERSION}）。止めるには Ctrl-C を押してください。\n")
    print(f"  入口                 {at}/")
    if settings.MOYAI_DEMO:
        from moyai.people.demo import PASSWORD

        print(f"  千葉市 電子申請      {at}/chiba-shi/")
        print(f"  千葉市 職員          {at}/chiba-shi/office/")
        print(f"  協議会事務局         {at}/council/")
        print(f"\n  見本の職員（訓練環境だけ）　パスワード {PASSWORD}　確認番号 moyai people code メール")
        for who, mail in SIGN_INS:
            print(f"    {who}　{mail}")
    print(f"\n  部品の見本 {at}/ui/   ルール {at}/rules/   状態 {at}/readyz\n", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
