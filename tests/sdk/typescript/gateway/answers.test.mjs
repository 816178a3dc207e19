// Text, usage, refusals, and what must not change an answer.

import assert from "node:assert/strict";

import { HARMLESS, PROMPT, REFUSAL, checkText } from "../expected.mjs";
import { eachPair, eachPairAndMode, start } from "./pairs.mjs";
import { read } from "./upstream.mjs";

const SAID = `${PROMPT} é 🚦`;

start();

eachPairAndMode("text", async ({ client, provider, model, log, streamed }) => {
  const said = await client.ask(model, [client.user(SAID)], { streamed, system: "bref é" });
  checkText(said.text, { streamed });
  assert.equal(said.end, "stop");
  assert.deepEqual(said.usage, [25, 0, 32]);
  assert.deepEqual(read(provider, await log.lastBody()).texts, ["bref é", SAID]);
});

eachPairAndMode("a conversation goes on", async ({ client, provider, model, log, streamed }) => {
  const turns = [client.user(SAID)];
  const said = await client.ask(model, turns, { streamed });
  turns.push(...said.turns, client.user("Et après ? 🚦"));
  checkText((await client.ask(model, turns, { streamed })).text, { streamed });
  const { texts } = read(provider, await log.lastBody());
  assert.deepEqual(texts, [SAID, said.text, "Et après ? 🚦"]);
});

eachPairAndMode("what a cache held", async ({ client, model, streamed }) => {
  const said = await client.ask(model, [client.user("[[cached]]")], { streamed });
  assert.deepEqual(said.usage, [25, 16, 32]);
});

eachPairAndMode("a refusal", async ({ client, provider, model, streamed }) => {
  const ask = client.ask(model, [client.user("[[refuse]]")], { streamed });
  const { end, text, refusal } = await ask;
  const expected = client.dialect === "messages" || !["chat", "responses"].includes(provider)
    ? { end: "filter", text: REFUSAL, refusal: null }
    : { end: "stop", text: "", refusal: REFUSAL };
  assert.deepEqual({ end, text, refusal }, expected);
});

for (const fault of HARMLESS) {
  eachPair(`what a client must not notice: ${fault}`, async ({ client, model }) => {
    const turns = [client.user(`${PROMPT} [[cached]]`)];
    const wishes = { streamed: true, thinking: true };
    const said = await client.ask(`${model}#fault:${fault}`, turns, wishes);
    checkText(said.text, { streamed: true });
    assert.deepEqual(said.usage, [25, 16, 39]);
  });
}
