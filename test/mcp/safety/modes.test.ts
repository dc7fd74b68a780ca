/** What an operator allows: modes, toolsets, recipients, caps, confirmations, webhook addresses. */
import { describe, expect, test } from "@jest/globals";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { createSendCaps } from "../../../mcp/safety/caps.ts";
import { createConfirmations } from "../../../mcp/safety/confirmations.ts";
import { createRecipientFilter } from "../../../mcp/safety/recipients.ts";
import type { SafetySettings } from "../../../mcp/safety/settings.ts";
import { findWebhookUrlProblem } from "../../../mcp/safety/webhook-url.ts";
import { tools } from "../../../mcp/tools/index.ts";
import { samples } from "../../../src/api/index.ts";
import { ConnectionError, ExtensionUnavailableError, UnknownOutcomeError } from "../../../src/client/errors/index.ts";
import { createMemoryLedger, type SendLedger, type SendOptions } from "../../../src/client/index.ts";
import { allOperations } from "../../../src/operations/index.ts";
import { connect, envelope, scripted } from "../session.ts";

function ledgerAt(now: () => number): SendLedger {
  return createMemoryLedger({ clock: { now, sleep: async () => {} } });
}

type Sent = { input: Record<string, unknown>; options: SendOptions | undefined };

/** An OnSync that counts sends; `fail` makes the next ones fail. */
function phone() {
  const sent: Sent[] = [];
  const fail: Error[] = [];
  const onsync = scripted({
    messages: {
      send: async (input, options) => {
        const error = fail.shift();
        if (error) throw error;
        sent.push({ input, options });
        return { ...samples.sentMessage, ...envelope };
      },
    },
    templates: {
      list: async () => {
        throw new ExtensionUnavailableError("none", { extension: "GET /templates" });
      },
    },
  });
  return { onsync, sent, fail };
}

const text = { platform: "whatsapp", to: "+971500000000", content: "Hi" };

function names(session: { tools: { name: string }[] }) {
  return session.tools.map(({ name }) => name);
}

describe("modes", () => {
  test("sending off: sends are not listed, writes are", async () => {
    await using session = await connect({ onsync: scripted({}), safety: { send: "off" } });
    expect(names(session)).toEqual(
      tools.filter(({ operation }) => operation.effect !== "sends").map(({ definition }) => definition.name),
    );
    expect(names(session).length).toBeGreaterThanOrEqual(13);
    expect(names(session)).toContain("save_contact");
    expect((await session.call("send_message", text)).error?.code).toBe("sending_off");
  });

  test("toolsets: only theirs are listed, and a set there is not is refused at the start", async () => {
    await using session = await connect({ onsync: scripted({}), safety: { toolsets: ["account", "contacts"] } });
    expect(names(session)).toEqual(
      allOperations
        .filter(({ leftOut }) => leftOut.mcp === undefined)
        .filter(({ toolsets }) => toolsets.includes("account") || toolsets.includes("contacts"))
        .map(({ name }) => name),
    );
    for (const name of ["get_account", "find_contacts", "get_contact", "save_contact", "update_contact"])
      expect(names(session)).toContain(name);
    for (const name of ["send_message", "list_conversations", "list_webhooks", "wait_for_events"])
      expect(names(session)).not.toContain(name);
    expect((await session.call("delete_webhook", { webhookId: "wh_1" })).error?.code).toBe("not_offered");
    const wrong = { toolsets: ["contact"] } as unknown as SafetySettings;
    await expect(connect({ onsync: scripted({}), safety: wrong })).rejects.toThrow(
      'no toolset "contact"; choose from account, contacts, conversations, sending, webhooks, events',
    );
  });

  test("confirm mode adds its argument and says what it is for", async () => {
    await using session = await connect({ onsync: scripted({}), safety: { send: "confirm" } });
    for (const tool of session.tools.filter(({ name }) => name.startsWith("send_"))) {
      expect(Object.keys(tool.inputSchema.properties ?? {})).toContain("confirmToken");
      expect(tool.description).toContain("preview");
    }
  });
});

