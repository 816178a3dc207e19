// OpenAI Responses, read by the official client.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { InternalServerError } from "openai";

import {
  FUNCTION, HARMLESS, MODEL, PROMPT, REFUSAL, SCHEMA, THOUGHTS, checkArguments, checkText,
} from "../expected.mjs";
import { mockAlone as start } from "../programs.mjs";

const tools = [{ type: "function", name: FUNCTION, parameters: SCHEMA, strict: false }];
const ask = (mark = "") => ({ model: MODEL, input: PROMPT + mark });

let mock;
before(async () => { mock = await start(); });
after(() => mock.stop());

const create = (body) => mock.openai.responses.create(body);
const streamed = (body) => mock.openai.responses.stream(body).finalResponse();
const both = async (body) => [await create(body), await streamed(body)];

test("text", async () => {
  const [whole, stream] = await both(ask());
  checkText(whole.output_text, { streamed: false });
  checkText(stream.output_text, { streamed: true });
});

test("events are numbered", async () => {
  let next = 0;
  for await (const event of await create({ ...ask(), stream: true })) {
    assert.equal(event.sequence_number, next++);
  }
  assert.equal(next, 40);
});

test("reasoning", async () => {
  for (const response of await both({ ...ask(), reasoning: { summary: "auto" } })) {
    assert.deepEqual(response.output.map((item) => item.type), ["reasoning", "message"]);
    assert.equal(response.output[0].summary[0].text, THOUGHTS);
    assert.equal(response.usage.output_tokens_details.reasoning_tokens, 7);
  }
});

test("a refusal, a cache", async () => {
  for (const response of await both(ask("[[refuse]] [[cached]]"))) {
    assert.equal(response.output[0].content[0].refusal, REFUSAL);
    assert.equal(response.usage.input_tokens_details.cached_tokens, 16);
  }
});

test("one call and two", async () => {
  for (const [mark, count] of [["", 1], ["[[two tools]]", 2]]) {
    for (const { output } of await both({ ...ask(mark), tools })) {
      assert.equal(new Set(output.map((call) => call.call_id)).size, count);
      for (const call of output) {
        assert.equal(call.name, FUNCTION);
        checkArguments(call.arguments);
      }
    }
  }
});

test("text after the result", async () => {
  const asked = { role: "user", content: PROMPT };
  const [call] = (await create({ ...ask(), input: [asked], tools })).output;
  const result = { type: "function_call_output", call_id: call.call_id, output: "sunny" };
  const response = await create({ ...ask(), input: [asked, call, result], tools });
  checkText(response.output_text, { streamed: false });
});

test("faults", async () => {
  const faulty = (fault) => ({ ...ask(), model: `${MODEL}#fault:${fault}` });
  await assert.rejects(create(faulty("status=503")), InternalServerError);
  await assert.rejects(streamed(faulty("error=5")), /server had an error/);
  for (const fault of HARMLESS) {
    checkText((await streamed(faulty(fault))).output_text, { streamed: true });
  }
});
