// Thoughts, and their way back.

import assert from "node:assert/strict";

import { PROMPT, SIGNATURE, THOUGHTS, checkText } from "../expected.mjs";
import { eachPairAndMode, start } from "./pairs.mjs";
import { read } from "./upstream.mjs";

start();

eachPairAndMode("thoughts come and go back", async (pair) => {
  const { client, provider, model, log, streamed } = pair;
  // The mock's Chat counts its thoughts and tells nobody; and a client of Chat has no words to
  // ask Responses for more than their proof.
  const hidden = provider === "chat" || (client.dialect === "chat" && provider === "responses");
  const turns = [client.user(PROMPT)];
  for (let turn = 0; turn < 2; turn += 1) {
    const said = await client.ask(model, turns, { streamed, thinking: true });
    checkText(said.text, { streamed });
    assert.deepEqual(said.usage, [25, 0, 39]);
    assert.equal(said.thoughts, hidden ? null : THOUGHTS);
    turns.push(...said.turns, client.user("Et après ?"));
  }
  await client.ask(model, turns, { streamed, thinking: true });
  const body = await log.lastBody();
  const count = { chat: 0, responses: 2, messages: 2, gemini: 0 }[provider];
  const { thoughts, proofs } = read(provider, body);
  assert.deepEqual(proofs, Array(count).fill(SIGNATURE));
  // A proof is of the whole thought.
  assert.deepEqual(thoughts, Array(count).fill(hidden ? "" : THOUGHTS));
  // The gateway's own label on a proof is not for providers.
  assert.ok(!body.includes("tg1."));
});
