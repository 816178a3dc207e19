"""Anthropic Messages, read by the official client."""

import anthropic
import pytest
from expected import (
    ANTHROPIC_ERRORS, ARGUMENTS, FUNCTION, HARMLESS, MODEL, PROMPT, PUBLISHED, REFUSAL, SCHEMA,
    THOUGHTS, check_text,
)

ASK = {"model": MODEL, "max_tokens": 256, "messages": [{"role": "user", "content": PROMPT}]}
TOOLS = [{"name": FUNCTION, "input_schema": SCHEMA}]


def test_whole(anthropic_client, preset):
    message = anthropic_client.messages.create(**ASK)
    (block,) = message.content
    check_text(block.text, preset, streamed=False)
    assert message.stop_reason == "end_turn"
    assert message.usage.output_tokens == (35 if preset == PUBLISHED else 32)


def test_stream(anthropic_client, preset):
    events = list(anthropic_client.messages.create(**ASK, stream=True))
    kinds = [event.type for event in events]
    pieces = 31 if preset == PUBLISHED else 32
    # The client takes pings out.
    assert kinds == [
        "message_start",
        "content_block_start",
        *["content_block_delta"] * pieces,
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    text = "".join(e.delta.text for e in events if e.type == "content_block_delta")
    check_text(text, preset, streamed=True)


def test_stream_helper(anthropic_client, preset):
    with anthropic_client.messages.stream(**ASK) as stream:
        message = stream.get_final_message()
    (block,) = message.content
    check_text(block.text, preset, streamed=True)
    assert message.stop_reason == "end_turn"
    assert message.usage.output_tokens == (35 if preset == PUBLISHED else 32)


def test_call(anthropic_client):
    message = anthropic_client.messages.create(**ASK, tools=TOOLS)
    assert message.stop_reason == "tool_use"
    (block,) = message.content
    assert (block.type, block.name, block.input) == ("tool_use", FUNCTION, ARGUMENTS)


def test_call_streamed(anthropic_client):
    with anthropic_client.messages.stream(**ASK, tools=TOOLS) as stream:
        message = stream.get_final_message()
    assert message.stop_reason == "tool_use"
    (block,) = message.content
    assert (block.type, block.name, block.input) == ("tool_use", FUNCTION, ARGUMENTS)


def test_text_after_the_result(anthropic_client, preset):
    (call,) = anthropic_client.messages.create(**ASK, tools=TOOLS).content
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "sunny"}
    turns = [
        *ASK["messages"],
        {"role": "assistant", "content": [call.model_dump(exclude_none=True)]},
        {"role": "user", "content": [result]},
    ]
    message = anthropic_client.messages.create(**{**ASK, "messages": turns}, tools=TOOLS)
    (block,) = message.content
    check_text(block.text, preset, streamed=False)


def test_error(anthropic_client):
    with pytest.raises(anthropic.BadRequestError) as error:
        anthropic_client.messages.create(**{**ASK, "model": ""})
    assert error.value.body["error"]["type"] == "invalid_request_error"
    assert error.value.request_id == error.value.body["request_id"]


def test_models(anthropic_client):
    assert MODEL in [model.id for model in anthropic_client.models.list()]


def whole_and_streamed(client, **ask):
    whole = client.messages.create(**{**ASK, **ask})
    with client.messages.stream(**{**ASK, **ask}) as stream:
        return [whole, stream.get_final_message()]


def marked(mark):
    return [{"role": "user", "content": f"{PROMPT} {mark}"}]


@pytest.mark.parametrize(
    "thinking", [{"type": "adaptive"}, {"type": "enabled", "budget_tokens": 1024}]
)
def test_thinking(anthropic_client, thinking):
    for message in whole_and_streamed(anthropic_client, thinking=thinking, max_tokens=2048):
        thoughts, text = message.content
        assert (thoughts.type, thoughts.thinking) == ("thinking", THOUGHTS)
        assert thoughts.signature and text.type == "text"


def test_refusal(anthropic_client):
    for message in whole_and_streamed(anthropic_client, messages=marked("[[refuse]]")):
        assert message.stop_reason == "refusal"
        assert message.stop_details.type == "refusal"
        assert message.content[0].text == REFUSAL


def test_cache(anthropic_client):
    text = {"type": "text", "text": PROMPT, "cache_control": {"type": "ephemeral"}}
    for turns in (marked("[[cached]]"), [{"role": "user", "content": [text]}]):
        for message in whole_and_streamed(anthropic_client, messages=turns):
            usage = message.usage
            assert (usage.input_tokens, usage.cache_read_input_tokens) == (9, 16)


def test_two_calls(anthropic_client):
    ask = {"messages": marked("[[two tools]]"), "tools": TOOLS}
    for message in whole_and_streamed(anthropic_client, **ask):
        first, second = message.content
        assert first.id != second.id
        for block in (first, second):
            assert (block.type, block.name, block.input) == ("tool_use", FUNCTION, ARGUMENTS)


def test_count_tokens(anthropic_client):
    count = anthropic_client.messages.count_tokens(model=MODEL, messages=ASK["messages"])
    assert count.input_tokens == 25


@pytest.mark.parametrize("status, error", ANTHROPIC_ERRORS)
def test_statuses(anthropic_client, status, error):
    with pytest.raises(error) as raised:
        anthropic_client.messages.create(**{**ASK, "model": f"{MODEL}#fault:status={status}"})
    assert raised.value.status_code == status
    assert raised.value.request_id
    if status == 429:
        assert raised.value.response.headers["anthropic-ratelimit-requests-remaining"] == "0"


def test_an_error_in_a_stream(anthropic_client):
    with pytest.raises(anthropic.APIStatusError, match="Overloaded"):
        list(
            anthropic_client.messages.create(
                **{**ASK, "model": f"{MODEL}#fault:error=5"}, stream=True
            )
        )


@pytest.mark.parametrize("fault", HARMLESS)
def test_harmless_faults(anthropic_client, preset, fault):
    with anthropic_client.messages.stream(**{**ASK, "model": f"{MODEL}#fault:{fault}"}) as stream:
        (block,) = stream.get_final_message().content
    check_text(block.text, preset, streamed=True)
