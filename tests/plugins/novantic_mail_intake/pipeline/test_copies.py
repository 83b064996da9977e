"""Who in copy of a mail follows its ticket by themselves, and who never does."""

import pytest
from posted import CLAIRE, HUGO, MAILBOX, PLUGINS, SUPPORT, answer, write
from sqlalchemy import select

from novantic_core.testing.tables import Contact, Delivery
from novantic_mail_intake.copies import MOST_KEPT, copies_of
from novantic_mail_intake.decide import accept_held, open_as_ticket, try_again
from novantic_mail_intake.limits import parse_copies
from novantic_mail_intake.work import work_off

pytestmark = pytest.mark.novantic(plugins=PLUGINS, settings=MAILBOX)
PAUL, ANNE, MARC = "paul@lefevre.example.com", "anne@lefevre.example.com", "marc@petit.example.com"


def setting(**values):
    names = {f"novantic.mail_intake.{name}": value for name, value in values.items()}
    return pytest.mark.novantic(plugins=PLUGINS, settings={**MAILBOX, **names})


@pytest.fixture
def copied(post):
    """``copied(row)``: field, address and why-not of each in copy of a mail."""

    def look(row):
        with post.open_desk() as desk:
            return [(one.field, one.address, one.why) for one in copies_of(desk, [row.id])]

    return look


@pytest.fixture
def told(novantic_app):
    """``told(address)``: kinds and languages of what was told to somebody."""

    def look(address):
        with novantic_app.transaction() as session:
            rows = session.scalars(select(Delivery).where(Delivery.address == address).order_by(Delivery.id))
            return [(row.kind, row.locale) for row in rows]

    return look


def test_a_colleague_in_copy_follows_and_is_told(novantic_app, post, small_desk, copied, mailbox, say):
    novantic_app.add_technician()
    row = post.bring(write(Cc=f"Paul Roux <{PAUL}>, {MARC}"))
    number = post.number(row)
    assert small_desk.followers(number) == [PAUL]
    assert copied(row) == [("to", SUPPORT, "ours"), ("cc", PAUL, ""), ("cc", MARC, "other")]
    (mail,) = mailbox.to(PAUL)
    assert "Paul Roux" in mailbox.text(mail)
    assert "Claire Lefèvre a écrit à notre support en vous mettant en copie" in mailbox.text(mail)
    assert "Claire Lefèvre a écrit à notre support en vous mettant en copie" in mailbox.html(mail)
    assert mailbox.to(MARC) == []
    # and from then on they are told as the client is
    say(number, "<p>Est-elle allumée ?</p>")
    assert "Est-elle allumée ?" in mailbox.text(mailbox.to(PAUL)[-1])
    row = post.bring(answer(mailbox.to(PAUL)[-1], "Oui.", sender=f"Paul Roux <{PAUL}>"))
    assert (row.state, post.number(row)) == ("kept", number)
    assert post.said(number)[-1] == ("message", "Paul Roux", "Oui.")


def test_people_of_one_organisation_are_colleagues_whatever_their_domains(novantic_app, post, small_desk):
    for email in (CLAIRE, MARC):
        novantic_app.open_ticket(email=email)
    house = novantic_app.add_organisation("Maison")
    with novantic_app.transaction() as session:
        for contact in session.scalars(select(Contact).where(Contact.email_key.in_((CLAIRE, MARC)))):
            contact.organisation_id = house
    assert small_desk.followers(post.number(post.bring(write(Cc=f"{MARC}, zoe@other.example.com")))) == [MARC]


def test_whoever_has_an_address_where_anybody_may_is_no_colleague(post, small_desk):
    row = post.bring(write(sender="claire@gmail.com", Cc="paul@gmail.com"))
    assert small_desk.followers(post.number(row)) == []


