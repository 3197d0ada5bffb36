"""What others may import from people."""

from moyai.people.actions.cards import CardSignature, card_challenge, card_page_path, read_card_signature
from moyai.people.actions.codes import ask_code, check_code
from moyai.people.actions.details import change_details, keep_details
from moyai.people.apikeys import api_actor, api_scopes
from moyai.people.cards.refusals import CardsNotAvailable, NotSigned, SignedOtherAnswers
from moyai.people.cards.trust import cards_available
from moyai.people.dates import birth_date_field
from moyai.people.door import AnswerAnew, public_page
from moyai.people.links import shown_digits
from moyai.people.models import Account, MailCode, Membership
from moyai.people.mypage import MyRow, MySection, my_page
from moyai.people.queries import addresses_of, desks_of, profile_of, roles_of, sections_of, staff_of
from moyai.people.rules import corporate_number_ok, lower_email, network_of, safe_path, section_name
from moyai.people.session import CameBy, came_by, has_second_factor
from moyai.people.throttle import TooManyTries, forgive, throttle, throttled

__all__ = [
    "Account",
    "AnswerAnew",
    "CameBy",
    "CardSignature",
    "CardsNotAvailable",
    "MailCode",
    "Membership",
    "MyRow",
    "MySection",
    "NotSigned",
    "SignedOtherAnswers",
    "TooManyTries",
    "addresses_of",
    "api_actor",
    "api_scopes",
    "ask_code",
    "birth_date_field",
    "came_by",
    "card_challenge",
    "card_page_path",
    "cards_available",
    "change_details",
    "check_code",
    "corporate_number_ok",
    "desks_of",
    "forgive",
    "has_second_factor",
    "keep_details",
    "lower_email",
    "my_page",
    "network_of",
    "profile_of",
    "public_page",
    "read_card_signature",
    "roles_of",
    "safe_path",
    "section_name",
    "sections_of",
    "shown_digits",
    "staff_of",
    "throttle",
    "throttled",
]
