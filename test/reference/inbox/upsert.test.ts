/** The law of the upsert: no two contacts of an org ever share an identifier, whatever is sent, and whatever restarts. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createReference, type Reference } from "../../../reference/index.ts";
import { chooseRuns } from "../../../testing/jest/runs.ts";
import { type Answer, type Body, call } from "../caller.ts";

const folder = mkdtempSync(join(tmpdir(), "onsync-upsert-"));
const data = join(folder, "reference.db");

function open(): Reference {
  return createReference({ data, rateLimit: 1_000_000_000 });
}

let reference = open();
afterAll(async () => {
  await reference.close();
  rmSync(folder, { recursive: true });
});

/** Few identifiers, so that they meet; each in the forms people write it. */
const phone = fc.constantFrom("+971500000001", "+971 50-000-0001", "+971500000002", "+971.50(000)0002");
const email = fc.constantFrom("a@example.com", "A@Example.COM", "b@example.com", " b@example.com");
const externalId = fc.constantFrom("1", "2", "3");

function maybe<Value>(value: fc.Arbitrary<Value>) {
  return fc.option(value, { nil: undefined });
}

const input = fc
  .record({
    phone: maybe(phone),
    email: maybe(email),
    externalId: maybe(externalId),
    name: maybe(fc.constantFrom("A", "B")),
  })
  .map(({ phone, email, externalId, name }) => ({
    phone,
    email,
    firstName: name,
    ...(externalId === undefined ? {} : { properties: { externalId } }),
  }));
const patch = fc.record({
  phone: maybe(fc.option(phone)),
  email: maybe(fc.option(email)),
  properties: maybe(fc.option(fc.record({ externalId: maybe(fc.option(externalId)) }))),
});

type Step = { kind: "save"; body: Body } | { kind: "patch"; which: number; body: Body };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: input.map((body) => ({ kind: "save" as const, body })) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(9), patch).map(([which, body]) => ({ kind: "patch" as const, which, body })),
  },
);
/** Steps of a batch are under way at the same time; between batches the process may end and start again. */
const batches = fc.array(
  fc.record({ steps: fc.array(step, { minLength: 1, maxLength: 5 }), restart: fc.nat(11).map((n) => n === 0) }),
  { minLength: 1, maxLength: 8 },
);

async function everyContact(key: string): Promise<Body[]> {
  return (await call(reference, "GET", "/v1/contacts?limit=100", undefined, { key })).body.data;
}

function identifiers(contact: Body): string[] {
  return [
    ...(contact.phone === null ? [] : [`phone ${contact.phone}`]),
    ...(contact.email === null ? [] : [`email ${contact.email.toLowerCase()}`]),
    ...(contact.properties.externalId === undefined ? [] : [`externalId ${contact.properties.externalId}`]),
  ];
}

function expectLaw(answer: Answer, { kind, body }: Step): void {
  if (answer.status === 409) {
    const ids = new Set(answer.body.error.details.map((detail: Body) => detail.contactId));
    expect(ids.size).toBeGreaterThanOrEqual(kind === "save" ? 2 : 1);
    return;
  }
  const unidentified = kind === "save" && !body.phone && !body.email && !body.properties;
  expect(answer.status).toBe(unidentified ? 400 : answer.status === 201 && kind === "save" ? 201 : 200);
  if (answer.status === 400) return;
  // Whoever saves holds what was saved.
  if (body.phone) expect(answer.body.phone).toBe(body.phone.replaceAll(/[^+\d]/g, ""));
  if (body.email) expect(answer.body.email).toBe(body.email.trim());
  if (body.properties?.externalId) expect(answer.body.properties.externalId).toBe(body.properties.externalId);
}

test("no sequence of saves and updates, concurrent or across restarts, makes two contacts share an identifier", async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (all) => {
      const org = await reference.control.createOrg({ name: "property" });
      const { key } = await reference.control.createKey({ orgId: org.id });
      for (const { steps, restart } of all) {
        const before = await everyContact(key);
        const answers = await Promise.all(
          steps.map((each) =>
            each.kind === "save"
              ? call(reference, "POST", "/v1/contacts", each.body, { key })
              : before.length === 0
                ? null
                : call(reference, "PATCH", `/v1/contacts/${before[each.which % before.length].id}`, each.body, { key }),
          ),
        );
        for (const [index, answer] of answers.entries()) if (answer) expectLaw(answer, steps[index] as Step);
        if (restart) {
          await reference.close();
          reference = open();
        }
        const after = await everyContact(key);
        const held = after.flatMap(identifiers);
        expect(new Set(held).size).toBe(held.length);
        // Contacts are made by 201 alone, and nothing removes one.
        expect(after.length - before.length).toBe(answers.filter((answer) => answer?.status === 201).length);
      }
    }),
    { numRuns: chooseRuns(200) },
  );
});
