"""Codes of an app, codes on paper: each is good once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select

from novantic_core.models import RecoveryCode, Technician
from novantic_core.seal import BrokenSealError, seal, unseal
from novantic_core.services import second_factor

NOW = datetime(2026, 3, 2, 9, 0, 10, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(when=NOW):
    return pyotp.TOTP(SECRET).at(when)


@pytest.fixture
def ada(novantic_app):
    """A session, and a technician in it whose app has the secret since an hour."""
    novantic_app.add_technician("ada@novantic.example", "Ada")
    with novantic_app.transaction() as session:
        technician = session.scalars(select(Technician)).one()
        earlier = NOW - timedelta(hours=1)
        assert second_factor.turn_on(novantic_app.site, technician, SECRET, code(earlier), earlier)
        session.flush()
        yield novantic_app.site, session, technician


@pytest.mark.parametrize("late", [-30, 0, 30])
def test_a_clock_may_be_wrong_by_a_step(ada, late):
    assert second_factor.accept_code(*ada, code(NOW + timedelta(seconds=late)), NOW) == "app"


@pytest.mark.parametrize("late", [-90, 90])
def test_a_clock_that_is_wrong_by_more_is_not_believed(ada, late):
    assert second_factor.accept_code(*ada, code(NOW + timedelta(seconds=late)), NOW) is None


def test_a_code_is_good_once(ada):
    assert second_factor.accept_code(*ada, code(), NOW) == "app"
    assert second_factor.accept_code(*ada, code(), NOW) is None


def test_a_code_before_one_that_was_used_is_worth_nothing(ada):
    assert second_factor.accept_code(*ada, code(NOW + timedelta(seconds=30)), NOW) == "app"
    assert second_factor.accept_code(*ada, code(), NOW) is None


def test_spaces_in_a_code_do_not_matter(ada):
    assert second_factor.accept_code(*ada, f" {code()[:3]} {code()[3:]} ", NOW) == "app"


def test_the_secret_does_not_lie_in_the_database(ada):
    site, _session, technician = ada
    assert SECRET not in technician.totp_secret
    assert unseal(site, second_factor.PURPOSE, technician.totp_secret) == SECRET


def test_a_secret_sealed_by_another_site_lets_nobody_in(ada, caplog):
    _site, _session, technician = ada
    technician.totp_secret = "sealed with a secret that is gone"
    assert second_factor.accept_code(*ada, code(), NOW) is None
    assert "another novantic.secret" in caplog.text


def test_without_a_second_factor_no_code_is_good(ada):
    _site, session, technician = ada
    second_factor.turn_off(session, technician)
    assert second_factor.accept_code(*ada, code(), NOW) is None


def test_each_recovery_code_is_good_once(ada):
    _site, session, technician = ada
    codes = second_factor.make_recovery_codes(session, technician)
    assert len(set(codes)) == 10
    assert second_factor.accept_code(*ada, codes[3], NOW) == "recovery"
    assert second_factor.accept_code(*ada, codes[3], NOW) is None
    assert second_factor.codes_left(session, technician.id) == 9


def test_a_recovery_code_may_be_typed_as_one_likes(ada):
    _site, session, technician = ada
    codes = second_factor.make_recovery_codes(session, technician)
    assert second_factor.accept_code(*ada, f" {codes[0].replace('-', ' ').upper()}", NOW) == "recovery"


def test_new_recovery_codes_make_the_earlier_ones_worthless(ada):
    _site, session, technician = ada
    (earlier, *_rest) = second_factor.make_recovery_codes(session, technician)
    second_factor.make_recovery_codes(session, technician)
    assert second_factor.accept_code(*ada, earlier, NOW) is None
    assert second_factor.codes_left(session, technician.id) == 10


def test_only_hashes_of_recovery_codes_are_kept(ada):
    _site, session, technician = ada
    codes = second_factor.make_recovery_codes(session, technician)
    session.flush()
    kept = " ".join(session.scalars(select(RecoveryCode.code_hash)))
    assert not any(given in kept or given.replace("-", "") in kept for given in codes)


def test_what_is_sealed_for_one_use_can_not_be_passed_off_as_anothers(novantic_app):
    sealed = seal(novantic_app.site, "one", "words")
    with pytest.raises(BrokenSealError):
        unseal(novantic_app.site, "another", sealed)


@pytest.mark.parametrize("sealed", ["", "é", "x" * 200])
def test_what_was_never_sealed_is_refused(novantic_app, sealed):
    with pytest.raises(BrokenSealError):
        unseal(novantic_app.site, "one", sealed)