describe("recipients", () => {
  test.each([
    ["+9715*", "whatsapp", "+971 50 000-0000", true],
    ["+9715*", "whatsapp", "+971400000000", false],
    ["+9715*", "telegram", "+971500000000", true],
    ["whatsapp:+971500000000", "whatsapp", "+971500000000", true],
    ["whatsapp:+971500000000", "telegram", "+971500000000", false],
    ["telegram:*", "telegram", "77", true],
    ["telegram:*", "instagram", "77", false],
    ["7.7", "telegram", "7x7", false],
    ["77", "telegram", "1177", false],
    ["*", "facebook", "anyone", true],
  ])("%s lets %s %s: %s", (pattern, platform, to, allowed) => {
    expect(createRecipientFilter([pattern])(platform, to)).toBe(allowed);
  });

  test("one that is not allowed is not written to", async () => {
    const { onsync, sent } = phone();
    await using session = await connect({ onsync, safety: { allowRecipients: ["+9715*"] } });
    const refused = await session.call("send_message", { ...text, to: "+447700900000" });
    expect(refused.error?.code).toBe("recipient_not_allowed");
    expect(refused.text).toContain("+9715*");
    expect((await session.call("send_message", text)).isError).toBe(false);
    expect(sent).toHaveLength(1);
    expect(() => createRecipientFilter([" "])).toThrow("empty");
  });
});

describe("caps", () => {
  test("a minute and a day roll", async () => {
    let now = 0;
    const admit = createSendCaps(
      { perMinute: 2, perDay: 3 },
      ledgerAt(() => now),
      "sends",
    );
    expect((await admit()).admitted).toBe(true);
    now = 20_000;
    expect((await admit()).admitted).toBe(true);
    expect(await admit()).toEqual({ admitted: false, cap: "perMinute", limit: 2, waitMs: 40_000 });
    now = 60_000;
    expect((await admit()).admitted).toBe(true);
    now = 200_000;
    expect(await admit()).toEqual({ admitted: false, cap: "perDay", limit: 3, waitMs: 86_400_000 - 200_000 });
    now = 86_400_000;
    expect((await admit()).admitted).toBe(true);
  });

  test("servers that share a ledger count together, and one that starts anew goes on counting", async () => {
    const ledger = ledgerAt(() => 0);
    const world = phone();
    const start = () => connect({ onsync: world.onsync, now: () => 0, ledger, safety: { caps: { perDay: 2 } } });
    await using one = await start();
    await using two = await start();
    expect((await one.call("send_message", { ...text, content: "1" })).isError).toBe(false);
    expect((await two.call("send_message", { ...text, content: "2" })).isError).toBe(false);
    await using restarted = await start();
    for (const session of [one, two, restarted])
      expect((await session.call("send_message", { ...text, content: "3" })).error?.code).toBe("cap_reached");
    expect(world.sent).toHaveLength(2);
  });

  test.each([
    ["caps", { caps: { perDay: 2 } }],
    ["confirmations", { send: "confirm" as const }],
  ])("without its ledger nothing is sent, and the answer says so: %s", async (_what, safety) => {
    const down = () => Promise.reject(new Error("the disk is full"));
    const ledger = { ...ledgerAt(() => 0), admit: down, setNote: down };
    const { onsync, sent } = phone();
    await using session = await connect({ onsync, ledger, safety });
    const preview = await session.call("send_message", text);
    const { confirmToken } = (preview.data ?? {}) as { confirmToken?: string };
    const refused =
      confirmToken === undefined ? preview : await session.call("send_message", { ...text, confirmToken });
    expect(refused.error?.code).toBe("ledger_unavailable");
    expect(refused.text).toContain("Nothing was sent. The send ledger cannot be asked: the disk is full.");
    expect(sent).toHaveLength(0);
  });

  test("what was certainly not sent does not count, what may have been does", async () => {
    const { onsync, fail, sent } = phone();
    const notSent = new ConnectionError("refused", { sent: false });
    notSent.outcome = "not_sent";
    const unknown = new UnknownOutcomeError("?", { clientReference: "r", conversationId: "whatsapp:+971500000000" });
    fail.push(notSent, unknown);
    await using session = await connect({ onsync, now: () => 0, safety: { caps: { perMinute: 1 } } });
    expect((await session.call("send_message", { ...text, content: "1" })).error?.code).toBe("connection");
    expect((await session.call("send_message", { ...text, content: "2" })).error?.code).toBe("unknown_outcome");
    const capped = await session.call("send_message", { ...text, content: "3" });
    expect(capped.error).toMatchObject({ code: "cap_reached", retry: "safe", retryAfterMs: 60_000 });
    expect(capped.text).toContain("the same call in 60 seconds");
    expect(sent).toHaveLength(0);
  });
});

