import example_message_links


def test_only_what_clients_wrote_has_one():
    class Said:
        def __init__(self, id_, kind):
            self.id, self.kind = id_, kind

    links = example_message_links.novantic_message_links([Said(1, "message"), Said(2, "reply")])
    assert [(link.message, link.url[-2:]) for link in links] == [(1, "=1")]
