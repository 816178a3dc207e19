// The client of Responses.

import assert from "node:assert/strict";

import * as sdk from "openai";
import { zodTextFormat } from "openai/helpers/zod";

import { SCHEMA } from "../../expected.mjs";
import { OPTIONS } from "../../programs.mjs";
import { recorder } from "./recorder.mjs";

export class Responses {
  dialect = "responses";
  errors = sdk;
  sent = [];

  constructor(url) {
    const fetch = recorder(this.sent);
    this.api = new sdk.OpenAI({ ...OPTIONS, baseURL: `${url}/v1`, fetch });
  }

  user(text) {
    return { role: "user", content: text };
  }

  results(pairs) {
    return pairs.map(([call, output]) => ({
      type: "function_call_output", call_id: call.id, output,
    }));
  }

  async ask(model, turns, { streamed = false, ...wishes } = {}, options = {}) {
    const body = asked(model, turns, wishes);
    if (!streamed) return said(await this.api.responses.create(body, options));
    return said(await this.api.responses.stream(body, options).finalResponse());
  }

  events(model, turns, wishes = {}, options = {}) {
    return this.api.responses.create({ ...asked(model, turns, wishes), stream: true }, options);
  }

  async parse(model, turns, shape, streamed) {
    const body = asked(model, turns, {});
    body.text = { format: zodTextFormat(shape, "place") };
    const response = await (streamed
      ? this.api.responses.stream(body).finalResponse()
      : this.api.responses.parse(body));
    return response.output_parsed;
  }
}

function asked(model, turns, { system, tools, force, oneAtATime, thinking, schema, ...more }) {
  const body = { model, input: turns, ...more };
  if (system) body.instructions = system;
  if (tools) {
    body.tools = tools.map((name) => ({
      type: "function", name, parameters: SCHEMA, strict: true,
    }));
  }
  if (force) body.tool_choice = { type: "function", name: force };
  if (oneAtATime) body.parallel_tool_calls = false;
  if (thinking) {
    body.reasoning = { effort: "low", summary: "auto" };
    body.include = ["reasoning.encrypted_content"];
    body.store = false;
  }
  if (schema) {
    body.text = { format: { type: "json_schema", name: "place", schema, strict: true } };
  }
  return body;
}

function said(response) {
  const { output, usage, status } = response;
  const of = (type) => output.filter((item) => item.type === type);
  const parts = of("message").flatMap((item) => item.content);
  const refusals = parts.filter((part) => part.type === "refusal").map((part) => part.refusal);
  const thoughts = of("reasoning").flatMap((item) => item.summary.map((part) => part.text));
  const calls = of("function_call").map((item) => ({
    id: item.call_id,
    name: item.name,
    arguments: JSON.parse(item.arguments),
  }));
  let end = calls.length > 0 ? "tools" : "stop";
  if (status === "incomplete") {
    assert.equal(response.incomplete_details.reason, "content_filter");
    end = "filter";
  } else {
    assert.equal(status, "completed");
  }
  return {
    text: response.output_text,
    end,
    usage: [usage.input_tokens, usage.input_tokens_details.cached_tokens, usage.output_tokens],
    calls,
    refusal: refusals.join("") || null,
    thoughts: thoughts.join("") || null,
    turns: output,
  };
}
