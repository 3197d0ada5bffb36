"""Why a signature is not taken, in the words of the page. Nothing that was entered is lost by any of them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from moyai.tenants.public import Refusal


class CardRefused(Refusal):
    """A signature that does not hold."""

    code = "card_refused"
    status = 422
    message = _("この署名は使えません。")  # type: ignore[assignment]


class NotASignature(CardRefused):
    code = "card_not_a_signature"
    message = _("署名のファイルを読み取れません。カードで署名したファイルを選び直してください。")


class OtherContent(CardRefused):
    code = "card_other_content"
    message = _("別の内容への署名です。この画面の内容に、もう一度署名してください。")


class ForgedSignature(CardRefused):
    code = "card_forged"
    message = _("署名と証明書が合いません。もう一度署名してください。")


class UnknownIssuer(CardRefused):
    code = "card_unknown_issuer"
    message = _(
        "マイナンバーカードの署名用電子証明書ではありません。カードと暗証番号の種類を確かめてください。"
    )


class Expired(CardRefused):
    code = "card_expired"
    message = _(
        "カードの署名用電子証明書の有効期限が切れています。お住まいの市区町村の窓口で更新してください。"
    )


class Revoked(CardRefused):
    code = "card_revoked"
    message = _(
        "カードの署名用電子証明書は失効しています。引っ越しや氏名の変更のあとは、市区町村の窓口で新しく発行します。"
    )


class NotKnown(CardRefused):
    code = "card_not_known"
    message = _("確認先に、この証明書の記録がありません。市区町村の窓口にお問い合わせください。")


class CheckAway(CardRefused):
    """The validity could not be asked: nothing was decided, the same signature may be sent again."""

    code = "card_check_away"
    status = 503
    message = _(
        "カードが有効かどうかの確認先に、今はつながりません。入力した内容は残っています。しばらくしてから、もう一度送ってください。"
    )


class NotSigned(Refusal):
    code = "card_not_signed"
    message = _("カードでの署名が済んでいません。")  # type: ignore[assignment]


class SignedOtherAnswers(Refusal):
    code = "card_signed_other_answers"
    message = _("署名したあとに内容が変わりました。もう一度署名してください。")  # type: ignore[assignment]


class CardsNotAvailable(Refusal):
    code = "cards_not_available"
    status = 503
    message = _("今は、カードでの署名を受け付けられません。")  # type: ignore[assignment]
