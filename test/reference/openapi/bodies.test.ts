/** The OpenAPI document and the server say the same of bodies: what the document allows is taken, what it forbids is refused. What JSON Schema cannot say is listed here, and in the document's description. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { endpoints } from "../../../src/api/index.ts";
import { chooseRuns } from "../../../testing/jest/runs.ts";
import { type Body, still } from "../caller.ts";
import { compileSchema, contact, document, message, mostly, webhook } from "./inputs.ts";

function compileBodySchema(name: keyof typeof endpoints) {
  const { method, path } = endpoints[name];
  return compileSchema(document.paths[path][method.toLowerCase()].requestBody.content["application/json"].schema);
}

/** What the document cannot say: the server refuses it, and the document does not know why. */
const beyondJsonSchema: ((body: Body, text: string) => boolean)[] = [
  // Names and numbers at any depth of metadata; they are stated for properties.
  (_body, text) => /"(__proto__|constructor|prototype)":/.test(text),
  (body) => numbersIn(body?.metadata).some((number) => Math.abs(number) > Number.MAX_SAFE_INTEGER),
  (body) => typeof body?.email === "string" && body.email.trim().length > 254,
  (body) =>
    typeof body?.url === "string" && (!URL.canParse(body.url) || ["0", "22", "6000"].includes(new URL(body.url).port)),
];

function numbersIn(value: unknown): number[] {
  return typeof value === "number"
    ? [value]
    : typeof value === "object" && value !== null
      ? Object.values(value).flatMap(numbersIn)
      : [];
}

test.each<[keyof typeof endpoints, string, fc.Arbitrary<unknown>]>([
  ["saveContact", "/v1/contacts", contact],
  ["updateContact", "/v1/contacts/contact_none", contact],
  ["sendMessage", "/v1/messaging/send", message],
  ["createWebhook", "/v1/webhooks", webhook],
])("%s takes the bodies that the document allows, and no others", async (name, path, bodies) => {
  await using api = still({ rateLimit: 1_000_000_000, deliver: async () => ({ status: 200 }) });
  const allows = compileBodySchema(name);
  const counts = { taken: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(mostly(bodies), async (body) => {
      const raw = JSON.stringify(body);
      const sent = JSON.parse(raw);
      const answer = await api.call(endpoints[name].method, path, undefined, { raw });
      const isTaken = answer.body.error?.code !== "validation_failed";
      const isAllowed = allows(sent);
      if (isAllowed && !isTaken && beyondJsonSchema.some((isBeyond) => isBeyond(sent, raw))) return;
      expect({ raw, isTaken, findings: answer.body.error?.details }).toEqual({
        raw,
        isTaken: isAllowed,
        findings: answer.body.error?.details,
      });
      counts[isTaken ? "taken" : "refused"] += 1;
    }),
    { numRuns: chooseRuns(2000) },
  );
  // The law says something only where both sides of it are met.
  expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(chooseRuns(2000) / 20);
});
