"""Where the provider speaks the client's dialect: nothing changes on the way.

That each body arrives byte for byte is checked after every test that takes a `client`, by that
fixture; here are the bodies and headers that no other test sends.
"""

import json

import pytest
from expected import MODEL, PROMPT, check_text

from gateway.clients.chat import Chat
from gateway.clients.messages import Messages


@pytest.fixture
def provider(any_client):
    return any_client.dialect


def test_a_stream_without_usage(client, model, log):
    events = list(client.events(model, [client.user(PROMPT)]))
    asked = json.loads(log.last_body())
    assert asked["model"] == MODEL
    if client.dialect == "chat":
        # Asked for on the way, and taken out again.
        assert asked["stream_options"] == {"include_usage": True}
        assert all(event.usage is None and event.choices for event in events)
        assert all("usage" not in event.model_fields_set for event in events)


def test_members_that_nobody_knows(client, model, log):
    unknown = {"é 🚦": {"b": [1.50, 12345678901234567890], "a": None}, "stream2": "\u0000\\/"}
    # Only the provider refuses it.
    with pytest.raises(client.errors.BadRequestError):
        client.ask(model, [client.user(PROMPT)], extra_body=unknown)
    asked = json.loads(log.last_body())
    assert {name: asked[name] for name in unknown} == unknown


def test_headers_of_the_dialect(client, model, log):
    if client.dialect == "messages":
        headers = {"anthropic-beta": "new-2026-11-01", "anthropic-version": "2023-06-01"}
    else:
        headers = {"openai-organization": "org-1", "openai-project": "proj-1"}
    said = client.ask(model, [client.user(PROMPT)], extra_headers=headers)
    check_text(said.text, streamed=False)
    arrived = {name.lower(): value for name, value in log.entries()[-1]["headers"]}
    assert {name: arrived[name] for name in headers} == headers


@pytest.mark.parametrize("any_client", [Chat], indirect=True)
def test_embeddings(client, model):
    answer = client.api.embeddings.create(
        model=model, input=["é", "🚦"], dimensions=8, encoding_format="float"
    )
    assert [len(item.embedding) for item in answer.data] == [8, 8]


@pytest.mark.parametrize("any_client", [Messages], indirect=True)
def test_tokens_are_counted(client, model):
    count = client.api.messages.count_tokens(model=model, messages=[client.user(PROMPT)])
    assert count.input_tokens == 25
