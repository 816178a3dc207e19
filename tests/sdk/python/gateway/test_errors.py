"""Errors, each as the client's SDK knows it."""

import re

import anthropic
import pytest
from expected import PROMPT

# What the provider says: what a client of the same dialect sees, and what those of OpenAI and
# Anthropic see where it is translated.
STATUSES = {
    400: (400, 400, 400),
    401: (401, 401, 401),
    403: (403, 403, 403),
    404: (404, 404, 404),
    409: (409, 409, 409),
    413: (413, 413, 413),
    422: (422, 422, 422),
    429: (429, 429, 429),
    500: (500, 502, 502),
    503: (503, 503, 529),
    529: (529, 503, 529),
}
CLASSES = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    409: "ConflictError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
    500: "InternalServerError",
    502: "InternalServerError",
    503: "InternalServerError",
    529: "InternalServerError",
}
ANTHROPIC_CLASSES = {
    413: "RequestTooLargeError",
    503: "ServiceUnavailableError",
    529: "OverloadedError",
}


@pytest.mark.parametrize("status", STATUSES)
def test_a_status(client, model, provider, status, streamed):
    same, to_openai, to_anthropic = STATUSES[status]
    is_anthropic = client.errors is anthropic
    seen = same if client.dialect == provider else to_anthropic if is_anthropic else to_openai
    name = CLASSES.get(seen, "APIStatusError")
    if is_anthropic:
        name = ANTHROPIC_CLASSES.get(seen, name)
    with pytest.raises(client.errors.APIStatusError) as raised:
        client.ask(f"{model}#fault:status={status}", [client.user(PROMPT)], streamed)
    error = raised.value
    assert (type(error), error.status_code) == (getattr(client.errors, name), seen)
    assert error.body and error.message
    if status == 429 and provider != "gemini":
        assert error.response.headers["retry-after"] == "1"
        limits = "anthropic-ratelimit-requests-remaining", "x-ratelimit-remaining-requests"
        assert error.response.headers[limits[not is_anthropic]] == "0"


def test_what_the_provider_says_is_told(client, model):
    with pytest.raises(client.errors.RateLimitError, match="rate limit|Rate limit"):
        client.ask(f"{model}#fault:status=429", [client.user(PROMPT)])


@pytest.mark.parametrize("fault", ["close", "cut=0"])
def test_no_answer(client, model, fault, streamed, log):
    with pytest.raises(client.errors.InternalServerError) as raised:
        client.ask(f"{model}#fault:{fault}", [client.user(PROMPT)], streamed)
    assert raised.value.status_code == 502
    # A connection that was kept and is closed at once may have been closed before.
    assert len(log.entries()) <= (2 if fault == "close" else 1)
    log.forget()
    client.sent.clear()


@pytest.mark.parametrize("fault", ["cut=40", "truncated-json"])
def test_half_an_answer(client, model, fault):
    with pytest.raises(client.errors.InternalServerError) as raised:
        client.ask(f"{model}#fault:{fault}", [client.user(PROMPT)])
    assert raised.value.status_code == 502


@pytest.mark.parametrize("bare", [False, True], ids=["helper", "bare"])
@pytest.mark.parametrize("fault", ["error=6", "cut=6", "no-terminal", "truncated-json"])
def test_a_stream_that_breaks(client, model, fault, bare):
    turns = [client.user(PROMPT)]
    with pytest.raises(client.errors.APIError) as raised:
        if bare:
            list(client.events(f"{model}#fault:{fault}", turns))
        else:
            client.ask(f"{model}#fault:{fault}", turns, streamed=True)
    # An error that was told, and no connection that was lost.
    assert not isinstance(raised.value, client.errors.APIConnectionError)
    if fault == "error=6":
        assert re.search("overloaded|server had an error", str(raised.value), re.IGNORECASE)


@pytest.mark.parametrize("fault, streamed", [("hang", False), ("hang", True), ("stall=6", True)])
def test_a_provider_that_is_too_slow(client, model, fault, streamed):
    with pytest.raises(client.errors.APIError) as raised:
        client.ask(f"hasty-{model}#fault:{fault}", [client.user(PROMPT)], streamed)
    assert not isinstance(raised.value, client.errors.APIConnectionError)
    if fault == "hang":
        assert isinstance(raised.value, client.errors.InternalServerError)
        assert raised.value.status_code == 504


def test_an_unknown_provider(client, provider):
    with pytest.raises(client.errors.NotFoundError):
        client.ask("nobody/gpt-4o-mini", [client.user(PROMPT)])
    client.sent.clear()


def test_what_cannot_be_asked_for(client, model, provider, log):
    wishes = {
        "chat": {"n": 2},
        "responses": {"previous_response_id": "resp_1"},
        "messages": {"container": "box"},
    }
    if provider == client.dialect:
        pytest.skip("what the provider makes of it is its own affair")
    (name,) = wishes[client.dialect]
    with pytest.raises(client.errors.BadRequestError, match=name):
        client.ask(model, [client.user(PROMPT)], **wishes[client.dialect])
    assert log.entries() == []