@setting(copies="follow")
def test_everybody_follows_where_that_is_wanted_but_those_who_never_do(novantic_app, post, small_desk, copied, told):
    novantic_app.add_technician()
    row = post.bring(write(
        to=f"support+r.12345678.abcdefghijklmnop@novantic.example, {MARC}",
        Cc=f"{CLAIRE.upper()}, {HUGO}, no-reply@shop.example, tous@lists.petit.example.com, {MARC.upper()}, "
           f"{PAUL}, bad@local",
    ))  # fmt: skip
    assert small_desk.followers(post.number(row)) == [MARC, PAUL]
    assert copied(row) == [
        # what stands behind the plus is somebody's proof
        ("to", SUPPORT, "ours"), ("to", MARC, ""), ("cc", CLAIRE.upper(), ""), ("cc", HUGO, ""),
        ("cc", "no-reply@shop.example", "robot"), ("cc", "tous@lists.petit.example.com", "list"), ("cc", PAUL, ""),
        ("cc", "bad@local", "refused"),
    ]  # fmt: skip
    assert told(PAUL) == [("follower_added", "fr")]
    assert [kind for kind, _locale in told(CLAIRE)] == ["ticket_opened"]


@setting(copies="follow")
def test_each_is_told_in_their_language_else_the_brands(novantic_app, post, told):
    novantic_app.open_ticket(email=MARC, name="Marc Petit", locale="en")
    novantic_app.open_ticket(email=CLAIRE, locale="en")
    post.bring(write(Cc=f"{MARC}, {PAUL}"))
    assert told(MARC)[-1] == ("follower_added", "en")
    assert told(PAUL) == [("follower_added", "fr")]
    with novantic_app.transaction() as session:
        names = session.scalars(select(Delivery.name).where(Delivery.kind == "follower_added").order_by(Delivery.id))
        # what is known of them, else what stands before the @
        assert list(names) == ["Marc Petit", "paul"]


@pytest.mark.parametrize("mode", [pytest.param("", marks=setting(copies="ask")),
                                  pytest.param("", marks=setting(copies="off"))])  # fmt: skip
def test_nobody_follows_where_that_is_not_wanted(post, small_desk, copied, mode):
    row = post.bring(write(Cc=PAUL))
    assert small_desk.followers(post.number(row)) == []
    assert copied(row) == [("to", SUPPORT, "ours"), ("cc", PAUL, mode)]


@setting(copies="follow", copies_most="2")
def test_a_mail_to_many_lets_nobody_follow(post, small_desk, copied, count):
    row = post.bring(write(Cc=", ".join(f"p{turn}@petit.example.com" for turn in range(3))))
    assert small_desk.followers(post.number(row)) == []
    assert [why for _field, _address, why in copied(row)] == ["ours", "many", "many", "many"]
    row = post.bring(write("Autre", Cc=", ".join(f"p{turn}@petit.example.com" for turn in range(70))))
    assert len(copied(row)) == MOST_KEPT
    assert row.copied == 71


@setting(copies="follow", copies_most="99")
def test_what_does_not_fit_is_said(post, small_desk, copied):
    row = post.bring(write(Cc=", ".join(f"p{turn}@petit.example.com" for turn in range(22))))
    assert len(small_desk.followers(post.number(row))) == 20
    assert [why for _field, _address, why in copied(row)] == ["ours", *[""] * 20, "full", "full"]


@setting(copies="follow", limit_acknowledgements="2 per hour")
def test_nobody_is_flooded_by_being_put_in_copy(post, copied, told):
    rows = [post.bring(write(f"Numéro {turn}", sender=f"x{turn}@y.example.com", Cc=MARC)) for turn in range(3)]
    assert [copied(row)[-1][2] for row in rows] == ["", "", "limit"]
    assert len(told(MARC)) == 2
    # nor does who is no longer acknowledged bring anybody in
    for turn in range(3):
        row = post.bring(write(f"Message {turn}", Cc=f"p{turn}@petit.example.com"))
    assert small_why(copied(row)) == ""
    assert told("p2@petit.example.com") == []


def small_why(rows):
    return rows[-1][2]


@setting(copies="follow")
def test_what_no_person_wrote_lets_nobody_follow(post, small_desk, told):
    row = post.bring(write(Cc=PAUL, Auto_Submitted="auto-generated"))
    assert row.state == "kept"
    row = post.bring(write("Autre", Cc=PAUL, X_Auto_Response_Suppress="All"))
    assert small_desk.followers(post.number(row)) == []
    assert told(PAUL) == []


