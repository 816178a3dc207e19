"""Thoughts, and their way back."""

from expected import PROMPT, SIGNATURE, THOUGHTS, check_text

from gateway import upstream


def test_thoughts_come_and_go_back(client, model, provider, log, streamed):
    # The mock's Chat counts its thoughts and tells nobody; and a client of Chat has no words to
    # ask Responses for more than their proof.
    hidden = provider == "chat" or (client.dialect, provider) == ("chat", "responses")
    turns = [client.user(PROMPT)]
    for _ in range(2):
        said = client.ask(model, turns, streamed, thinking=True)
        check_text(said.text, streamed=streamed)
        assert said.usage == (25, 0, 39)
        assert said.thoughts == (None if hidden else THOUGHTS)
        turns += [*said.turns, client.user("Et après ?")]
    client.ask(model, turns, streamed, thinking=True)
    body = log.last_body()
    proofs = {"chat": 0, "responses": 2, "messages": 2, "gemini": 0}[provider]
    asked = upstream.read(provider, body)
    assert asked.proofs == [SIGNATURE] * proofs
    # A proof is of the whole thought.
    assert asked.thoughts == ["" if hidden else THOUGHTS] * proofs
    # The gateway's own label on a proof is not for providers.
    assert "tg1." not in body
