"""Who can sign in, and how their password is kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from novantic_core.models import Technician
from novantic_core.plugin import FieldError
from novantic_core.services.sign_in import Browser, add_technician, check_password, sign_in
from novantic_core.testing import PASSWORD

NOW = datetime.now(UTC)


def test_a_password_is_kept_as_argon2id_only(novantic_app):
    novantic_app.add_technician()
    with novantic_app.transaction() as session:
        kept = session.scalars(select(Technician.password_hash)).one()
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


def test_a_guess_costs_what_the_standard_asks(real_hasher):
    # RFC 9106, low memory: 64 MiB, three times
    assert (real_hasher.memory_cost, real_hasher.time_cost, real_hasher.parallelism) == (64 * 1024, 3, 4)


def test_a_hash_of_older_parameters_is_renewed_at_the_next_sign_in(novantic_app):
    novantic_app.add_technician()
    weak = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash(PASSWORD)
    with novantic_app.transaction() as session:
        technician = session.scalars(select(Technician)).one()
        technician.password_hash = weak
        session.flush()
        assert check_password(session, technician.email, PASSWORD) == technician.id
        assert sign_in(session, technician, PASSWORD, NOW, Browser())
        assert technician.password_hash != weak


def test_a_hash_that_can_not_be_read_lets_nobody_in(novantic_app):
    novantic_app.add_technician()
    with novantic_app.transaction() as session:
        technician = session.scalars(select(Technician)).one()
        technician.password_hash = "nonsense"
        session.flush()
        assert check_password(session, technician.email, PASSWORD) is None


@pytest.mark.parametrize(
    "given, field",
    [
        (("hugo", "Hugo", "technician", PASSWORD), "email"),
        (("h@b.example.com", "", "technician", PASSWORD), "name"),
        (("h@b.example.com", "x" * 121, "technician", PASSWORD), "name"),
        (("h@b.example.com", "Hugo", "boss", PASSWORD), "role"),
        (("h@b.example.com", "Hugo", "technician", "x" * 11), "password"),
        (("h@b.example.com", "Hugo", "technician", "x" * 1025), "password"),
    ],
)
def test_what_can_not_be_a_technician_says_which_field(novantic_app, given, field):
    with novantic_app.transaction() as session, pytest.raises(FieldError) as caught:
        add_technician(session, novantic_app.site.settings, *given, NOW)
    assert caught.value.field == field
