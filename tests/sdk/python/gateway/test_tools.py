"""Calls of functions, and conversations that go on with their results."""

import pytest
from expected import ARGUMENTS, FOREIGN_ARGUMENTS, FUNCTION, PROMPT, SIGNATURE, check_text

from gateway import upstream

RESULT = "ensoleillé ☀ 東"


def loop(client, model, streamed, marks, **wishes):
    """Three questions, each answered by way of calls and their results; gives all that was
    called and the last turns."""
    turns, calls = [], []
    for number, mark in enumerate(marks):
        turns.append(client.user(f"{PROMPT} {mark}"))
        said = client.ask(model, turns, streamed, **wishes)
        assert said.end == "tools"
        assert len({call.id for call in said.calls}) == len(said.calls)
        calls += said.calls
        results = client.results([(call, f"{RESULT} {number}") for call in said.calls])
        turns += [*said.turns, *results]
        said = client.ask(model, turns, streamed, **wishes)
        check_text(said.text, streamed=streamed)
        assert said.end == "stop"
        turns += said.turns
    return calls


@pytest.mark.parametrize("count", [1, 2])
def test_a_loop_of_several_turns(client, model, provider, log, streamed, count):
    mark = "[[two tools]]" if count == 2 else "🚦"
    calls = loop(client, model, streamed, [mark] * 3, tools=[FUNCTION])
    assert [(call.name, call.arguments) for call in calls] == [(FUNCTION, ARGUMENTS)] * 3 * count
    asked = upstream.read(provider, log.last_body())
    assert asked.calls == [(FUNCTION, ARGUMENTS)] * 3 * count
    assert asked.results == [f"{RESULT} {turn}" for turn in range(3) for _ in range(count)]


def test_foreign_keys(client, model, provider, log, streamed):
    calls = loop(client, model, streamed, ["[[foreign keys]]"] * 2, tools=[FUNCTION])
    assert [call.arguments for call in calls] == [FOREIGN_ARGUMENTS] * 2
    asked = upstream.read(provider, log.last_body())
    assert asked.calls == [(FUNCTION, FOREIGN_ARGUMENTS)] * 2


def test_thoughts_in_a_loop(client, model, provider, log, streamed):
    """The thoughts that led to a call go back with it, as whoever thought them wants."""
    loop(client, model, streamed, ["é"] * 2, tools=[FUNCTION], thinking=True)
    asked = upstream.read(provider, log.last_body())
    assert asked.calls == [(FUNCTION, ARGUMENTS)] * 2
    # A call's and an answer's of the first question, a call's of the second. Gemini's thoughts
    # before a text have no proof, and the mock's Chat tells none.
    proofs = {"chat": 0, "responses": 3, "messages": 3, "gemini": 2}[provider]
    assert asked.proofs == [SIGNATURE] * proofs


def test_a_forced_function(client, model):
    said = client.ask(
        model, [client.user(f"{PROMPT} [[two tools]]")],
        tools=["time", FUNCTION], force=FUNCTION, one_at_a_time=True,
    )
    if said.calls[1:]:
        # Gemini has no such wish.
        assert model.startswith("gemini/")
    assert {(call.name, str(call.arguments)) for call in said.calls} == {
        (FUNCTION, str(ARGUMENTS))
    }
