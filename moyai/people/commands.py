"""`moyai people`: the first staff of a body, a list, and codes of training accounts."""

from __future__ import annotations

import argparse


def add_commands(commands: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    parser = commands.add_parser("people", help="アカウントと役割（people list | add-staff | link | code）")
    verbs = parser.add_subparsers(required=True, metavar="list|add-staff|link|code")

    listing = verbs.add_parser("list", help="職員と協議会の役割を一覧にする")
    listing.add_argument("--body", default="", help="団体の略称（例：chiba-shi）。省くとすべて")
    listing.set_defaults(run=_list)

    adding = verbs.add_parser("add-staff", help="職員を加え、はじめるためのリンクを表示する")
    adding.add_argument("email")
    adding.add_argument("--name", required=True, help="氏名")
    adding.add_argument("--kana", default="", help="氏名（フリガナ）")
    adding.add_argument("--body", default="", help="団体の略称（例：chiba-shi）。省くと協議会")
    adding.add_argument(
        "--role",
        required=True,
        choices=["clerk", "approver", "administrator", "secretariat", "auditor", "operator"],
    )
    adding.add_argument("--origin", default="", help="リンクの先頭（例：https://moyai.example.jp）")
    adding.set_defaults(run=_add_staff)

    link = verbs.add_parser("link", help="職員がパスワードを設定し直すリンクを表示する")
    link.add_argument("email")
    link.add_argument("--origin", default="", help="リンクの先頭（例：https://moyai.example.jp）")
    link.set_defaults(run=_link)

    code = verbs.add_parser("code", help="訓練環境のアカウントの、今の確認コードを表示する")
    code.add_argument("email")
    code.set_defaults(run=_code)


def _origin(args: argparse.Namespace) -> str:
    from django.conf import settings

    return args.origin or f"http://{settings.MOYAI_HOST}:{settings.MOYAI_PORT}"


def _list(args: argparse.Namespace) -> int:
    from moyai.people.models import COUNCIL_ROLES, STAFF_ROLES, Membership

    held = Membership.objects.filter(role__in=[*STAFF_ROLES, *COUNCIL_ROLES]).select_related(
        "account", "body"
    )
    if args.body:
        held = held.filter(body__slug=args.body)
    for one in held.order_by("body__code", "role", "account__email"):
        where = one.body.slug if one.body else "council"
        until = one.until_on.isoformat() if one.until_on else ""
        print(f"{where}\t{one.role}\t{one.account.email}\t{one.account.name}\t{one.from_on}\t{until}")
    return 0


def _add_staff(args: argparse.Namespace) -> int:
    from contextlib import nullcontext

    from django.db import transaction

    from moyai.people.actions import invite
    from moyai.people.links import url_of
    from moyai.people.models import Link
    from moyai.tenants.public import Actor, Body, Refusal, Role, acting_in, clock

    body = Body.objects.filter(slug=args.body).first() if args.body else None
    if args.body and body is None:
        print(f"団体「{args.body}」はありません。")
        return 1
    try:
        with transaction.atomic(), acting_in(body) if body is not None else nullcontext(clock.now()) as now:
            membership = invite(
                actor=Actor.system(body),
                now=now,
                email=args.email,
                name=args.name,
                kana=args.kana,
                role=Role(args.role),
                from_on=clock.today(now),
                until_on=None,
                origin=_origin(args),
            )
    except Refusal as refusal:
        print(refusal.message)
        return 1
    print(f"{membership.account.email} に役割「{membership.get_role_display()}」を付けました。")
    link = Link.objects.filter(account=membership.account, used_at__isnull=True).order_by("-id").first()
    if link is not None:
        print(f"はじめるためのリンク（72時間・1回だけ使えます）:\n{url_of(link)}")
    return 0


def _link(args: argparse.Namespace) -> int:
    from django.db import transaction

    from moyai.people.actions import send_password_link
    from moyai.people.links import url_of
    from moyai.people.models import COUNCIL_ROLES, STAFF_ROLES, Link, Membership
    from moyai.people.rules import lower_email
    from moyai.tenants.public import Actor, clock

    membership = (
        Membership.objects.filter(
            account__email=lower_email(args.email), role__in=[*STAFF_ROLES, *COUNCIL_ROLES]
        )
        .order_by("-from_on", "-id")
        .first()
    )
    if membership is None:
        print("このアドレスの職員はいません。")
        return 1
    with transaction.atomic():
        send_password_link(actor=Actor.system(), now=clock.now(), membership=membership, origin=_origin(args))
    link = Link.objects.filter(account_id=membership.account_id, used_at__isnull=True).order_by("-id").first()
    assert link is not None
    print(f"パスワードを設定するリンク（72時間・1回だけ使えます）:\n{url_of(link)}")
    return 0


def _code(args: argparse.Namespace) -> int:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.utils import decrypt
    from django.conf import settings

    from moyai.people.factors import key_of
    from moyai.people.rules import lower_email, totp_code, totp_step
    from moyai.tenants.public import clock

    if not settings.MOYAI_DEMO:
        print("訓練環境ではないため、確認コードは表示しません。")
        return 1
    app = Authenticator.objects.filter(
        user__email=lower_email(args.email), type=Authenticator.Type.TOTP
    ).first()
    if app is None:
        print("このアドレスに認証アプリは登録されていません。")
        return 1
    print(totp_code(key_of(decrypt(app.data["secret"])), totp_step(clock.now().timestamp())))
    return 0
