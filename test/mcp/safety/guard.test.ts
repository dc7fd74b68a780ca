/** The guard by itself: leave to make a call, a preview in its place, or a refusal. */
import { expect, test } from "@jest/globals";
import { CallRefusedError } from "../../../mcp/answers/tool-failure.ts";
import { createGuard, guardCall } from "../../../mcp/safety/guard.ts";
import { createMasking, type Masking } from "../../../mcp/safety/pii.ts";
import { findLimits } from "../../../mcp/safety/powers.ts";
import type { SafetySettings } from "../../../mcp/safety/settings.ts";
import { tools } from "../../../mcp/tools/index.ts";
import type { Tool } from "../../../mcp/tools/tool.ts";
import { systemClock } from "../../../src/client/clock.ts";
import { createMemoryLedger } from "../../../src/client/index.ts";
import { scripted } from "../session.ts";

const text = { platform: "whatsapp", to: "+971500000000", content: "Hi" };

function findTool(name: string): Tool {
  return tools.find(({ definition }) => definition.name === name) as Tool;
}

function start(safety: SafetySettings, masking?: Masking) {
  const ledger = createMemoryLedger({ clock: { ...systemClock, now: () => 0 } });
  const guard = createGuard({ safety, onsync: scripted({}), ledger, scope: "org", now: () => 0, masking });
  return (name: string, args: Record<string, unknown>) => {
    const { confirmToken: _confirmToken, ...input } = args;
    return guardCall(guard, findTool(name), input, args, {});
  };
}

async function previewOf(decision: ReturnType<ReturnType<typeof start>>) {
  const { preview } = (await decision) as { preview: { text: string; data: Record<string, unknown> } };
  return preview;
}

test("where nothing is restricted, every call may be made", async () => {
  const guard = start({});
  for (const [name, args] of [
    ["send_message", text],
    ["list_messages", { conversationId: "whatsapp:+971500000000" }],
    ["create_webhook", { url: "https://example.com/", events: [] }],
  ] as const)
    expect(await guard(name, args)).toEqual({ release: expect.any(Function) });
});

test("a webhook's address that is not public is refused", async () => {
  await expect(start({})("create_webhook", { url: "https://10.0.0.1/" })).rejects.toThrow(CallRefusedError);
  await expect(start({ webhookHosts: ["10.0.0.1"] })("create_webhook", { url: "https://10.0.0.1/" })).resolves.toEqual({
    release: expect.any(Function),
  });
});

test("a send that is released counts no longer", async () => {
  const guard = start({ caps: { perDay: 1 } });
  const permit = (await guard("send_message", text)) as { release(): void };
  await expect(guard("send_message", text)).rejects.toThrow("cap_reached");
  permit.release();
  await expect(guard("send_message", text)).resolves.toEqual({ release: expect.any(Function) });
});

test("a preview takes nothing from the caps, its confirmation does", async () => {
  const guard = start({ send: "confirm", caps: { perDay: 1 } });
  const { confirmToken } = (await previewOf(guard("send_message", text))).data;
  await expect(previewOf(guard("send_message", text))).resolves.toMatchObject({ data: { sent: false } });
  await expect(guard("send_message", { ...text, confirmToken })).resolves.toEqual({ release: expect.any(Function) });
  const next = (await previewOf(guard("send_message", text))).data;
  await expect(guard("send_message", { ...text, confirmToken: next.confirmToken })).rejects.toThrow(
    "with a new confirmToken",
  );
});

test("a preview shows a long message whole, in its text as in its data", async () => {
  const content = "x".repeat(1000);
  const preview = await previewOf(start({ send: "confirm" })("send_message", { ...text, content }));
  expect(preview.text).toContain(content);
  expect(preview.data.preview).toEqual({ ...text, content });
});

test("a preview masks its recipient where phones are masked", async () => {
  const preview = await previewOf(start({ send: "confirm" }, createMasking("secret"))("send_message", text));
  expect(JSON.stringify(preview)).not.toContain("971500000000");
});

test("orgs that share a ledger are counted each by itself", async () => {
  const ledger = createMemoryLedger({ clock: { ...systemClock, now: () => 0 } });
  const safety = { caps: { perDay: 1 } };
  const send = (scope: string) => {
    const options = { safety, onsync: scripted({}), ledger, scope, now: () => 0, masking: undefined };
    return guardCall(createGuard(options), findTool("send_message"), text, text, {});
  };
  await send("one");
  await expect(send("one")).rejects.toThrow("cap_reached");
  await expect(send("another")).resolves.toEqual({ release: expect.any(Function) });
});

test("whoever may not change addresses may look for them", async () => {
  const search = { phone: "+971500000000", email: "sara@example.com", contactId: "contact_1" };
  await expect(start({ send: "off" })("find_contacts", search)).resolves.toEqual({ release: expect.any(Function) });
});

test("while a person is being asked, the call is told that nothing is sent yet, and its token stays good", async () => {
  const ledger = createMemoryLedger({ clock: { ...systemClock, now: () => 0 } });
  const safety = { send: "confirm" } as const;
  const guard = createGuard({ safety, onsync: scripted({}), ledger, scope: "org", now: () => 0, masking: undefined });
  const tool = findTool("send_message");
  const { confirmToken } = (await previewOf(guardCall(guard, tool, text, text, {}))).data;
  const confirm = (answer: "asked" | "yes") =>
    guardCall(guard, tool, text, { ...text, confirmToken }, { ask: async () => answer });
  expect((await previewOf(confirm("asked"))).data).toEqual({ sent: false, preview: text });
  await expect(confirm("yes")).resolves.toEqual({ release: expect.any(Function) });
});

test("where a person sends, an assistant's messages are proposed", () => {
  expect(findLimits({ send: "person" }, "writesToCustomers").has("proposed")).toBe(true);
});
