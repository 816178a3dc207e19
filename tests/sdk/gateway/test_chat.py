"""The official client of Chat, strict, before a provider of every dialect."""

import openai
import pytest
from expected import (
    FUNCTION, PROMPT, REFUSAL, SCHEMA, THOUGHTS, check_arguments, check_text,
)

TOOLS = [{"type": "function", "function": {"name": FUNCTION, "parameters": SCHEMA}}]


def user(text=PROMPT):
    return [{"role": "user", "content": text}]


def whole_and_streamed(client, **ask):
    whole = client.chat.completions.create(**ask)
    with client.chat.completions.stream(**ask, stream_options={"include_usage": True}) as stream:
        return [whole, stream.get_final_completion()]


def test_text(openai_client, model):
    answers = whole_and_streamed(openai_client, model=model, messages=user())
    for streamed, answer in enumerate(answers):
        (choice,) = answer.choices
        check_text(choice.message.content, streamed=bool(streamed))
        assert choice.finish_reason == "stop"
        assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (25, 32)


def test_usage_only_if_asked(openai_client, model):
    chunks = list(openai_client.chat.completions.create(model=model, messages=user(), stream=True))
    assert all(chunk.usage is None and chunk.choices for chunk in chunks)


def test_cached(openai_client, model):
    for answer in whole_and_streamed(openai_client, model=model, messages=user("[[cached]]")):
        assert answer.usage.prompt_tokens == 25
        assert answer.usage.prompt_tokens_details.cached_tokens == 16


@pytest.mark.parametrize("mark, count", [("", 1), ("[[two tools]]", 2)])
def test_tool_loop(openai_client, model, mark, count):
    ask = {"model": model, "messages": user(PROMPT + mark), "tools": TOOLS}
    for answer in whole_and_streamed(openai_client, **ask):
        (choice,) = answer.choices
        assert choice.finish_reason == "tool_calls"
        calls = choice.message.tool_calls
        assert len({call.id for call in calls}) == count
        for call in calls:
            assert call.function.name == FUNCTION
            check_arguments(call.function.arguments)
        turns = [
            *ask["messages"],
            choice.message,
            *({"role": "tool", "tool_call_id": c.id, "content": "ensoleillé"} for c in calls),
        ]
        again = openai_client.chat.completions.create(**{**ask, "messages": turns})
        check_text(again.choices[0].message.content)


def test_forced_tool(openai_client, model):
    choice = {"type": "function", "function": {"name": FUNCTION}}
    answer = openai_client.chat.completions.create(
        model=model, messages=user(), tools=TOOLS, tool_choice=choice, parallel_tool_calls=False
    )
    assert answer.choices[0].message.tool_calls[0].function.name == FUNCTION


def test_structured(openai_client, model, seen):
    format = {"name": "place", "schema": SCHEMA, "strict": True}
    openai_client.chat.completions.create(
        model=model, messages=user(),
        response_format={"type": "json_schema", "json_schema": format},
    )
    assert "additionalProperties" in str(seen())


def test_refusal(openai_client, model, provider):
    ask = {"model": model, "messages": user("[[refuse]]")}
    if provider in ("chat", "responses"):
        for answer in whole_and_streamed(openai_client, **ask):
            (choice,) = answer.choices
            assert (choice.finish_reason, choice.message.refusal) == ("stop", REFUSAL)
        return
    (choice,) = openai_client.chat.completions.create(**ask).choices
    assert (choice.finish_reason, choice.message.content) == ("content_filter", REFUSAL)
    # The helper tells of a filter in its own way.
    with openai_client.chat.completions.stream(**ask) as stream:
        with pytest.raises(openai.ContentFilterFinishReasonError):
            stream.get_final_completion()


def test_reasoning_comes_back(openai_client, model, provider, seen):
    ask = {"model": model, "messages": user(), "reasoning_effort": "low"}
    for answer in whole_and_streamed(openai_client, **ask):
        message = answer.choices[0].message
        turns = [*user(), message, *user("?")]
        openai_client.chat.completions.create(**{**ask, "messages": turns})
        if provider == "messages":
            assert message.model_extra["reasoning_content"] == THOUGHTS
            assert "dG9sbGdhdGUtc2lnbmF0dXJl" in str(seen())
            assert "tg1." not in str(seen())


@pytest.mark.parametrize("status, error", [
    (404, openai.NotFoundError), (429, openai.RateLimitError), (503, openai.InternalServerError),
])
def test_errors(openai_client, model, status, error):
    with pytest.raises(error) as raised:
        openai_client.chat.completions.create(
            model=f"{model}#fault:status={status}", messages=user()
        )
    assert raised.value.status_code == status
    if status == 429:
        assert raised.value.response.headers.get("retry-after", "1") == "1"


def test_an_error_in_a_stream(openai_client, model):
    with pytest.raises(openai.APIError):
        list(openai_client.chat.completions.create(
            model=f"{model}#fault:error=5", messages=user(), stream=True
        ))


def test_cancelled(openai_client, model):
    stream = openai_client.chat.completions.create(model=model, messages=user(), stream=True)
    next(iter(stream))
    stream.close()
