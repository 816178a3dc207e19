"""The client of Chat Completions."""

import json

import openai
import programs
from expected import SCHEMA

from gateway.clients import Call, Said, recorder


class Chat:
    dialect = "chat"
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
            {"role": "tool", "tool_call_id": call.id, "content": text} for call, text in pairs
        ]

    def ask(self, model, turns, streamed=False, **wishes):
        asked = self._asked(model, turns, **wishes)
        if not streamed:
            return said(self.api.chat.completions.create(**asked))
        asked["stream_options"] = {"include_usage": True}
        with self.api.chat.completions.stream(**asked) as stream:
            try:
                return said(stream.get_final_completion())
            except openai.ContentFilterFinishReasonError:
                # The helper's way to tell of a filter.
                return said(stream.current_completion_snapshot)

    def events(self, model, turns, **wishes):
        return self.api.chat.completions.create(**self._asked(model, turns, **wishes), stream=True)

    def parse(self, model, turns, shape, streamed):
        asked = {**self._asked(model, turns), "response_format": shape}
        if not streamed:
            return self.api.chat.completions.parse(**asked).choices[0].message.parsed
        with self.api.chat.completions.stream(**asked) as stream:
            return stream.get_final_completion().choices[0].message.parsed

    def _asked(
        self, model, turns, system=None, tools=(), force=None, one_at_a_time=False,
        thinking=False, schema=None, **more,
    ):
        asked = {"model": model, "messages": turns, **more}
        if system:
            asked["messages"] = [{"role": "system", "content": system}, *turns]
        if tools:
            asked["tools"] = [
                {"type": "function", "function": {"name": name, "parameters": SCHEMA}}
                for name in tools
            ]
        if force:
            asked["tool_choice"] = {"type": "function", "function": {"name": force}}
        if one_at_a_time:
            asked["parallel_tool_calls"] = False
        if thinking:
            asked["reasoning_effort"] = "low"
        if schema:
            format = {"name": "place", "schema": schema, "strict": True}
            asked["response_format"] = {"type": "json_schema", "json_schema": format}
        return asked


def said(completion):
    (choice,) = completion.choices
    message, usage = choice.message, completion.usage
    return Said(
        text=message.content or "",
        end={"tool_calls": "tools", "content_filter": "filter"}.get(
            choice.finish_reason, choice.finish_reason
        ),
        usage=usage and (
            usage.prompt_tokens,
            usage.prompt_tokens_details.cached_tokens,
            usage.completion_tokens,
        ),
        calls=[
            Call(call.id, call.function.name, json.loads(call.function.arguments))
            for call in message.tool_calls or []
        ],
        refusal=message.refusal,
        thoughts=(message.model_extra or {}).get("reasoning_content"),
        turns=[message],
    )
