/**
 * Every action and search under every fault that stays (docs/reliability.md), with extensions and without: what Zapier
 * shows, and that none of it carries a secret. A send's answer is lost once, and its history cannot be read: the worst.
 */
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { FaultInput } from "../../../reference/index.ts";
import { type Row, type Shown, startZap, type Zap } from "../harness.ts";

const phone = "+971500000000";
const conversationId = `whatsapp:${phone}`;
const secret = "whsec_of_the_subscription";

/** Each step with an input that would succeed; `text` makes a send one of its own. */
function steps(contactId: unknown, text: string): Record<string, { inputData: Row; sends?: true }> {
  return {
    "creates.save_contact": { inputData: { phone, firstName: text } },
    "creates.update_contact": { inputData: { contactId, firstName: text } },
    "creates.add_tags": { inputData: { contactId, tags: ["expo"] } },
    "creates.remove_tags": { inputData: { contactId, tags: ["expo"] } },
    "creates.send_message": { inputData: { platform: "whatsapp", to: phone, content: text }, sends: true },
    "creates.reply_to_conversation": { inputData: { conversationId, content: `Re: ${text}` }, sends: true },
    "creates.send_template": {
      inputData: { to: phone, template: "order_follow_up", language: "en", parameters: [text] },
      sends: true,
    },
    "searches.find_contact": { inputData: { contactId } },
    "searches.find_messages": { inputData: { conversationId } },
    "searches.find_conversation": { inputData: { conversationId } },
    "searches.get_transcript": { inputData: { conversationId } },
    "searches.check_messaging_window": { inputData: { conversationId } },
  };
}

type Case = {
  fault: FaultInput;
  /** What a step shows that may be made again. */
  shown: { name: string; text: RegExp };
  /** What a send shows, where it is something else. */
  sent?: { name: string; text: RegExp };
};
const mayHaveBeenSent = {
  name: "HaltedError",
  text: /^The message may have been sent: OnSync's answer did not arrive\. Check the conversation whatsapp:\+971500000000 in OnSync\./,
};

function throttled(seconds: string) {
  return {
    name: "ThrottledError",
    text: new RegExp(`^OnSync's hourly request limit is spent\\. Zapier tries again in ${seconds} seconds\\.`),
  };
}

const brokeOff = { name: "AppError", text: /^Try again: the connection broke before .+ broke off before its end\./ };
const cases: Record<string, Case> = {
  reset: { fault: { kind: "reset" }, shown: brokeOff, sent: mayHaveBeenSent },
  "truncated body": { fault: { kind: "truncate" }, shown: brokeOff, sent: mayHaveBeenSent },
  "malformed JSON": {
    fault: { kind: "malformed" },
    shown: {
      name: "AppError",
      text: /^Check that the base URL is OnSync's API.+ cannot be used: it is not a JSON object\./,
    },
    sent: mayHaveBeenSent,
  },
  "HTML 502": {
    fault: { status: 502, body: "<html>Bad gateway</html>", headers: { "content-type": "text/html" } },
    shown: { name: "AppError", text: /^Try again in a minute; .+ answered 502, not in OnSync's format: / },
    sent: mayHaveBeenSent,
  },
  "dropped response": {
    fault: { kind: "drop_response" },
    shown: { name: "AppError", text: /The connection broke before OnSync's answer to .+ came/ },
    sent: mayHaveBeenSent,
  },
  "429 with seconds": { fault: { status: 429, headers: { "Retry-After": "600" } }, shown: throttled("(59\\d|600)") },
  // An hour from when the suite begins: what is left of it depends on how long the suite runs.
  "429 with a date": {
    fault: { status: 429, headers: { "Retry-After": new Date(Date.now() + 3_600_000).toUTCString() } },
    shown: throttled("(3[0-5]\\d\\d|3600)"),
  },
};

describe.each([true, false])("with extensions: %s", (extensions) => {
  let zap: Zap;
  let contactId: unknown;
  beforeEach(async () => {
    zap = await startZap({ extensions });
    ({ id: contactId } = await zap.create("save_contact", { phone }));
    await zap.reference.control.inbound({ platform: "whatsapp", from: phone, content: "Hi" });
  });
  afterEach(() => zap.close());

  const failure = (step: string, inputData: Row, baseUrl = zap.url): Promise<Shown> =>
    zap.failure(`${step}.operation.perform`, {
      inputData,
      subscribeData: { id: "wh_1", secret },
      authData: { api_key: zap.reference.key, base_url: baseUrl },
    });
  const expectNoSecrets = (shown: Shown) => {
    const everything = JSON.stringify(shown) + zap.logs.join("\n");
    for (const hidden of [secret, zap.reference.key, "<html>"]) expect(everything).not.toContain(hidden);
  };

  test.each(Object.entries(cases))(
    "under %s every step says what happened, and shows no secret",
    async (name, { fault, shown, sent = shown }) => {
      for (const [step, { inputData, sends }] of Object.entries(steps(contactId, name))) {
        const { faults } = zap.reference.control;
        await faults.clear();
        await faults.add(sends ? { ...fault, path: "/v1/messaging/send", times: 1 } : fault);
        // The history is looked at after a lost answer only: a throttled send has nothing to look for.
        if (sends && sent === mayHaveBeenSent) await faults.add({ status: 403, path: "/v1/conversations/*/messages" });
        const found = await failure(step, inputData);
        const expected = sends ? sent : shown;
        expect([step, found.name, found.text]).toEqual([step, expected.name, expect.stringMatching(expected.text)]);
        expectNoSecrets(found);
      }
    },
  );

  test("where answers come after the deadline, every step says so", async () => {
    // A step has some 25 seconds: here it has an eighth of one, by the clock that ends it. A send asks Zapier's cache first.
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    let budgetMs = 125;
    const hurried = jest.spyOn(AbortSignal, "timeout").mockImplementation(() => timeout(budgetMs));
    try {
      for (const [step, { inputData, sends }] of Object.entries(steps(contactId, "latency"))) {
        budgetMs = sends ? 1000 : 125;
        await zap.reference.control.faults.clear();
        await zap.reference.control.faults.add({ latencyMs: 60_000, ...(sends && { path: "/v1/messaging/send" }) });
        const found = await failure(step, inputData);
        const expected = sends
          ? mayHaveBeenSent
          : { name: "AppError", text: /^OnSync did not answer in time\. Run the Zap again in a minute\.$/ };
        expect([step, found.name, found.text]).toEqual([step, expected.name, expect.stringMatching(expected.text)]);
        expectNoSecrets(found);
      }
    } finally {
      hurried.mockRestore();
    }
  });

  test("where the connection is refused, every step says that nothing happened", async () => {
    const closed = await startZap();
    const { url } = closed;
    await closed.close();
    for (const [step, { inputData, sends }] of Object.entries(steps(contactId, "refused"))) {
      const found = await failure(step, inputData, url);
      expect([step, found.name]).toEqual([step, "AppError"]);
      expect(found.text).toMatch(/nothing reached OnSync\. OnSync could not be reached /);
      if (sends) expect(found.text).toMatch(/^Nothing was sent\. /);
      expectNoSecrets(found);
    }
  });
});
