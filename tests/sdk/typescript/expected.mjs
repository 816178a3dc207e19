// What the mock must say, written down once more on purpose: the judge of the
// answers shares nothing with the program that gives them.

import assert from "node:assert/strict";

export const MODEL = "gpt-4o-mini";
export const PROMPT = "Say hello for a benchmark test.";
export const TEXT =
  "A gateway sits between every client and its model, as a café stands between the street and " +
  "the kitchen: each order passes through it, and each pays a small toll 🚦 twice. ";
export const THOUGHTS = "A toll is paid at each péage.";
export const REFUSAL = "I’m sorry, but I cannot help with that.";
export const FUNCTION = "weather";
export const ARGUMENTS = { city: "Orléans", n: 1 };
export const FOREIGN_ARGUMENTS = { città: "Orléans 🚦", 数: { é: 1 } };
export const SCHEMA = {
  type: "object",
  properties: { city: { type: "string" }, n: { type: "integer" } },
  required: ["city", "n"],
  additionalProperties: false,
};
/** What makes a provider believe that thoughts are its own. */
export const SIGNATURE = "dG9sbGdhdGUtc2lnbmF0dXJl";
/** What a client must not notice. */
export const HARMLESS = [
  "one-byte-writes",
  "several-events-in-one-write",
  "split-utf8",
  "crlf",
  "comments",
];

const STAMP = /\[i=(\d{5}) r=(\d{19}) s=(\d{19})\]/g;

/** The text is right, and its stamps are in order and filled. */
export function checkText(text, { streamed }) {
  assert.equal(text.replace(STAMP, ""), TEXT);
  const stamps = [...text.matchAll(STAMP)];
  assert.equal(stamps.length, streamed ? 32 : 1);
  stamps.forEach(([, index, received, sent], place) => {
    assert.equal(Number(index), place);
    assert.ok(0n < BigInt(received) && BigInt(received) <= BigInt(sent));
  });
}

export function checkArguments(text) {
  assert.deepEqual(JSON.parse(text), ARGUMENTS);
}
