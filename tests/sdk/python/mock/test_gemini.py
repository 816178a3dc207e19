"""Gemini, read by the official client."""

import pytest
from expected import (
    ARGUMENTS, FUNCTION, MODEL, PROMPT, REFUSAL, SCHEMA, STAMPED, THOUGHTS, check_text,
)
from google import genai
from google.genai import errors, types

TOOL = types.Tool(
    function_declarations=[
        types.FunctionDeclaration(name=FUNCTION, parameters_json_schema=SCHEMA)
    ]
)
CALL = types.GenerateContentConfig(
    tools=[TOOL],
    automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
)


@pytest.fixture(scope="module")
def models(base_url, preset):
    if preset != STAMPED:
        pytest.skip("the published benchmark had no Gemini")
    options = types.HttpOptions(base_url=base_url)
    client = genai.Client(api_key="AIza-bench-test-key", http_options=options)
    yield client.models
    client.close()


def test_whole(models):
    answer = models.generate_content(model=MODEL, contents=PROMPT)
    check_text(answer.text, STAMPED, streamed=False)
    assert answer.candidates[0].finish_reason == types.FinishReason.STOP
    assert answer.usage_metadata.candidates_token_count == 32


def test_stream(models):
    chunks = list(models.generate_content_stream(model=MODEL, contents=PROMPT))
    check_text("".join(chunk.text for chunk in chunks), STAMPED, streamed=True)
    assert chunks[-1].candidates[0].finish_reason == types.FinishReason.STOP


def test_thoughts_and_a_cache(models):
    config = types.GenerateContentConfig(
        thinking_config=types.ThinkingConfig(include_thoughts=True)
    )
    ask = {"model": MODEL, "contents": f"{PROMPT} [[cached]]", "config": config}
    answer = models.generate_content(**ask)
    thought, text = answer.candidates[0].content.parts
    assert (thought.thought, thought.text) == (True, THOUGHTS)
    check_text(text.text, STAMPED, streamed=False)
    assert answer.usage_metadata.thoughts_token_count == 7
    assert answer.usage_metadata.cached_content_token_count == 16


def test_refusal(models):
    answer = models.generate_content(model=MODEL, contents=f"{PROMPT} [[refuse]]")
    assert answer.candidates[0].finish_reason == types.FinishReason.SAFETY
    assert answer.text == REFUSAL


@pytest.mark.parametrize("mark, count", [("", 1), ("[[two tools]]", 2)])
def test_calls(models, mark, count):
    ask = {"model": MODEL, "contents": f"{PROMPT} {mark}", "config": CALL}
    streamed = [
        call
        for chunk in models.generate_content_stream(**ask)
        for call in chunk.function_calls or []
    ]
    for calls in (models.generate_content(**ask).function_calls, streamed):
        assert [call.name for call in calls] == [FUNCTION] * count
        assert all(call.args == ARGUMENTS for call in calls)


def test_text_after_the_result(models):
    asked = types.Content(role="user", parts=[types.Part(text=PROMPT)])
    call = models.generate_content(model=MODEL, contents=[asked], config=CALL)
    part = types.Part.from_function_response(name=FUNCTION, response={"result": "sunny"})
    result = types.Content(role="user", parts=[part])
    turns = [asked, call.candidates[0].content, result]
    answer = models.generate_content(model=MODEL, contents=turns, config=CALL)
    check_text(answer.text, STAMPED, streamed=False)


def test_errors(models):
    config = types.GenerateContentConfig(
        http_options=types.HttpOptions(headers={"x-mock-fault": "status=429"})
    )
    with pytest.raises(errors.ClientError) as error:
        models.generate_content(model=MODEL, contents=PROMPT, config=config)
    assert (error.value.code, error.value.status) == (429, "RESOURCE_EXHAUSTED")
