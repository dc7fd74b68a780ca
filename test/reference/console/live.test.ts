/** The stream of what changes. */
import { expect, test } from "@jest/globals";
import type { Reference } from "../../../reference/index.ts";
import { open, origin, sara } from "./requests.ts";

/** What the stream tells first of the work. */
async function readChanges(reference: Reference, work: () => Promise<unknown>): Promise<unknown[]> {
  const { body } = await reference.fetch(new Request(`${origin}/_console/live`));
  const reader = (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream() as never).getReader();
  await reader.read();
  await work();
  const { value } = await reader.read();
  await reader.cancel();
  return JSON.parse(/data: (.*)/.exec(String(value))?.[1] ?? "null");
}

test("the stream tells of a message once its transaction is over, and of each thing once", async () => {
  const reference = open();
  const told = await readChanges(reference, () => reference.control.inbound(sara));
  expect(told).toEqual(
    expect.arrayContaining([
      { kind: "conversation", id: "whatsapp:+971500000000" },
      { kind: "contact", id: expect.stringMatching(/^contact_/) },
    ]),
  );
  expect(new Set(told.map((change) => JSON.stringify(change))).size).toBe(told.length);
  await reference.close();
});

test("the stream tells of keys, orgs, templates, clock, faults and requests", async () => {
  const reference = open();
  expect(await readChanges(reference, () => reference.control.createKey())).toEqual([{ kind: "key" }]);
  expect(await readChanges(reference, () => reference.control.clock({ freeze: true }))).toEqual([{ kind: "clock" }]);
  expect(await readChanges(reference, () => reference.control.faults.clear())).toEqual([{ kind: "faults" }]);
  const { id } = await reference.control.faults.add({ status: 500, path: "/v1/contacts" });
  expect(await readChanges(reference, () => reference.control.faults.remove(id))).toEqual([{ kind: "faults" }]);
  expect(await readChanges(reference, () => reference.control.createOrg({ name: "Acme" }))).toEqual([{ kind: "org" }]);
  expect(await readChanges(reference, () => reference.control.templates.save({ name: "greeting" }))).toEqual([
    { kind: "template" },
  ]);
  expect(await readChanges(reference, () => reference.restore(reference.snapshot()))).toEqual([{ kind: "everything" }]);
  expect(await readChanges(reference, () => reference.fetch(new Request(`${origin}/v1/me`)))).toEqual([
    { kind: "request" },
  ]);
  await reference.close();
});

test("over a port a change arrives at once, and closing does not wait for the stream", async () => {
  const reference = open();
  const server = await reference.listen();
  const { body, headers } = await fetch(`${server.origin}/_console/live`);
  expect(headers.get("content-type")).toMatch(/^text\/event-stream/);
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  await reference.control.inbound(sara);
  expect(new TextDecoder().decode((await reader.read()).value)).toContain("event: changes");
  const started = performance.now();
  await reference.close();
  expect(performance.now() - started).toBeLessThan(1500);
  await reader.cancel().catch(() => {});
});
