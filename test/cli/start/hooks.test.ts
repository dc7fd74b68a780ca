import { describe, expect, test } from "@jest/globals";
import { pino } from "pino";
import { createHooks } from "../../../cli/start/hooks.ts";
import { maxBodyBytes, sampleEvent } from "../../../src/api/index.ts";
import { createEventLog, signatureHeader, signPayload } from "../../../src/events/index.ts";

const secret = "whsec_current";
const delivery = JSON.stringify(sampleEvent("message.created"));

const receiver = () => {
  const lines: string[] = [];
  const events = createEventLog();
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  const answer = createHooks({ secrets: [secret, "whsec_previous"], events, log });
  const received = async () => (await events.wait({ cursor: start, limit: 10, timeoutMs: 0 })).data;
  let start = "";
  const ready = events.wait({ limit: 1, timeoutMs: 0 }).then(({ cursor }) => {
    start = cursor;
  });
  return { answer, received, ready, lines };
};

const post = (body: string, headers: Record<string, string> = {}): Request =>
  new Request("http://127.0.0.1/hooks", { method: "POST", body, headers });
const signed = (body: string, key = secret) => post(body, { [signatureHeader]: signPayload(body, key) });

describe("the receiver of onsync start", () => {
  test("keeps a delivery that verifies, and acknowledges it", async () => {
    const { answer, received, ready } = receiver();
    await ready;
    const response = await answer(signed(delivery));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ received: "evt_01JGDQ7W3N8YV5C2T6R9XKBM4P" });
    expect(await received()).toEqual([sampleEvent("message.created")]);
  });

  test("keeps a repeated one once, and acknowledges it again", async () => {
    const { answer, received, ready } = receiver();
    await ready;
    expect((await answer(signed(delivery))).status).toBe(200);
    expect((await answer(signed(delivery, "whsec_previous"))).status).toBe(200);
    expect(await received()).toHaveLength(1);
  });

  test.each([
    ["without a signature", post(delivery), 401],
    ["with another's signature", signed(delivery, "whsec_wrong"), 401],
    [
      "changed on its way",
      post(delivery.replace("message", "massage"), { [signatureHeader]: signPayload(delivery, secret) }),
      401,
    ],
    ["that is no JSON", signed("hello"), 400],
    ["that is no event", signed('{"id":"evt_1"}'), 400],
    ["that says it is too large", post("{}", { "content-length": String(maxBodyBytes + 1) }), 413],
    ["that is too large", post("x".repeat(maxBodyBytes + 1)), 413],
    ["that is a GET", new Request("http://127.0.0.1/hooks"), 405],
  ])("refuses one %s", async (_name, request, status) => {
    const { answer, received, ready, lines } = receiver();
    await ready;
    const response = await answer(request);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: expect.stringMatching(/\w+/) });
    expect(await received()).toEqual([]);
    expect(lines.join()).not.toContain("whsec");
  });

  test("takes a body of just the largest size", async () => {
    const { answer } = receiver();
    const padded = `${delivery}${" ".repeat(maxBodyBytes - Buffer.byteLength(delivery))}`;
    expect((await answer(signed(padded))).status).toBe(200);
  });
});