describe("confirmations", () => {
  const start = async (safety: SafetySettings = {}) => {
    const world = phone();
    const time = { now: Date.parse("2024-12-01T12:00:00.000Z") };
    const session = await connect({
      onsync: world.onsync,
      now: () => time.now,
      safety: { send: "confirm", ...safety },
    });
    const preview = async (args: Record<string, unknown> = text) => (await session.call("send_message", args)).data;
    return { ...world, time, session, preview, [Symbol.asyncDispose]: () => session.client.close() };
  };

  test("the first call sends nothing and previews, the second sends exactly that, once", async () => {
    await using world = await start();
    const first = await world.session.call("send_message", text);
    expect(first.isError).toBe(false);
    expect(first.text).toContain("Nothing is sent yet.");
    expect(first.data).toMatchObject({ sent: false, preview: text, expiresAt: "2024-12-01T12:10:00.000Z" });
    expect(world.sent).toEqual([]);
    const { confirmToken } = first.data;
    expect((await world.session.call("send_message", { ...text, confirmToken })).isError).toBe(false);
    expect(world.sent.map(({ input }) => input)).toEqual([{ ...text, messageType: "text" }]);
    const again = await world.session.call("send_message", { ...text, confirmToken });
    expect(again.error?.code).toBe("confirmation_used");
    expect(world.sent).toHaveLength(1);
  });

  test.each([
    ["another text", { ...text, content: "Hi!" }],
    ["another recipient", { ...text, to: "+971500000001" }],
    ["another platform", { ...text, platform: "telegram" }],
    ["more metadata", { ...text, metadata: { a: 1 } }],
  ])("a token does not send %s", async (_what, args) => {
    await using world = await start();
    const { confirmToken } = await world.preview();
    const refused = await world.session.call("send_message", { ...args, confirmToken });
    expect(refused.error?.code).toBe("confirmation_unknown");
    expect(world.sent).toEqual([]);
  });

  test("nor another tool's message, nor when made up or cut", async () => {
    await using world = await start();
    const { confirmToken } = await world.preview();
    for (const token of [
      "",
      "x",
      "a.b.c",
      confirmToken.slice(0, -1),
      `${confirmToken}.x`,
      confirmToken.replace(".", ".."),
    ]) {
      const refused = await world.session.call("send_message", { ...text, confirmToken: token });
      expect([token, refused.error?.code]).toEqual([token, "confirmation_unknown"]);
    }
    expect(world.sent).toEqual([]);
  });

  test("expires after ten minutes, to the millisecond", async () => {
    await using world = await start();
    const { confirmToken } = await world.preview();
    world.time.now += 10 * 60_000;
    const late = await world.session.call("send_message", { ...text, confirmToken });
    expect(late.error?.code).toBe("confirmation_expired");
    world.time.now -= 1;
    expect((await world.session.call("send_message", { ...text, confirmToken })).isError).toBe(false);
  });

  test("confirmed twice at the same time, sends once", async () => {
    await using world = await start();
    const { confirmToken } = await world.preview();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => world.session.call("send_message", { ...text, confirmToken })),
    );
    expect(answers.filter(({ isError }) => !isError)).toHaveLength(1);
    expect(world.sent).toHaveLength(1);
  });

  test("is asked only for what may be sent at all", async () => {
    await using world = await start({ allowRecipients: ["telegram:*"] });
    expect((await world.session.call("send_message", text)).error?.code).toBe("recipient_not_allowed");
    const wrong = await world.session.call("send_message", { ...text, platform: "sms" });
    expect(wrong.error?.code).toBe("validation_failed");
  });

  test("replicas with the same secret take each other's tokens, and the send is repeatable by its reference", async () => {
    await using one = await start({ secret: "shared" });
    await using two = await start({ secret: "shared" });
    await using stranger = await start({ secret: "another" });
    const { confirmToken } = await one.preview();
    expect((await stranger.session.call("send_message", { ...text, confirmToken })).error?.code).toBe(
      "confirmation_unknown",
    );
    await one.session.call("send_message", { ...text, confirmToken });
    await two.session.call("send_message", { ...text, confirmToken });
    const references = [...one.sent, ...two.sent].map(({ options }) => options?.clientReference);
    expect(references[0]).toMatch(/^confirmed-/);
    // The client finds the first send by it and does not send again.
    expect(references[1]).toBe(references[0]);
  });

  test("a message with a reference of its own keeps it among replicas: two references would be refused", async () => {
    await using world = await start({ secret: "shared" });
    const named = { ...text, metadata: { clientReference: "order-1187" } };
    const { confirmToken } = await world.preview(named);
    expect((await world.session.call("send_message", { ...named, confirmToken })).isError).toBe(false);
    expect(world.sent).toMatchObject([{ input: { metadata: { clientReference: "order-1187" } } }]);
    expect(world.sent[0]?.options?.clientReference).toBeUndefined();
  });

  test("a token is used once among all that share a ledger, restarts included", async () => {
    let now = 0;
    const ledger = ledgerAt(() => now);
    const start = () => createConfirmations(() => now, ledger, "secret");
    const { token } = start().issue("a");
    const both = await Promise.all([start().redeem(token, "a"), start().redeem(token, "a")]);
    expect(both.map(({ ok }) => ok).sort()).toEqual([false, true]);
    expect(await start().redeem(token, "a")).toEqual({ ok: false, why: "used" });
    now = 700_000;
    const next = start().issue("a");
    expect((await start().redeem(next.token, "a")).ok).toBe(true);
    expect(await start().redeem(token, "a")).toEqual({ ok: false, why: "expired" });
  });
});

