/** Bodies that nobody sends on purpose, over a real socket: what is stored is what was sent, and all else is refused. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { exchange } from "../raw-socket.ts";
import { key, onlyAnswer, port, post, request } from "./server.ts";
import { anyName, anyNumber, anyOther, anyText, anyValue, isKept, toList, toObject, toText } from "./written-json.ts";

test("messages: what was taken comes back as it was written, in the answer and in history; all else is refused", async () => {
  let kept = 0;
  await fc.assert(
    fc.asyncProperty(
      anyText,
      fc.oneof(
        anyValue,
        fc.array(fc.tuple(anyName, anyValue), { maxLength: 3 }).map((pairs) => toObject(pairs)),
      ),
      async (content, metadata) => {
        const body = toObject([
          ["platform", toText("telegram")],
          ["to", toText("sara")],
          ["messageType", toText("text")],
          ["content", content],
          ["metadata", metadata],
        ]);
        const answer = onlyAnswer(await post("/v1/messaging/send", body.raw));
        if (answer.status !== 201) {
          expect(answer.status).toBe(400);
          return;
        }
        kept += 1;
        const history = await exchange(
          port,
          request("GET", "/v1/conversations/telegram:sara/messages?limit=1", [`Authorization: Bearer ${key}`]),
        );
        for (const stored of [answer.body, onlyAnswer(history).body.data[0]]) {
          expect([body.raw, stored.id, isKept(content, stored.content), isKept(metadata, stored.metadata)]).toEqual([
            body.raw,
            answer.body.id,
            true,
            true,
          ]);
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(kept).toBeGreaterThan(30);
});

test("contacts: what was taken comes back as it was written; all else is refused", async () => {
  let kept = 0;
  let count = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(anyName, fc.oneof(anyText, anyNumber, anyOther, anyValue)), { maxLength: 3 }),
      anyText,
      fc.array(anyText, { maxLength: 3 }),
      async (properties, firstName, tags) => {
        count += 1;

        const body = toObject([
          ["email", toText(`${count}@example.com`)],
          ["firstName", firstName],
          ["tags", toList(tags)],
          ["properties", toObject(properties)],
        ]);
        const answer = onlyAnswer(await post("/v1/contacts", body.raw));
        if (answer.status !== 201) {
          expect(answer.status).toBe(400);
          return;
        }
        kept += 1;
        const read = onlyAnswer(
          await exchange(port, request("GET", `/v1/contacts/${answer.body.id}`, [`Authorization: Bearer ${key}`])),
        );
        // The same tag twice is one tag.
        const oneEach = tags.filter(
          (tag, index) =>
            tags.findIndex((each) => "value" in each && "value" in tag && each.value === tag.value) === index,
        );
        for (const stored of [answer.body, read.body]) {
          expect([
            body.raw,
            isKept(firstName, stored.firstName),
            isKept(toList(oneEach), stored.tags),
            isKept(toObject(properties), stored.properties),
          ]).toEqual([body.raw, true, true, true]);
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(kept).toBeGreaterThan(30);
});

test("after all of that the reference answers as before", async () => {
  const [answer] = await exchange(port, request("GET", "/v1/me", [`Authorization: Bearer ${key}`]));
  expect(answer?.status).toBe(200);
});
