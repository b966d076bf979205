"""Allowed settings about which an operator hears something."""

from django.test import override_settings

from controlpanel import advice


@override_settings(LEASE_TTL_S=15.0, SETTLE_S=320.0)
def test_a_settle_time_that_covers_a_late_call_is_fine() -> None:
    assert advice.check_settle_covers_a_late_call(None) == []


@override_settings(LEASE_TTL_S=15.0, SETTLE_S=319.0)
def test_a_shorter_settle_time_is_warned_about_and_allowed() -> None:
    (warning,) = advice.check_settle_covers_a_late_call(None)

    assert not warning.is_serious()
    assert "320" in str(warning.hint)


@override_settings(IS_HTTPS=True, TRUSTED_PROXIES=0)
def test_https_without_a_trusted_proxy_is_pointed_out() -> None:
    assert len(advice.check_https_has_its_end(None)) == 1


@override_settings(IS_HTTPS=True, TRUSTED_PROXIES=1)
def test_https_behind_a_trusted_proxy_is_fine() -> None:
    assert advice.check_https_has_its_end(None) == []
