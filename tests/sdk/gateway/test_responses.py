"""The official client of Responses, strict, before a provider of every dialect."""

import openai
import pytest
from expected import (
    FUNCTION, PROMPT, REFUSAL, SCHEMA, THOUGHTS, check_arguments, check_text,
)

TOOLS = [{"type": "function", "name": FUNCTION, "parameters": SCHEMA, "strict": True}]


def whole_and_streamed(client, **ask):
    whole = client.responses.create(**ask)
    with client.responses.stream(**ask) as stream:
        return [whole, stream.get_final_response()]


def test_text(openai_client, model):
    answers = whole_and_streamed(openai_client, model=model, input=PROMPT, instructions="bref é")
    for streamed, answer in enumerate(answers):
        check_text(answer.output_text, streamed=bool(streamed))
        assert answer.status == "completed"
        assert (answer.usage.input_tokens, answer.usage.output_tokens) == (25, 32)


def test_cached(openai_client, model):
    for answer in whole_and_streamed(openai_client, model=model, input="[[cached]]"):
        assert answer.usage.input_tokens == 25
        assert answer.usage.input_tokens_details.cached_tokens == 16


@pytest.mark.parametrize("mark, count", [("", 1), ("[[two tools]]", 2)])
def test_tool_loop(openai_client, model, mark, count):
    ask = {"model": model, "input": [{"role": "user", "content": PROMPT + mark}], "tools": TOOLS}
    for answer in whole_and_streamed(openai_client, **ask):
        calls = [item for item in answer.output if item.type == "function_call"]
        assert len({call.call_id for call in calls}) == count
        for call in calls:
            assert call.name == FUNCTION
            check_arguments(call.arguments)
        items = [
            *ask["input"],
            *(item.model_dump(exclude_none=True, exclude={"parsed_arguments"}) for item in answer.output),
            *(
                {"type": "function_call_output", "call_id": call.call_id, "output": "ensoleillé"}
                for call in calls
            ),
        ]
        again = openai_client.responses.create(**{**ask, "input": items})
        check_text(again.output_text)


def test_reasoning_comes_back(openai_client, model, provider, seen):
    ask = {
        "model": model,
        "input": [{"role": "user", "content": PROMPT}],
        "reasoning": {"effort": "low", "summary": "auto"},
    }
    for answer in whole_and_streamed(openai_client, **ask):
        if provider != "chat":
            assert answer.output[0].summary[0].text == THOUGHTS
        items = [
            *ask["input"],
            *(item.model_dump(exclude_none=True) for item in answer.output),
            {"role": "user", "content": "?"},
        ]
        if provider != "responses":
            openai_client.responses.create(**{**ask, "input": items})
            assert "tg1." not in str(seen())


def test_structured(openai_client, model, seen):
    format = {"type": "json_schema", "name": "place", "schema": SCHEMA, "strict": True}
    openai_client.responses.create(model=model, input=PROMPT, text={"format": format})
    assert "additionalProperties" in str(seen())


def test_refusal(openai_client, model, provider):
    ask = {"model": model, "input": "[[refuse]]"}
    if provider in ("chat", "responses"):
        for answer in whole_and_streamed(openai_client, **ask):
            assert (answer.status, answer.output[0].content[0].refusal) == ("completed", REFUSAL)
        return
    answer = openai_client.responses.create(**ask)
    assert (answer.status, answer.output_text) == ("incomplete", REFUSAL)
    assert answer.incomplete_details.reason == "content_filter"
    events = list(openai_client.responses.create(**ask, stream=True))
    assert events[-1].type == "response.incomplete"
    assert events[-1].response.output_text == REFUSAL


@pytest.mark.parametrize("status, error", [
    (404, openai.NotFoundError), (429, openai.RateLimitError), (503, openai.InternalServerError),
])
def test_errors(openai_client, model, status, error):
    with pytest.raises(error) as raised:
        openai_client.responses.create(model=f"{model}#fault:status={status}", input=PROMPT)
    assert raised.value.status_code == status


def test_an_error_in_a_stream(openai_client, model):
    with pytest.raises(openai.APIError):
        list(openai_client.responses.create(
            model=f"{model}#fault:error=5", input=PROMPT, stream=True
        ))
