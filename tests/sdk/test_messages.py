"""Anthropic Messages, read by the official client."""

import anthropic
import pytest
from conftest import PUBLISHED
from expected import ARGUMENTS, FUNCTION, MODEL, PROMPT, SCHEMA, check_text

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
