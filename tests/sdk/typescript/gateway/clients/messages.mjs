// The client of Messages.

import * as sdk from "@anthropic-ai/sdk";
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";

import { SCHEMA } from "../../expected.mjs";
import { OPTIONS } from "../../programs.mjs";
import { recorder } from "./recorder.mjs";

const ENDS = { end_turn: "stop", tool_use: "tools", refusal: "filter" };

export class Messages {
  dialect = "messages";
  errors = sdk;
  sent = [];

  constructor(url) {
    this.api = new sdk.Anthropic({ ...OPTIONS, baseURL: url, fetch: recorder(this.sent) });
  }

  user(text) {
    return { role: "user", content: text };
  }

  results(pairs) {
    const content = pairs.map(([call, content]) => ({
      type: "tool_result", tool_use_id: call.id, content,
    }));
    return [{ role: "user", content }];
  }

  async ask(model, turns, { streamed = false, ...wishes } = {}, options = {}) {
    const body = asked(model, turns, wishes);
    if (!streamed) return said(await this.api.messages.create(body, options));
    return said(await this.api.messages.stream(body, options).finalMessage());
  }

  events(model, turns, wishes = {}, options = {}) {
    return this.api.messages.create({ ...asked(model, turns, wishes), stream: true }, options);
  }

  async parse(model, turns, shape, streamed) {
    const body = asked(model, turns, {});
    body.output_config = { format: zodOutputFormat(shape) };
    const message = await (streamed
      ? this.api.messages.stream(body).finalMessage()
      : this.api.messages.parse(body));
    return message.parsed_output;
  }
}

function asked(model, turns, { system, tools, force, oneAtATime, thinking, schema, ...more }) {
  const body = { model, messages: turns, max_tokens: 4096, ...more };
  if (system) body.system = system;
  if (tools) body.tools = tools.map((name) => ({ name, input_schema: SCHEMA }));
  if (force || oneAtATime) {
    body.tool_choice = force ? { type: "tool", name: force } : { type: "auto" };
    if (oneAtATime) body.tool_choice.disable_parallel_tool_use = true;
  }
  if (thinking) body.thinking = { type: "enabled", budget_tokens: 1024 };
  if (schema) body.output_config = { format: { type: "json_schema", schema } };
  return body;
}

function said({ content, usage, stop_reason }) {
  const of = (type) => content.filter((block) => block.type === type);
  const cached = usage.cache_read_input_tokens ?? 0;
  return {
    text: of("text").map((block) => block.text).join(""),
    end: ENDS[stop_reason] ?? stop_reason,
    usage: [usage.input_tokens + cached, cached, usage.output_tokens],
    calls: of("tool_use").map(({ id, name, input }) => ({ id, name, arguments: input })),
    refusal: null,
    thoughts: of("thinking").map((block) => block.thinking).join("") || null,
    turns: [{ role: "assistant", content }],
  };
}
