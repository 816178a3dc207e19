"""Chat Completions, read by the official client."""

import openai
import pytest
from expected import (
    FUNCTION, HARMLESS, MODEL, OPENAI_ERRORS, PROMPT, PUBLISHED, REFUSAL, SCHEMA,
    check_arguments, check_text,
)

MESSAGES = [{"role": "user", "content": PROMPT}]
TOOLS = [{"type": "function", "function": {"name": FUNCTION, "parameters": SCHEMA}}]


def test_whole(openai_client, preset):
    completion = openai_client.chat.completions.create(model=MODEL, messages=MESSAGES)
    check_text(completion.choices[0].message.content, preset, streamed=False)
    assert completion.choices[0].finish_reason == "stop"
    usage = completion.usage
    assert usage.prompt_tokens + usage.completion_tokens == usage.total_tokens
    assert usage.completion_tokens == (35 if preset == PUBLISHED else 32)


@pytest.mark.parametrize("include_usage", [False, True])
def test_stream(openai_client, preset, include_usage):
    options = {"stream_options": {"include_usage": True}} if include_usage else {}
    chunks = list(
        openai_client.chat.completions.create(
            model=MODEL, messages=MESSAGES, stream=True, **options
        )
    )
    deltas = [choice.delta.content or "" for chunk in chunks for choice in chunk.choices]
    check_text("".join(deltas), preset, streamed=True)
    assert [c.finish_reason for chunk in chunks for c in chunk.choices][-1] == "stop"
    with_usage = [chunk for chunk in chunks if chunk.usage]
    if preset == PUBLISHED:
        # The end marker is an event too, but not a chunk.
        assert len(chunks) + 1 == 34
        assert with_usage == chunks[-1:]
    else:
        assert with_usage == (chunks[-1:] if include_usage else [])


def test_stream_helper(openai_client, preset):
    with openai_client.chat.completions.stream(model=MODEL, messages=MESSAGES) as stream:
        completion = stream.get_final_completion()
    check_text(completion.choices[0].message.content, preset, streamed=True)


def test_call(openai_client):
    completion = openai_client.chat.completions.create(
        model=MODEL, messages=MESSAGES, tools=TOOLS
    )
    (choice,) = completion.choices
    assert choice.finish_reason == "tool_calls"
    (call,) = choice.message.tool_calls
    assert call.function.name == FUNCTION
    check_arguments(call.function.arguments)


def test_call_streamed(openai_client):
    with openai_client.chat.completions.stream(
        model=MODEL, messages=MESSAGES, tools=TOOLS
    ) as stream:
        (choice,) = stream.get_final_completion().choices
    assert choice.finish_reason == "tool_calls"
    assert choice.message.role == "assistant"
    (call,) = choice.message.tool_calls
    assert (call.function.name, call.type) == (FUNCTION, "function")
    check_arguments(call.function.arguments)


def test_text_after_the_result(openai_client, preset):
    first = openai_client.chat.completions.create(model=MODEL, messages=MESSAGES, tools=TOOLS)
    message = first.choices[0].message
    result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "sunny"}
    second = openai_client.chat.completions.create(
        model=MODEL,
        messages=[*MESSAGES, message.model_dump(exclude_none=True), result],
        tools=TOOLS,
    )
    check_text(second.choices[0].message.content, preset, streamed=False)


def test_error(openai_client):
    with pytest.raises(openai.BadRequestError) as error:
        openai_client.chat.completions.create(model="", messages=MESSAGES)
    assert (error.value.type, error.value.param) == ("invalid_request_error", "model")


def test_models(openai_client):
    assert MODEL in [model.id for model in openai_client.models.list()]


def marked(mark):
    return [{"role": "user", "content": f"{PROMPT} {mark}"}]


def final(client, **ask):
    with client.chat.completions.stream(
        model=MODEL, stream_options={"include_usage": True}, **ask
    ) as stream:
        return stream.get_final_completion()


def whole_and_streamed(client, **ask):
    return [client.chat.completions.create(model=MODEL, **ask), final(client, **ask)]


def test_reasoning_and_cache_are_counted(openai_client):
    ask = {"messages": marked("[[cached]]"), "reasoning_effort": "low"}
    for completion in whole_and_streamed(openai_client, **ask):
        usage = completion.usage
        assert usage.completion_tokens_details.reasoning_tokens == 7
        assert usage.prompt_tokens_details.cached_tokens == 16
        assert usage.prompt_tokens + usage.completion_tokens == usage.total_tokens


def test_refusal(openai_client):
    for completion in whole_and_streamed(openai_client, messages=marked("[[refuse]]")):
        (choice,) = completion.choices
        assert choice.message.refusal == REFUSAL
        assert (choice.message.content or "", choice.finish_reason) == ("", "stop")


def test_two_calls(openai_client):
    ask = {"messages": marked("[[two tools]]"), "tools": TOOLS}
    for completion in whole_and_streamed(openai_client, **ask):
        first, second = completion.choices[0].message.tool_calls
        assert first.id != second.id
        for call in (first, second):
            assert call.function.name == FUNCTION
            check_arguments(call.function.arguments)


@pytest.mark.parametrize("status, error", OPENAI_ERRORS)
def test_statuses(openai_client, status, error):
    with pytest.raises(error) as raised:
        openai_client.chat.completions.create(
            model=f"{MODEL}#fault:status={status}", messages=MESSAGES
        )
    assert raised.value.status_code == status
    assert raised.value.request_id
    if status == 429:
        assert raised.value.response.headers["retry-after-ms"] == "1000"
        assert raised.value.code == "rate_limit_exceeded"


def test_an_error_in_a_stream(openai_client):
    with pytest.raises(openai.APIError, match="server had an error"):
        list(
            openai_client.chat.completions.create(
                model=f"{MODEL}#fault:error=5", messages=MESSAGES, stream=True
            )
        )


@pytest.mark.parametrize("fault", HARMLESS)
def test_harmless_faults(openai_client, preset, fault):
    chunks = openai_client.chat.completions.create(
        model=f"{MODEL}#fault:{fault}", messages=MESSAGES, stream=True
    )
    deltas = [choice.delta.content or "" for chunk in chunks for choice in chunk.choices]
    check_text("".join(deltas), preset, streamed=True)


def test_embeddings(openai_client):
    ask = {"model": "text-embedding-3-small", "input": ["a", "b"], "dimensions": 8}
    floats = openai_client.embeddings.create(**ask, encoding_format="float")
    assert [item.index for item in floats.data] == [0, 1]
    assert len(floats.data[0].embedding) == 8
    # The client asks for base64 by itself and reads it, but its strict types
    # know numbers alone.
    lenient = openai.OpenAI(base_url=openai_client.base_url, api_key="k", max_retries=0)
    decoded = lenient.embeddings.create(**ask)
    assert [item.embedding for item in decoded.data] == [item.embedding for item in floats.data]
    encoded = lenient.embeddings.create(**ask, encoding_format="base64")
    assert isinstance(encoded.data[0].embedding, str)
