"""OpenAI Responses, read by the official client."""

import openai
import pytest
from expected import (
    FUNCTION, HARMLESS, MODEL, OPENAI_ERRORS, PROMPT, PUBLISHED, REFUSAL, SCHEMA, THOUGHTS,
    check_arguments, check_text,
)

TOOLS = [{"type": "function", "name": FUNCTION, "parameters": SCHEMA, "strict": False}]

TEXT_EVENTS = [
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.content_part.added",
    *["response.output_text.delta"] * 32,
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.completed",
]
PUBLISHED_EVENTS = [
    "response.created",
    "response.output_item.added",
    "response.content_part.added",
    *["response.output_text.delta"] * 31,
    "response.output_text.done",
    "response.completed",
]


def test_whole(openai_client, preset):
    response = openai_client.responses.create(model=MODEL, input=PROMPT)
    check_text(response.output_text, preset, streamed=False)
    assert response.status == "completed"
    usage = response.usage
    assert usage.input_tokens + usage.output_tokens == usage.total_tokens
    assert usage.output_tokens == (35 if preset == PUBLISHED else 32)


def test_stream(openai_client, preset):
    events = list(openai_client.responses.create(model=MODEL, input=PROMPT, stream=True))
    kinds = [event.type for event in events]
    assert kinds == (PUBLISHED_EVENTS if preset == PUBLISHED else TEXT_EVENTS)
    assert [event.sequence_number for event in events] == list(range(len(events)))
    text = "".join(e.delta for e in events if e.type == "response.output_text.delta")
    check_text(text, preset, streamed=True)
    # The events that give the text again give it with the same stamps.
    again = [e.text for e in events if e.type == "response.output_text.done"]
    again += [e.part.text for e in events if e.type == "response.content_part.done"]
    again += [e.item.content[0].text for e in events if e.type == "response.output_item.done"]
    again += [e.response.output_text for e in events if e.type == "response.completed"]
    assert again == [text] * (2 if preset == PUBLISHED else 4)


def test_stream_helper(openai_client, preset):
    with openai_client.responses.stream(model=MODEL, input=PROMPT) as stream:
        response = stream.get_final_response()
    check_text(response.output_text, preset, streamed=True)


def test_call(openai_client):
    response = openai_client.responses.create(model=MODEL, input=PROMPT, tools=TOOLS)
    (call,) = response.output
    assert (call.type, call.name) == ("function_call", FUNCTION)
    check_arguments(call.arguments)


def test_call_streamed(openai_client):
    with openai_client.responses.stream(model=MODEL, input=PROMPT, tools=TOOLS) as stream:
        deltas = [
            event.delta
            for event in stream
            if event.type == "response.function_call_arguments.delta"
        ]
        (call,) = stream.get_final_response().output
    assert (call.type, call.name, call.status) == ("function_call", FUNCTION, "completed")
    assert "".join(deltas) == call.arguments and len(deltas) > 1
    check_arguments(call.arguments)


def test_text_after_the_result(openai_client, preset):
    asked = {"role": "user", "content": PROMPT}
    (call,) = openai_client.responses.create(model=MODEL, input=[asked], tools=TOOLS).output
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
    response = openai_client.responses.create(
        model=MODEL, input=[asked, call.model_dump(exclude_none=True), result], tools=TOOLS
    )
    check_text(response.output_text, preset, streamed=False)


def test_error(openai_client):
    with pytest.raises(openai.BadRequestError) as error:
        openai_client.responses.create(model="", input=PROMPT)
    assert (error.value.type, error.value.param) == ("invalid_request_error", "model")


def whole_and_streamed(client, **ask):
    whole = client.responses.create(model=MODEL, **ask)
    with client.responses.stream(model=MODEL, **ask) as stream:
        return [whole, stream.get_final_response()]


@pytest.mark.parametrize("summary", [None, "auto"])
def test_reasoning(openai_client, preset, summary):
    reasoning = {"effort": "low"} | ({"summary": summary} if summary else {})
    for response in whole_and_streamed(openai_client, input=PROMPT, reasoning=reasoning):
        thoughts, message = response.output
        assert (thoughts.type, message.type) == ("reasoning", "message")
        assert [part.text for part in thoughts.summary] == ([THOUGHTS] if summary else [])
        assert response.usage.output_tokens_details.reasoning_tokens == 7


def test_refusal(openai_client):
    for response in whole_and_streamed(openai_client, input=f"{PROMPT} [[refuse]]"):
        (part,) = response.output[0].content
        assert (part.type, part.refusal) == ("refusal", REFUSAL)


def test_cache(openai_client):
    for response in whole_and_streamed(openai_client, input=f"{PROMPT} [[cached]]"):
        assert response.usage.input_tokens_details.cached_tokens == 16


def test_two_calls(openai_client):
    ask = {"input": f"{PROMPT} [[two tools]]", "tools": TOOLS}
    for response in whole_and_streamed(openai_client, **ask):
        first, second = response.output
        assert first.call_id != second.call_id and first.id != second.id
        for call in (first, second):
            assert (call.type, call.name) == ("function_call", FUNCTION)
            check_arguments(call.arguments)


@pytest.mark.parametrize("status, error", OPENAI_ERRORS)
def test_statuses(openai_client, status, error):
    with pytest.raises(error) as raised:
        openai_client.responses.create(model=f"{MODEL}#fault:status={status}", input=PROMPT)
    assert raised.value.status_code == status


def test_an_error_in_a_stream(openai_client):
    with pytest.raises(openai.APIError, match="server had an error"):
        list(
            openai_client.responses.create(
                model=f"{MODEL}#fault:error=5", input=PROMPT, stream=True
            )
        )


@pytest.mark.parametrize("fault", HARMLESS)
def test_harmless_faults(openai_client, preset, fault):
    with openai_client.responses.stream(model=f"{MODEL}#fault:{fault}", input=PROMPT) as stream:
        text = stream.get_final_response().output_text
    check_text(text, preset, streamed=True)