@setting(copies="follow", limit_by_sender="1 per hour")
def test_what_was_stopped_lets_nobody_follow_when_a_technician_lets_it_through(post, small_desk, told):
    post.bring(write())
    braked, other = post.bring(write("Encore", Cc=PAUL)), post.bring(write("Et encore", Cc=PAUL))
    assert braked.state == other.state == "braked"
    post.decide(open_as_ticket, braked.id)
    post.decide(try_again, other.id)
    assert work_off(post.open_desk, other.id) == "kept"
    assert told(PAUL) == []


@setting(copies="follow")
def test_where_a_brand_says_that_it_can_be_written_to_is_ours(post, small_desk, copied):
    row = post.bring(write(to="support@novantic.fr", Cc=PAUL))
    assert [(address, why) for _field, address, why in copied(row)] == [("support@novantic.fr", "ours"), (PAUL, "")]
    # a person of the house may write from there
    assert (
        post.bring(write("Bonjour de nous", sender="support@novantic.fr", Message_ID="<n1@novantic.fr>")).state
        == "kept"
    )


@setting(copies="follow")
def test_one_of_the_addresses_has_to_be_known_as_ours(post, small_desk, copied):
    row = post.bring(write(to="aide@novantic.example", Cc=PAUL))
    assert [why for _field, _address, why in copied(row)] == ["unknown", "unknown"]
    # the wire says it, or a server on the way
    for extra, arrival in (
        ({"Delivered_To": "aide@novantic.example"}, {}),
        ({}, {"envelope_to": "aide@novantic.example"}),
    ):
        row = post.bring(write(f"Autre {len(arrival)}", to="aide@novantic.example", Cc=PAUL, **extra), **arrival)
        assert small_desk.followers(post.number(row)) == [PAUL]


@setting(copies="follow")
def test_later_only_a_proof_lets_somebody_follow(novantic_app, post, small_desk, copied, mailbox, told):
    """``From`` is believed: with a stranger in Cc, a forged mail would hand them the whole ticket."""
    novantic_app.add_technician()
    number = post.number(post.bring(write()))
    forged = post.bring(write("Tenez.", subject=f"[#{number}]", Cc=MARC))
    assert (forged.state, copied(forged)[-1]) == ("kept", ("cc", MARC, "unproved"))
    # made for somebody else
    small_desk.follow(number, ANNE)
    stolen = post.bring(write("Tenez !", to=post.parcel(ANNE).reply_to, Cc=MARC))
    assert copied(stolen)[-1] == ("cc", MARC, "unproved")
    assert small_desk.followers(number) == [ANNE]
    (receipt,) = mailbox.to(CLAIRE)
    row = post.bring(answer(receipt, "Je mets Marc en copie.", Cc=f"Marc <{MARC}>"))
    assert (row.state, copied(row)[-1]) == ("kept", ("cc", MARC, ""))
    assert small_desk.followers(number) == [ANNE, MARC]
    assert told(MARC) == [("follower_added", "fr")]
    # a technician's reply is proved too
    row = post.bring(write("Voilà.", sender=f"Hugo <{HUGO}>", to=post.parcel(HUGO).reply_to, Cc=PAUL))
    assert small_desk.followers(number) == [ANNE, MARC, PAUL]
    assert "Hugo, de notre support" in mailbox.text(mailbox.to(PAUL)[0])


def test_who_was_in_copy_and_does_not_follow_is_held(post, small_desk):
    first = write(Cc=MARC)
    number = post.number(post.bring(first))
    row = post.bring(write("Moi aussi.", sender=f"Marc <{MARC}>", to=f"{CLAIRE}, {SUPPORT}", subject="Re: Imprimante",
                           In_Reply_To=first["Message-ID"]))  # fmt: skip
    assert (row.state, row.fault) == ("held", "its sender was in copy of a mail on this ticket, but doesn't follow it")
    assert post.number(row) == number
    small_desk.follow(number, MARC)
    post.decide(accept_held, row.id)
    assert post.said(number)[-1] == ("message", small_name(post, number), "Moi aussi.")
    assert post.bring(write("Et encore.", sender=MARC, In_Reply_To=first["Message-ID"])).state == "kept"


def small_name(post, number):
    with post.open_desk() as desk:
        return desk.client_who_writes(desk.ticket(number), MARC).name


def test_what_the_setting_takes():
    assert parse_copies("ask") == "ask"
    with pytest.raises(ValueError):  # noqa: PT011 - any is one
        parse_copies("everybody")
