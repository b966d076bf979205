"""Where signing in and proving who one is happens; of allauth only what we use.

There is no sign-up, no e-mail and no forgotten password: administrators make users.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.urls import path

from failover.web import access, accounts

anyone, signed_in = access.open_to_anyone, access.for_anyone_signed_in

urlpatterns = [
    path("login/", anyone(account.login), name="account_login"),
    path("logout/", accounts.logout, name="logout"),
    path("logout/", accounts.logout, name="account_logout"),
    path("inactive/", anyone(account.account_inactive), name="account_inactive"),
    path(
        "reauthenticate/",
        signed_in(accounts.reauthenticate),
        name="account_reauthenticate",
    ),
    path(
        "reauthenticate/<slug:form_id>/",
        signed_in(accounts.show_kept_form),
        name="kept-form",
    ),
    path("2fa/", signed_in(accounts.to_security), name="mfa_index"),
    path("2fa/authenticate/", anyone(mfa.authenticate), name="mfa_authenticate"),
    path(
        "2fa/reauthenticate/", signed_in(mfa.reauthenticate), name="mfa_reauthenticate"
    ),
    path("2fa/totp/activate/", signed_in(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/qr/", signed_in(accounts.show_qr), name="mfa_totp_qr"),
    path(
        "2fa/totp/deactivate/",
        signed_in(totp.deactivate_totp),
        name="mfa_deactivate_totp",
    ),
    path(
        "2fa/recovery-codes/",
        signed_in(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/generate/",
        signed_in(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("2fa/keys/", signed_in(accounts.to_security), name="mfa_list_webauthn"),
    path("2fa/keys/add/", signed_in(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("2fa/keys/login/", anyone(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path(
        "2fa/keys/reauthenticate/",
        signed_in(webauthn.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "2fa/keys/<int:pk>/remove/",
        signed_in(webauthn.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path(
        "2fa/keys/<int:pk>/edit/",
        signed_in(webauthn.edit_webauthn),
        name="mfa_edit_webauthn",
    ),
    path(
        "oidc/<str:provider_id>/login/", anyone(oidc.login), name="openid_connect_login"
    ),
    path(
        "oidc/<str:provider_id>/login/callback/",
        anyone(oidc.callback),
        name="openid_connect_callback",
    ),
    path(
        "3rdparty/cancelled/",
        anyone(social.login_cancelled),
        name="socialaccount_login_cancelled",
    ),
    path(
        "3rdparty/error/", anyone(social.login_error), name="socialaccount_login_error"
    ),
    path("3rdparty/signup/", anyone(accounts.no_sign_up), name="socialaccount_signup"),
    path("signup/", anyone(accounts.no_sign_up), name="account_signup"),
    path(
        "3rdparty/", signed_in(accounts.to_security), name="socialaccount_connections"
    ),
]
