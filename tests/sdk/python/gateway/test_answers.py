"""Text, usage, refusals, and what must not change an answer."""

import pytest
from expected import HARMLESS, PROMPT, REFUSAL, check_text

from gateway import upstream

SAID = f"{PROMPT} é 🚦"


def test_text(client, model, provider, log, streamed):
    said = client.ask(model, [client.user(SAID)], streamed, system="bref é")
    check_text(said.text, streamed=streamed)
    assert (said.end, said.usage) == ("stop", (25, 0, 32))
    assert upstream.read(provider, log.last_body()).texts == ["bref é", SAID]


def test_a_conversation_goes_on(client, model, provider, log, streamed):
    turns = [client.user(SAID)]
    said = client.ask(model, turns, streamed)
    turns += [*said.turns, client.user("Et après ? 🚦")]
    again = client.ask(model, turns, streamed)
    check_text(again.text, streamed=streamed)
    texts = upstream.read(provider, log.last_body()).texts
    assert texts == [SAID, said.text, "Et après ? 🚦"]


def test_what_a_cache_held(client, model, streamed):
    said = client.ask(model, [client.user("[[cached]]")], streamed)
    assert said.usage == (25, 16, 32)


def test_refusal(client, model, provider, streamed):
    said = client.ask(model, [client.user("[[refuse]]")], streamed)
    if client.dialect == "messages" or provider not in ("chat", "responses"):
        assert (said.end, said.text, said.refusal) == ("filter", REFUSAL, None)
    else:
        assert (said.end, said.text, said.refusal) == ("stop", "", REFUSAL)


@pytest.mark.parametrize("fault", HARMLESS)
def test_what_a_client_must_not_notice(client, model, fault):
    turns = [client.user(f"{PROMPT} [[cached]]")]
    said = client.ask(f"{model}#fault:{fault}", turns, streamed=True, thinking=True)
    check_text(said.text, streamed=True)
    assert (said.end, said.usage) == ("stop", (25, 16, 39))
