"""Pages that belong to no body: the entrance and one's own account."""

from django.urls import path

from moyai.people.pages import account, details, enter, oidc, security, simulator

urlpatterns = [
    path("signin/", enter.signin, name="people_signin"),
    path("signin/sent/", enter.link_sent, name="people_link_sent"),
    path("signin/link/<str:token>/", enter.link, name="people_link"),
    path("signin/start/<str:token>/", enter.start, name="people_start"),
    path("signin/staff/", enter.staff, name="people_staff"),
    path("signin/second/", enter.second, name="people_second"),
    path("signin/passkey/", enter.passkey, name="people_passkey"),
    path("signin/again/", security.again, name="people_again"),
    path("signin/with/<slug:name>/", oidc.start, name="people_oidc_start"),
    path("signin/with/<slug:name>/back/", oidc.back, name="people_oidc_back"),
    path("signin/with/<slug:name>/enter/", oidc.enter, name="people_oidc_enter"),
    path("signout/", enter.signout, name="people_signout"),
    path("account/", account.account, name="people_account"),
    path("account/choose/", account.choose, name="people_choose"),
    path("account/profile/", account.profile, name="people_profile"),
    path("account/details/", details.details, name="people_details"),
    path("account/details/change/", details.details_change, name="people_details_change"),
    path("account/details/delete/", details.details_delete, name="people_details_delete"),
    path("account/elsewhere/", account.elsewhere, name="people_elsewhere"),
    path("account/identities/<slug:name>/join/", oidc.join, name="people_oidc_join"),
    path("account/identities/<int:identity_id>/part/", oidc.part, name="people_oidc_part"),
    path("account/setup/", security.setup, name="people_setup"),
    path("account/app/", security.app, name="people_app"),
    path("account/passkeys/add/", security.passkey_add, name="people_passkey_add"),
    path("account/factors/<int:factor_id>/remove/", security.factor_remove, name="people_factor_remove"),
    path("account/codes/", security.codes, name="people_codes"),
    path("people/card-simulator/", simulator.reader, name="people_card_simulator"),
    path("people/card-simulator/ocsp/", simulator.responder, name="people_card_simulator_ocsp"),
    path("account/password/", security.password, name="people_password"),
]
