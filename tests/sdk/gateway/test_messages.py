"""The official client of Messages, strict, before a provider of every dialect."""

import anthropic
import pytest
from expected import ARGUMENTS, FUNCTION, PROMPT, REFUSAL, SCHEMA, THOUGHTS, check_text

TOOLS = [{"name": FUNCTION, "input_schema": SCHEMA}]


def user(text=PROMPT):
    return [{"role": "user", "content": text}]


def whole_and_streamed(client, **ask):
    ask = {"max_tokens": 4096, **ask}
    whole = client.messages.create(**ask)
    with client.messages.stream(**ask) as stream:
        return [whole, stream.get_final_message()]


def test_text(anthropic_client, model):
    answers = whole_and_streamed(anthropic_client, model=model, messages=user(), system="bref é")
    for streamed, message in enumerate(answers):
        (block,) = message.content
        check_text(block.text, streamed=bool(streamed))
        assert message.stop_reason == "end_turn"
        assert (message.usage.input_tokens, message.usage.output_tokens) == (25, 32)


def test_cached(anthropic_client, model):
    for message in whole_and_streamed(anthropic_client, model=model, messages=user("[[cached]]")):
        usage = message.usage
        assert (usage.input_tokens, usage.cache_read_input_tokens) == (9, 16)


@pytest.mark.parametrize("mark, count", [("", 1), ("[[two tools]]", 2)])
def test_tool_loop(anthropic_client, model, mark, count):
    ask = {"model": model, "messages": user(PROMPT + mark), "tools": TOOLS, "max_tokens": 512}
    for message in whole_and_streamed(anthropic_client, **ask):
        assert message.stop_reason == "tool_use"
        calls = [block for block in message.content if block.type == "tool_use"]
        assert len({call.id for call in calls}) == count
        assert all((call.name, call.input) == (FUNCTION, ARGUMENTS) for call in calls)
        results = [
            {"type": "tool_result", "tool_use_id": call.id, "content": "ensoleillé"}
            for call in calls
        ]
        content = [block.model_dump(exclude_none=True) for block in message.content]
        turns = [
            *ask["messages"],
            {"role": "assistant", "content": content},
            {"role": "user", "content": results},
        ]
        again = anthropic_client.messages.create(**{**ask, "messages": turns})
        check_text(again.content[-1].text)


def test_thinking_comes_back(anthropic_client, model, provider, seen):
    thinking = {"type": "enabled", "budget_tokens": 1024}
    ask = {"model": model, "messages": user(), "thinking": thinking}
    for message in whole_and_streamed(anthropic_client, **ask):
        content = [block.model_dump(exclude_none=True) for block in message.content]
        if provider != "chat":
            assert content[0]["thinking"] == THOUGHTS
        turns = [*user(), {"role": "assistant", "content": content}, *user("?")]
        anthropic_client.messages.create(**{**ask, "messages": turns, "max_tokens": 4096})
        assert "tg1." not in str(seen())


def test_structured(anthropic_client, model, seen):
    anthropic_client.messages.create(
        model=model, max_tokens=64, messages=user(),
        output_config={"format": {"type": "json_schema", "schema": SCHEMA}},
    )
    assert "additionalProperties" in str(seen())


def test_refusal(anthropic_client, model):
    for message in whole_and_streamed(anthropic_client, model=model, messages=user("[[refuse]]")):
        assert message.stop_reason == "refusal"
        assert message.content[0].text == REFUSAL


@pytest.mark.parametrize("status, error", [
    (404, anthropic.NotFoundError), (429, anthropic.RateLimitError), (529, anthropic.APIStatusError),
])
def test_errors(anthropic_client, model, status, error):
    with pytest.raises(error) as raised:
        anthropic_client.messages.create(
            model=f"{model}#fault:status={status}", max_tokens=64, messages=user()
        )
    assert raised.value.status_code == status


def test_an_error_in_a_stream(anthropic_client, model):
    with pytest.raises(anthropic.APIStatusError):
        list(anthropic_client.messages.create(
            model=f"{model}#fault:error=5", max_tokens=64, messages=user(), stream=True
        ))
