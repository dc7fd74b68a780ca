import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import type { Event } from "../../src/api/index.ts";
import { createDurableLog, createReceiver, signPayload } from "../../src/webhooks/index.ts";
import { orderKey, readOrg } from "../../src/webhooks/order-key.ts";
import { openSqliteStore } from "../../src/webhooks/store/sqlite/sqlite-store.ts";
import { messageEvent } from "../../testing/events.ts";
import { onsync as command } from "../cli/command.ts";
import { connect, scripted } from "../mcp/session.ts";

const secret = "whsec_test";
const folder = mkdtempSync(join(tmpdir(), "onsync-poison-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function newFile() {
  files += 1;
  return join(folder, `${files}.db`);
}

const good = JSON.stringify(messageEvent("evt_good"));

function withField(field: string, value: string) {
  return good.replace(`"${field}":"evt_good"`, `"${field}":${value}`);
}

function nested(levels: number) {
  return good.replace('"metadata":{', `"metadata":{"deep":${"[".repeat(levels)}${"]".repeat(levels)},`);
}

const refused: [string, string | Buffer, string][] = [
  ["a byte order mark", Buffer.from(`\uFEFF${good}`), "byte order mark"],
  ["100,000 levels of nesting", nested(100_000), "nested deeper than 100 levels"],
  ["101 levels, brackets in text not counted", nested(98), "nested deeper"],
  ["an empty id", withField("id", '""'), "id must be 1 to 200"],
  ["an id with a line end", withField("id", '"evt_1\\nevt_2"'), "id must be"],
  ["an id that looks like another in a header", withField("id", '"évt_1"'), "id must be"],
  ["half a surrogate pair as id", withField("id", '"\\ud800"'), "id must be"],
  ["an endless id", withField("id", `"${"x".repeat(201)}"`), "id must be"],
  ["an empty type", good.replace('"message.created"', '""'), "type must be"],
  [
    "bytes that are half a surrogate pair",
    Buffer.concat([Buffer.from(good.slice(0, -2)), Buffer.from([0xed, 0xa0, 0x80])]),
    "is not JSON",
  ],
];

const kept: [string, string][] = [
  [
    "half a surrogate pair in a text and in the conversation",
    good.replace("Hi", "\\udc00").replace("whatsapp:+1", "\\ud800"),
  ],
  ["a conversation with control characters", good.replace("whatsapp:+1", "a\\u0000b\\u001b[2J")],
  ["__proto__", good.replace('"metadata":{', '"__proto__":{"polluted":true},"metadata":{"__proto__":{"id":"x"},')],
  [
    "numbers that JavaScript cannot hold",
    good.replace('"metadata":{', '"metadata":{"big":9007199254740993,"huge":1e400,'),
  ],
  ["a text of brackets and quotes", good.replace("Hi", `${'\\"['.repeat(500)}`)],
  ["another layout", JSON.stringify(JSON.parse(good), null, 2).replaceAll("\n", "\r\n")],
  [
    "data of another shape",
    '{"id":"evt_good","type":"message.created","createdAt":"soon","data":{"id":7,"content":{"a":[]},"metadata":0}}',
  ],
  [
    "data that is a list",
    '{"id":"evt_good","type":"contact.created","createdAt":"+275760-09-13T00:00:00Z","data":[1]}',
  ],
];

describe("an event that could do harm to a reader", () => {
  test.each(refused)("%s is answered with a refusal, and nothing is kept", async (_what, body, sentence) => {
    const store = openSqliteStore({ file: ":memory:" });
    const receiver = createReceiver({ secrets: [secret], store });
    const headers = { "content-type": "application/json", "x-onsync-signature": signPayload(body, secret) };
    const bytes = new Uint8Array(Buffer.from(body as string));
    const response = await receiver.fetch(new Request("http://127.0.0.1/", { method: "POST", headers, body: bytes }));
    expect({ status: response.status, said: await response.text() }).toEqual({
      status: 400,
      said: expect.stringContaining(sentence),
    });
    expect(await store.stats()).toMatchObject({ accepted: 0 });
    await store.close();
  });

  test.each(kept)("%s is kept, passed on byte for byte, and every reader goes on after it", async (_what, body) => {
    const file = newFile();
    const store = openSqliteStore({ file });
    const events = createDurableLog(store);
    const { cursor } = await events.wait({ limit: 1, timeoutMs: 0 });
    const receiver = createReceiver({ secrets: [secret], store });
    const headers = { "content-type": "application/json", "x-onsync-signature": signPayload(body, secret) };
    const response = await receiver.fetch(new Request("http://127.0.0.1/", { method: "POST", headers, body }));
    expect(response.status).toBe(200);
    await using session = await connect({ onsync: scripted({}), events });
    const answer = await session.client.callTool({ name: "wait_for_events", arguments: { cursor, timeoutSeconds: 1 } });
    expect(answer).toMatchObject({ structuredContent: { data: [{ id: "evt_good" }] } });
    const [taken] = await store.take(1);
    expect(taken?.body).toBe(body);
    expect(() => encodeURIComponent(taken?.key as string)).not.toThrow();
    expect(await store.done(taken as NonNullable<typeof taken>)).toBe(true);
    expect(await store.stats()).toMatchObject({ waiting: 0, keys: 0 });
    const { code, stdout } = await command(["events", "list", "--state", "all", "--full", "--data", file]);
    expect({ code, lines: stdout.trim().split("\n").length }).toEqual({ code: 0, lines: 1 });
    expect(stdout).toContain(`"event":${body.replace(/[\r\n]+/g, " ")}}`);
    expect(({} as { polluted?: true }).polluted).toBeUndefined();
    await store.close();
  });

  test("every reader goes on after an event that an older version accepted", async () => {
    const file = newFile();
    const store = openSqliteStore({ file });
    const events = createDurableLog(store);
    const { cursor } = await events.wait({ limit: 1, timeoutMs: 0 });
    const bodies = [`\uFEFF${good}`, nested(100_000), "{", good];
    for (const [index, body] of bodies.entries()) await store.accept({ event: messageEvent(`evt_${index}`), body });
    const first = await events.wait({ limit: 3, timeoutMs: 0, cursor });
    expect({ ids: first.data.map(({ id }) => id), gap: first.gap }).toEqual({ ids: ["evt_good"], gap: true });
    await using session = await connect({ onsync: scripted({}), events });
    const { structuredContent } = await session.client.callTool({
      name: "wait_for_events",
      arguments: { cursor: first.cursor, timeoutSeconds: 1 },
    });
    expect(structuredContent).toMatchObject({ data: [{ id: "evt_good" }], gap: false });
    const { code, stdout } = await command(["events", "list", "--state", "all", "--full", "--data", file]);
    expect(code).toBe(0);
    const lines = stdout.trim().split("\n");
    expect(lines[0]).toContain(`"event":${good}}`);
    expect(lines[2]).toContain('"event":"{"}');
    expect(lines).toHaveLength(4);
    await store.close();
  });

  test("conversations whose ids differ only in characters that a store cannot hold are kept apart", () => {
    const of = (conversationId: string) => orderKey(messageEvent("evt_1", conversationId) as Event);
    expect(of("a\ud800")).not.toBe(of("a\ud801"));
    expect(of("a\ud800")).not.toBe(of("a\ufffd"));
    expect(of("whatsapp:+1 é")).toBe("whatsapp:+1 é");
  });

  test("an org's id is kept as it is up to 400 characters, and as a hash beyond or where a store cannot hold it", () => {
    const of = (orgId?: unknown) => readOrg({ orgId });
    expect([of(), of(7), of("o".repeat(400))]).toEqual(["", "", "o".repeat(400)]);
    const hashes = ["o".repeat(401), `${"o".repeat(400)}p`, "o\n", "o\ud800", "o\ud801"].map(of);
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
