import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { maxMessageCharacters } from "../../../src/api/index.ts";
import { chooseRuns } from "../../../testing/jest/runs.ts";
import { escapeDoubleBraces } from "../../../zapier/connection/transport.ts";
import { type Row, startZap, type Zap } from "../harness.ts";

const curlies = fc.constantFrom(
  "{{1}}",
  "{{name}}",
  "{{bundle.authData.api_key}}",
  "{{{",
  "{{ process.env.PATH }}",
  "{{",
  "}}",
);
const pieces = fc.oneof(
  curlies,
  fc.constantFrom(
    "😀",
    "👨‍👩‍👧",
    "مرحبا",
    "שלום",
    "\r\n",
    "\n\n",
    "\t",
    '"',
    "\\",
    "\\u007b",
    "\u202e",
    " ",
    "a",
    "&=%+",
  ),
  fc.string({ unit: "grapheme", maxLength: 20 }),
);
/** 1 to 4096 characters. */
const messageText = fc
  .oneof(
    fc.array(pieces, { minLength: 1, maxLength: 40 }).map((parts) => parts.join("")),
    pieces.map((part) => part.repeat(Math.ceil(maxMessageCharacters / Math.max(1, [...part].length)))),
  )
  .map((text) => [...text].slice(0, maxMessageCharacters).join(""))
  .filter((text) => text.trim() !== "" && text.isWellFormed());

describe("escapeCurlies", () => {
  test("property: the same JSON, without {{ in it", () => {
    fc.assert(
      fc.property(fc.oneof(messageText, fc.jsonValue()), (value) => {
        const escaped = escapeDoubleBraces(JSON.stringify({ value, nested: { deeper: {} } }));
        expect(escaped).not.toContain("{{");
        expect(JSON.parse(escaped)).toEqual(JSON.parse(JSON.stringify({ value, nested: { deeper: {} } })));
      }),
      { numRuns: chooseRuns(500) },
    );
  });
});

describe("z.request as the client's transport", () => {
  let zap: Zap;
  beforeAll(async () => {
    zap = await startZap({ rateLimit: 1_000_000 });
  });
  afterAll(() => zap.close());

  test("property: the text of a message arrives, is kept and comes back exactly as written", async () => {
    const sent: string[] = [];
    await fc.assert(
      fc.asyncProperty(messageText, async (content) => {
        const message = await zap.create("send_message", { platform: "telegram", to: "sara", content });
        expect(message.content).toBe(content);
        sent.push(content);
      }),
      { numRuns: chooseRuns(200) },
    );
    const kept: string[] = [];
    let before: unknown;
    for (let page = 0; page < 20 && kept.length < sent.length; page++) {
      const messages: Row[] = await zap.search("find_messages", {
        conversationId: "telegram:sara",
        limit: "100",
        ...(before !== undefined && { before }),
      });
      kept.push(...messages.map(({ content }) => String(content)));
      before = messages.at(-1)?.createdAt;
    }
    expect(kept).toEqual(sent.reverse());
  }, 90_000);

  test("curly braces in a query reach the API", async () => {
    await zap.create("save_contact", { externalId: "{{1}}", firstName: "Curly" });
    expect(await zap.search("find_contact", { externalId: "{{1}}" })).toMatchObject([{ name: "Curly" }]);
    expect(await zap.search("find_contact", { externalId: "{{bundle.inputData.x}}" })).toEqual([]);
  });

  test("does not follow a redirect, and says so", async () => {
    await zap.reference.control.faults.add({
      path: "/v1/contacts",
      status: 302,
      headers: { location: "https://example.com/" },
      times: 1,
    });
    const shown = await zap.failure("searches.find_contact.operation.perform", {
      inputData: { phone: "+971500000000" },
    });
    expect(shown.text).toMatch(/redirect/i);
  });

  test("neither messages nor the webhook's secret are copied from answers into Zapier's log", async () => {
    zap.logs.length = 0;
    const message = await zap.create("send_message", {
      platform: "telegram",
      to: "sara",
      content: "Our little secret",
    });
    await zap.search("find_messages", { conversationId: message.conversationId });
    const responses = zap.logs.map((line) => /"response_content":("[^"]*")/.exec(line)?.[1]).filter(Boolean);
    expect(responses.length).toBeGreaterThan(0);
    expect(new Set(responses)).toEqual(new Set(['"<probably streaming data>"']));
    expect(zap.logs.join("\n")).not.toContain(zap.reference.key);
  });

  test("each request is logged with its request id", async () => {
    zap.logs.length = 0;
    await zap.search("find_contact", { phone: "+971500000000" });
    expect(zap.logs.join("\n")).toMatch(/GET \/contacts: 200, \d+ ms, req_\w+/);
  });
});
