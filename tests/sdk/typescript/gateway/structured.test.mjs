// Answers by a schema.

import assert from "node:assert/strict";

import { z } from "zod";

import { ARGUMENTS, FOREIGN_ARGUMENTS, PROMPT, SCHEMA } from "../expected.mjs";
import { eachPairAndMode, start } from "./pairs.mjs";
import { read } from "./upstream.mjs";

const Place = z.object({ city: z.string(), n: z.int() });
const FOREIGN_SCHEMA = {
  type: "object",
  properties: { città: { type: "string", description: "où ? 🚦" } },
  required: ["città"],
  additionalProperties: false,
};

start();

for (const [name, schema] of Object.entries({ plain: SCHEMA, foreign: FOREIGN_SCHEMA })) {
  eachPairAndMode(`the ${name} schema arrives`, async (pair) => {
    const { client, provider, model, log, streamed } = pair;
    await client.ask(model, [client.user(`${PROMPT} [[json]]`)], { streamed, schema });
    assert.deepEqual(read(provider, await log.lastBody()).schema, schema);
  });
}

eachPairAndMode("the answer is parsed", async ({ client, model, streamed }) => {
  const place = await client.parse(model, [client.user("[[json]]")], Place, streamed);
  assert.deepEqual(place, ARGUMENTS);
});

eachPairAndMode("keys outside ASCII", async ({ client, model, streamed }) => {
  const turns = [client.user("[[json]] [[foreign keys]]")];
  const { text } = await client.ask(model, turns, { streamed, schema: FOREIGN_SCHEMA });
  assert.deepEqual(JSON.parse(text), FOREIGN_ARGUMENTS);
});

// Models of Claude that know no schemas are made to call a function of that shape.
eachPairAndMode(
  "by way of a function",
  async ({ client, streamed }) => {
    const turns = [client.user(PROMPT)];
    const model = "messages/claude-sonnet-4-20250514";
    assert.deepEqual(await client.parse(model, turns, Place, streamed), ARGUMENTS);
  },
  (client, provider) => provider === "messages" && client.dialect !== "messages",
);
