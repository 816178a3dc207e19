"""The client of Messages."""

import anthropic
import programs
from expected import SCHEMA

from gateway.clients import Call, Said, recorder


class Messages:
    dialect = "messages"
    errors = anthropic

    def __init__(self, url):
        self.sent = []
        self.api = anthropic.Anthropic(
            base_url=url, api_key=programs.KEY, max_retries=0,
            _strict_response_validation=True,
            http_client=anthropic.DefaultHttpxClient(event_hooks=recorder(self.sent)),
        )

    def user(self, text):
        return {"role": "user", "content": text}

    def results(self, pairs):
        blocks = [
            {"type": "tool_result", "tool_use_id": call.id, "content": text}
            for call, text in pairs
        ]
        return [{"role": "user", "content": blocks}]

    def ask(self, model, turns, streamed=False, **wishes):
        asked = self._asked(model, turns, **wishes)
        if not streamed:
            return said(self.api.messages.create(**asked))
        with self.api.messages.stream(**asked) as stream:
            return said(stream.get_final_message())

    def events(self, model, turns, **wishes):
        return self.api.messages.create(**self._asked(model, turns, **wishes), stream=True)

    def parse(self, model, turns, shape, streamed):
        asked = {**self._asked(model, turns), "output_format": shape}
        if not streamed:
            return self.api.messages.parse(**asked).parsed_output
        with self.api.messages.stream(**asked) as stream:
            return stream.get_final_message().parsed_output

    def _asked(
        self, model, turns, system=None, tools=(), force=None, one_at_a_time=False,
        thinking=False, schema=None, **more,
    ):
        asked = {"model": model, "messages": turns, "max_tokens": 4096, **more}
        if system:
            asked["system"] = system
        if tools:
            asked["tools"] = [{"name": name, "input_schema": SCHEMA} for name in tools]
        choice = {"type": "tool", "name": force} if force else {"type": "auto"}
        if one_at_a_time:
            choice["disable_parallel_tool_use"] = True
        if force or one_at_a_time:
            asked["tool_choice"] = choice
        if thinking:
            asked["thinking"] = {"type": "enabled", "budget_tokens": 1024}
        if schema:
            asked["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
        return asked


def said(message):
    usage = message.usage
    cached = usage.cache_read_input_tokens or 0
    text = "".join(block.text for block in message.content if block.type == "text")
    end = {"end_turn": "stop", "tool_use": "tools", "refusal": "filter"}[message.stop_reason]
    thoughts = [block.thinking for block in message.content if block.type == "thinking"]
    return Said(
        text=text,
        end=end,
        usage=(usage.input_tokens + cached, cached, usage.output_tokens),
        calls=[
            Call(block.id, block.name, block.input)
            for block in message.content
            if block.type == "tool_use"
        ],
        refusal=None,
        thoughts="".join(thoughts) or None,
        turns=[{"role": "assistant", "content": message.content}],
    )
