"""The client of Responses."""

import json

import openai
import programs
from expected import SCHEMA

from gateway.clients import Call, Said, recorder


class Responses:
    dialect = "responses"
    errors = openai

    def __init__(self, url):
        self.sent = []
        self.api = openai.OpenAI(
            base_url=f"{url}/v1", api_key=programs.KEY, max_retries=0,
            _strict_response_validation=True,
            http_client=openai.DefaultHttpxClient(event_hooks=recorder(self.sent)),
        )

    def user(self, text):
        return {"role": "user", "content": text}

    def results(self, pairs):
        return [
            {"type": "function_call_output", "call_id": call.id, "output": text}
            for call, text in pairs
        ]

    def ask(self, model, turns, streamed=False, **wishes):
        asked = self._asked(model, turns, **wishes)
        if not streamed:
            return said(self.api.responses.create(**asked))
        with self.api.responses.stream(**asked) as stream:
            *_, last = stream
            # What the helper calls final must be `completed`, and not `incomplete`.
            return said(last.response)

    def events(self, model, turns, **wishes):
        return self.api.responses.create(**self._asked(model, turns, **wishes), stream=True)

    def parse(self, model, turns, shape, streamed):
        asked = {**self._asked(model, turns), "text_format": shape}
        if not streamed:
            return self.api.responses.parse(**asked).output_parsed
        with self.api.responses.stream(**asked) as stream:
            return stream.get_final_response().output_parsed

    def _asked(
        self, model, turns, system=None, tools=(), force=None, one_at_a_time=False,
        thinking=False, schema=None, **more,
    ):
        asked = {"model": model, "input": turns, **more}
        if system:
            asked["instructions"] = system
        if tools:
            asked["tools"] = [
                {"type": "function", "name": name, "parameters": SCHEMA, "strict": True}
                for name in tools
            ]
        if force:
            asked["tool_choice"] = {"type": "function", "name": force}
        if one_at_a_time:
            asked["parallel_tool_calls"] = False
        if thinking:
            asked["reasoning"] = {"effort": "low", "summary": "auto"}
            asked["include"] = ["reasoning.encrypted_content"]
            asked["store"] = False
        if schema:
            format = {"type": "json_schema", "name": "place", "schema": schema, "strict": True}
            asked["text"] = {"format": format}
        return asked


def said(response):
    usage = response.usage
    parts = [
        part for item in response.output if item.type == "message" for part in item.content
    ]
    refusals = [part.refusal for part in parts if part.type == "refusal"]
    calls = [
        Call(item.call_id, item.name, json.loads(item.arguments))
        for item in response.output
        if item.type == "function_call"
    ]
    thoughts = [
        part.text for item in response.output if item.type == "reasoning" for part in item.summary
    ]
    if response.status == "incomplete":
        end = {"content_filter": "filter"}[response.incomplete_details.reason]
    else:
        assert response.status == "completed"
        end = "tools" if calls else "stop"
    return Said(
        text=response.output_text,
        end=end,
        usage=(usage.input_tokens, usage.input_tokens_details.cached_tokens, usage.output_tokens),
        calls=calls,
        refusal="".join(refusals) or None,
        thoughts="".join(thoughts) or None,
        turns=response.output,
    )