describe("a host that can ask the person", () => {
  const start = async (answer: { action: "accept" | "decline" | "cancel"; content?: { send: boolean } }) => {
    const world = phone();
    const asked: string[] = [];
    const session = await connect(
      { onsync: world.onsync, safety: { send: "confirm" } },
      { elicitation: {} },
      (client) =>
        client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
          asked.push(params.message);
          return answer;
        }),
    );
    return { ...world, session, asked, [Symbol.asyncDispose]: () => session.client.close() };
  };

  test.each([
    ["yes", { action: "accept", content: { send: true } }, true],
    ["not sent", { action: "accept", content: { send: false } }, false],
    ["no", { action: "decline" }, false],
    ["nothing", { action: "cancel" }, false],
  ] as const)("on %s, and only with a token", async (_answer, answer, sends) => {
    await using world = await start(answer);
    const preview = await world.session.call("send_message", text);
    expect([preview.data.sent, world.asked]).toEqual([false, []]);
    const { confirmToken } = preview.data;
    const result = await world.session.call("send_message", { ...text, confirmToken });
    expect(world.asked).toHaveLength(1);
    expect(world.asked[0]).toContain(text.content);
    expect(result.isError).toBe(!sends);
    expect(world.sent).toHaveLength(sends ? 1 : 0);
    if (!sends) expect(result.error?.code).toBe("confirmation_refused");
  });
});

describe("webhook addresses", () => {
  test.each([
    "https://example.com/hook",
    "https://hooks.example.co.uk:8443/a?b=c",
    "https://8.8.8.8/",
    "https://[2606:4700::1111]/",
  ])("%s may be used", (url) => {
    expect(findWebhookUrlProblem(url)).toBeUndefined();
  });

  test.each([
    "http://example.com/",
    "https://localhost/",
    "https://a.localhost./",
    "https://printer.local/",
    "https://db.internal/",
    "https://intranet/",
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://10.1.2.3/",
    "https://172.31.0.1/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://100.64.0.1/",
    "https://0.0.0.0/",
    "https://224.0.0.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[fd00::1]/",
    "https://[fe80::1]/",
    "https://[2001:db8::1]/",
    "https://user:pass@example.com/",
  ])("%s is refused", (url) => {
    expect(findWebhookUrlProblem(url)).toMatch(/^url must/);
  });

  test("a host the operator allows is taken, over http too", async () => {
    const registered: string[] = [];
    const onsync = scripted({
      webhooks: {
        create: async (input) => {
          registered.push(input.url);
          return { ...samples.createdWebhook, ...envelope };
        },
      },
    });
    await using session = await connect({ onsync, safety: { webhookHosts: ["127.0.0.1:4000"] } });
    const create = (url: string) => session.call("create_webhook", { url, events: ["message.created"] });
    expect((await create("http://127.0.0.1:4001/hooks")).error?.code).toBe("url_not_allowed");
    expect((await create("http://127.0.0.1:4000/hooks")).isError).toBe(false);
    expect(registered).toEqual(["http://127.0.0.1:4000/hooks"]);
  });
});
