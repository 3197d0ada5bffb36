"""The foreseen "no"s of the ledger, in the words people read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from moyai.tenants.public import Refusal


class LinesDiffer(Refusal):
    code = "lines_differ"
    status = 422
    message = _("内訳の合計が金額と合いません。")  # type: ignore[assignment]


class NothingOwed(Refusal):
    code = "nothing_owed"
    status = 422
    message = _("金額は1円以上で入力してください。")  # type: ignore[assignment]


class NotLower(Refusal):
    code = "charge_not_lower"
    status = 422
    message = _("減額したあとの金額が、今の金額より低くありません。")  # type: ignore[assignment]


class NotOpen(Refusal):
    code = "charge_not_open"
    message = _("この請求は、納付済みか取り消されています。")  # type: ignore[assignment]


class NoCardCompany(Refusal):
    code = "no_card_company"
    message = _("カードでの支払いは行っていません。納付書で支払ってください。")  # type: ignore[assignment]


class AlreadyBooked(Refusal):
    code = "receipt_already_booked"
    message = _("この入金は、すでに登録してあります。")  # type: ignore[assignment]


class TooMuchAtCounter(Refusal):
    code = "too_much_at_counter"
    status = 422
    message = _("未納額を超えています。おつりを渡し、未納額までの金額を入力してください。")  # type: ignore[assignment]


class ConfirmedAlready(Refusal):
    code = "receipt_confirmed_already"
    message = _("この収納は、すでに確定しています。")  # type: ignore[assignment]


class ConfirmationDiffers(Refusal):
    code = "confirmation_differs"
    status = 422
    message = _("入金された金額が、速報の金額と合いません。会計担当に確かめてください。")  # type: ignore[assignment]


class CannotCancel(Refusal):
    code = "cannot_cancel_charge"
    message = _("欠損とした請求は取り消せません。")  # type: ignore[assignment]


class NotSoMuchLeft(Refusal):
    code = "not_so_much_left"
    status = 422
    message = _("残っている過納の金額を超えています。")  # type: ignore[assignment]


class NothingToGiveBack(Refusal):
    code = "nothing_to_give_back"
    message = _("還付や充当のできる過納は、ありません。")  # type: ignore[assignment]


class RefundUnderWay(Refusal):
    code = "refund_under_way"
    message = _("この過納には、手続き中の還付か充当があります。")  # type: ignore[assignment]


class NotInThisState(Refusal):
    code = "not_in_this_state"
    message = _("ほかの人が先に手続きをしました。最新の状態を確かめてください。")  # type: ignore[assignment]


class SecondPersonNeeded(Refusal):
    code = "second_person_needed"
    status = 403
    message = _("申請した人は承認できません。別の決裁者が承認してください。")  # type: ignore[assignment]


class ReasonNeeded(Refusal):
    code = "reason_needed"
    status = 422
    message = _("理由を入力してください。")  # type: ignore[assignment]


class UnknownOrder(Refusal):
    code = "unknown_order"
    status = 404
    message = _("この注文番号の支払いはありません。")  # type: ignore[assignment]
