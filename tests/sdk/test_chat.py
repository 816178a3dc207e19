"""Chat Completions, read by the official client."""

import openai
import pytest
from conftest import PUBLISHED
from expected import FUNCTION, MODEL, PROMPT, SCHEMA, check_arguments, check_text

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
