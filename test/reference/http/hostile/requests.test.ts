/** Addresses and bytes that nobody sends on purpose, over a real socket: every answer is JSON with `requestId` and `timestamp`, and none is a 5xx. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { chooseRuns } from "../../../../testing/jest/runs.ts";
import { exchange, expectJson, type RawAnswer } from "../raw-socket.ts";
import { key, port, request } from "./server.ts";

const paths = [
  "/v1/contacts",
  "/v1/contacts/contact_1",
  "/v1/messaging/send",
  "/v1/conversations",
  "/v1/conversations/telegram:sara/messages",
  "/v1/webhooks",
  "/v1/webhooks/wh_1",
  "/v1/me",
  "/v1/templates",
  "/v1/openapi.json/",
];

function bytes(unit: fc.Arbitrary<Uint8Array>): fc.Arbitrary<string> {
  return unit.map((value) => Buffer.from(value).toString("latin1"));
}

const noise = fc.oneof(
  fc.constantFrom(
    "%00",
    "%2e%2e/",
    "%ff",
    "%",
    "%zz",
    "..",
    "//",
    "\\",
    ";",
    "?",
    "#",
    "%2F",
    "*",
    "{id}",
    "[",
    "\u00e9",
  ),
  fc.constantFrom("__proto__", "constructor", "=", "&", "+", "%20", "x".repeat(500), "9".repeat(400), "[]=1", "[a]=1"),
  fc.constantFrom(
    "limit=1",
    "limit=1&limit=2",
    "before=2024-02-30T00:00:00Z",
    "cursor=e30",
    "cursor=WzEsMl0",
    "cursor=WyJhIl0",
  ),
  fc.constantFrom(
    "cursor=WzFlNDAwXQ",
    "query=%22",
    "query=*",
    "query=a%20OR%20b",
    "phone=%2B1",
    "query=-",
    "query=NEAR(a b)",
  ),
  bytes(fc.uint8Array({ min: 0x21, max: 0xff, maxLength: 6 })),
);

test("addresses and queries of all sorts are answered in JSON, and never with a 5xx", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("GET", "POST", "PATCH", "DELETE", "PUT", "OPTIONS"),
      fc.constantFrom(...paths),
      fc.array(noise, { maxLength: 4 }),
      fc.constantFrom("", "?", "/", "%"),
      async (method, path, parts, glue) => {
        const target = `${path}${glue}${parts.join("")}`.replace(/[\r\n ]/g, "");
        const [answer, ...more] = await exchange(port, request(method, target, [`Authorization: Bearer ${key}`]), {
          ends: true,
        });
        expect([target, answer?.status, more]).toEqual([target, expect.any(Number), []]);
        expectJson(answer as RawAnswer);
        expect(answer?.status).toBeLessThan(500);
      },
    ),
    { numRuns: chooseRuns(400) },
  );
});

const whole = request(
  "POST",
  "/v1/contacts",
  [`Authorization: Bearer ${key}`, "Content-Type: application/json", "Content-Length: 24"],
  '{"phone":"+97150000000"}',
).toString("latin1");

const chunked = request(
  "POST",
  "/v1/contacts",
  [`Authorization: Bearer ${key}`, "Content-Type: application/json", "Transfer-Encoding: chunked"],
  '18\r\n{"phone":"+97150000000"}\r\n0\r\n\r\n',
).toString("latin1");

const insertion = fc.oneof(
  fc.constantFrom(
    "\r\n",
    "\n",
    "\r",
    "\0",
    " ",
    ":",
    "\t",
    "HTTP/1.1",
    "Content-Length: 5\r\n",
    "Host: b\r\n",
    "-1",
    "é",
  ),
  fc.constantFrom(
    "Transfer-Encoding: chunked\r\n",
    "Expect: 100-continue\r\n",
    "Expect: x\r\n",
    "Upgrade: h2c\r\n",
    "GET / HTTP/1.0\r\n\r\n",
  ),
  fc.constantFrom(
    `X: ${"y".repeat(17_000)}\r\n`,
    "Authorization: Bearer \u00ff\r\n",
    "Content-Type: text/plain\r\n",
    "Content-Encoding: gzip\r\n",
  ),
  bytes(fc.uint8Array({ maxLength: 4 })),
);

test("requests with bytes put in, left out or cut off are answered in JSON, or not at all where they never began", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(whole, chunked),
      fc.array(fc.tuple(fc.nat(400), fc.nat(3), insertion), { minLength: 1, maxLength: 3 }),
      fc.option(fc.nat(400), { freq: 4 }),
      async (base, changes, cut) => {
        let mutated = base;
        for (const [at, dropped, added] of changes) {
          const place = at % (mutated.length + 1);
          mutated = mutated.slice(0, place) + added + mutated.slice(place + dropped);
        }
        if (cut !== null) mutated = mutated.slice(0, cut);
        const answers = await exchange(port, Buffer.from(mutated, "latin1"), { ends: true });
        for (const answer of answers.filter(({ status }) => status !== 100)) {
          expectJson(answer);
          expect([mutated, answer.status < 500]).toEqual([mutated, true]);
        }
        // White space in front of a request is none.
        const begun = mutated.replace(/^[\r\n]+/, "") !== "";
        expect([mutated, answers.length > 0]).toEqual([mutated, begun]);
      },
    ),
    { numRuns: chooseRuns(500) },
  );
});

test("after all of that the reference answers as before", async () => {
  const [answer] = await exchange(port, request("GET", "/v1/me", [`Authorization: Bearer ${key}`]));
  expect(answer?.status).toBe(200);
});
