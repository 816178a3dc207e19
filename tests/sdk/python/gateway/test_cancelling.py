"""A client that goes away ends the request upstream."""

import pytest
from expected import PROMPT


def test_a_stream_that_is_closed(client, model, log):
    stream = client.events(f"{model}#fault:stall=6", [client.user(PROMPT)])
    next(iter(stream))
    assert "end" not in log.entries()[-1]
    stream.close()
    assert log.last_end() == "client_gone"
    assert client.ask(model, [client.user(PROMPT)], streamed=True).end == "stop"


def test_a_client_that_is_tired_of_waiting(client, model, log, streamed):
    with pytest.raises(client.errors.APITimeoutError):
        client.ask(f"{model}#fault:hang", [client.user(PROMPT)], streamed, timeout=1)
    assert log.last_end() == "client_gone"
    assert client.ask(model, [client.user(PROMPT)], streamed).end == "stop"
