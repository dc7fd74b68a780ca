/** The steps of a call together: which of them are taken, in which order, and what each leaves behind. */
import { describe, expect, test } from "@jest/globals";
import { callTool } from "../../../mcp/call/call-tool.ts";
import { createToolbox } from "../../../mcp/call/toolbox.ts";
import type { McpOptions } from "../../../mcp/options.ts";
import { samples } from "../../../src/api/index.ts";
import { systemClock } from "../../../src/client/clock.ts";
import { ConnectionError, NotFoundError } from "../../../src/client/errors/index.ts";
import { createMemoryLedger } from "../../../src/client/index.ts";
import { envelope, scripted } from "../session.ts";

const text = { platform: "whatsapp", to: "+971500000000", content: "Hi" };
const contactId = "contact_1";

function codeOf(result: Awaited<ReturnType<typeof callTool>>) {
  return (result._meta?.["onsync/error"] as { code: string } | undefined)?.code;
}

function start(onsync: Parameters<typeof scripted>[0], options: Partial<McpOptions> = {}) {
  return createToolbox({ onsync: scripted(onsync), ...options });
}

function sending(send: () => Promise<never> | Promise<typeof samples.sentMessage & typeof envelope>) {
  return { messages: { send } };
}

async function accept() {
  return { ...samples.sentMessage, ...envelope };
}

test("what is remembered of a failure comes before the arguments are looked at", async () => {
  let asked = 0;
  const get = async () => {
    asked++;
    throw new NotFoundError("none", { status: 404, code: "not_found", method: "GET", path: "/", requestId: "r" });
  };
  const toolbox = start({ contacts: { get } });
  expect(codeOf(await callTool(toolbox, "get_contact", { contactId }))).toBe("not_found");
  const again = await callTool(toolbox, "get_contact", { contactId });
  expect(again.content[0]?.text).toContain("You made this same call");
  expect(asked).toBe(1);
});

test("a call that a step refused is refused again, not answered from memory", async () => {
  const toolbox = start({});
  for (let call = 0; call < 2; call++) {
    const refused = await callTool(toolbox, "get_contact", { id: contactId });
    expect(refused.content[0]?.text).toMatch(/^get_contact was not done \(validation_failed\)/);
  }
});

test("arguments are checked before the operator's settings are asked", async () => {
  const toolbox = start({}, { safety: { allowRecipients: ["telegram:*"] } });
  expect(codeOf(await callTool(toolbox, "send_message", { ...text, platform: "sms" }))).toBe("validation_failed");
  expect(codeOf(await callTool(toolbox, "send_message", text))).toBe("recipient_not_allowed");
});

test("a write is counted, a read and a refused write are not", async () => {
  const toolbox = start({
    contacts: {
      get: async () => ({ ...samples.contact, ...envelope }),
      save: async () => ({ ...samples.contact, ...envelope, created: true }),
    },
  });
  await callTool(toolbox, "get_contact", { contactId });
  await callTool(toolbox, "save_contact", { unknown: 1 });
  expect(toolbox.writes).toBe(0);
  await callTool(toolbox, "save_contact", { phone: "+971500000000" });
  expect(toolbox.writes).toBe(1);
});

describe("the cap of a send", () => {
  const clock = { ...systemClock, now: () => 0 };
  const capped = (send: Parameters<typeof sending>[0]) =>
    start(sending(send), { now: clock.now, ledger: createMemoryLedger({ clock }), safety: { caps: { perDay: 1 } } });

  test("counts a send that was made", async () => {
    const toolbox = capped(accept);
    expect(codeOf(await callTool(toolbox, "send_message", text))).toBeUndefined();
    expect(codeOf(await callTool(toolbox, "send_message", { ...text, content: "2" }))).toBe("cap_reached");
  });

  test("counts no send that certainly was not made", async () => {
    const toolbox = capped(async () => {
      throw Object.assign(new ConnectionError("refused", { sent: false }), { outcome: "not_sent" });
    });
    for (const content of ["1", "2"])
      expect(codeOf(await callTool(toolbox, "send_message", { ...text, content }))).toBe("connection");
  });

  test("counts no send that the arguments forbid", async () => {
    const toolbox = capped(accept);
    await callTool(toolbox, "send_message", { ...text, platform: "sms" });
    expect(codeOf(await callTool(toolbox, "send_message", text))).toBeUndefined();
  });
});

test("a call that the host cancels is told so, and not remembered", async () => {
  const host = new AbortController();
  const toolbox = start(
    sending(async () => {
      host.abort();
      throw host.signal.reason;
    }),
  );
  expect(codeOf(await callTool(toolbox, "send_message", text, { signal: host.signal }))).toBe("cancelled");
  expect(codeOf(await callTool(toolbox, "send_message", text))).toBe("internal");
});

test("an unknown tool is logged without the name that was made up for it", async () => {
  const logged: unknown[] = [];
  const toolbox = start({}, { log: (level, _message, fields) => logged.push([level, fields.tool, fields.code]) });
  expect(codeOf(await callTool(toolbox, "delete_everything", {}))).toBe("unknown_tool");
  expect(logged).toEqual([["warn", "unknown", "unknown_tool"]]);
});
