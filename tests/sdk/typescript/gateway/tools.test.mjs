// Calls of functions, and conversations that go on with their results.

import assert from "node:assert/strict";

import {
  ARGUMENTS, FOREIGN_ARGUMENTS, FUNCTION, PROMPT, SIGNATURE, checkText,
} from "../expected.mjs";
import { eachPair, eachPairAndMode, start } from "./pairs.mjs";
import { read } from "./upstream.mjs";

const RESULT = "ensoleillé ☀ 東";

start();

/** Questions, each answered by way of calls and their results; gives what was called. */
async function loop({ client, model, streamed }, marks, wishes = {}) {
  const ask = (turns) => client.ask(model, turns, { streamed, tools: [FUNCTION], ...wishes });
  const [turns, calls] = [[], []];
  for (const [number, mark] of marks.entries()) {
    turns.push(client.user(`${PROMPT} ${mark}`));
    const called = await ask(turns);
    assert.equal(called.end, "tools");
    assert.equal(new Set(called.calls.map((call) => call.id)).size, called.calls.length);
    calls.push(...called.calls.map((call) => [call.name, call.arguments]));
    const pairs = called.calls.map((call) => [call, `${RESULT} ${number}`]);
    turns.push(...called.turns, ...client.results(pairs));
    const said = await ask(turns);
    checkText(said.text, { streamed });
    assert.equal(said.end, "stop");
    turns.push(...said.turns);
  }
  return calls;
}

for (const [mark, count] of [["🚦", 1], ["[[two tools]]", 2]]) {
  eachPairAndMode(`a loop of several turns, ${count} at a time`, async (pair) => {
    const expected = Array(3 * count).fill([FUNCTION, ARGUMENTS]);
    assert.deepEqual(await loop(pair, [mark, mark, mark]), expected);
    const { calls, results } = read(pair.provider, await pair.log.lastBody());
    assert.deepEqual(calls, expected);
    const turns = [0, 1, 2].flatMap((turn) => Array(count).fill(`${RESULT} ${turn}`));
    assert.deepEqual(results, turns);
  });
}

eachPairAndMode("foreign keys", async (pair) => {
  const expected = Array(2).fill([FUNCTION, FOREIGN_ARGUMENTS]);
  assert.deepEqual(await loop(pair, ["[[foreign keys]]", "[[foreign keys]]"]), expected);
  const { calls } = read(pair.provider, await pair.log.lastBody());
  assert.deepEqual(calls, expected);
});

// The thoughts that led to a call go back with it, as whoever thought them wants.
eachPairAndMode("thoughts in a loop", async (pair) => {
  await loop(pair, ["é", "é"], { thinking: true });
  const { calls, proofs } = read(pair.provider, await pair.log.lastBody());
  assert.deepEqual(calls, Array(2).fill([FUNCTION, ARGUMENTS]));
  // A call's and an answer's of the first question, a call's of the second. Gemini's thoughts
  // before a text have no proof, and the mock's Chat tells none.
  const count = { chat: 0, responses: 3, messages: 3, gemini: 2 }[pair.provider];
  assert.deepEqual(proofs, Array(count).fill(SIGNATURE));
});

eachPair("a forced function", async ({ client, provider, model }) => {
  const wishes = { tools: ["time", FUNCTION], force: FUNCTION, oneAtATime: true };
  const turns = [client.user(`${PROMPT} [[two tools]]`)];
  const { calls } = await client.ask(model, turns, wishes);
  // Gemini does not know the wish for one at a time.
  const count = provider === "gemini" ? 2 : 1;
  const expected = Array(count).fill([FUNCTION, ARGUMENTS]);
  assert.deepEqual(calls.map((call) => [call.name, call.arguments]), expected);
});
