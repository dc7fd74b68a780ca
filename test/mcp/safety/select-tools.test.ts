/** Which tools an operator leaves, and what is said of the others. */
import { expect, test } from "@jest/globals";
import type { SafetySettings } from "../../../mcp/safety/settings.ts";
import { tools } from "../../../mcp/tools/index.ts";
import { allOperations } from "../../../src/operations/index.ts";
import { createEventLog } from "../../../src/webhooks/log/event-log.ts";
import { connect, scripted } from "../session.ts";
import { text } from "./sending.ts";

function names(session: { tools: { name: string }[] }) {
  return session.tools.map(({ name }) => name);
}

test("tools of webhooks are listed where they are named, by their group or by themselves", async () => {
  const everythingElse = tools.filter(({ operation, waits }) => operation.toolsets[0] !== "webhooks" && !waits);
  await using session = await connect({ onsync: scripted({}) });
  expect(names(session)).toEqual(everythingElse.map(({ definition }) => definition.name));
  await using group = await connect({ onsync: scripted({}), safety: { toolsets: ["webhooks"] } });
  expect(names(group)).toEqual(["list_webhooks", "create_webhook", "delete_webhook"]);
  await using single = await connect({ onsync: scripted({}), safety: { toolsets: ["account", "list_webhooks"] } });
  expect(names(single)).toEqual(["get_account", "list_webhooks"]);
});

test("with sending off, tools that send are not listed and tools that write are", async () => {
  await using session = await connect({ onsync: scripted({}), safety: { send: "off" }, events: createEventLog() });
  expect(names(session)).toEqual(
    tools
      .filter(({ operation }) => operation.effect !== "sends" && operation.toolsets[0] !== "webhooks")
      .map(({ definition }) => definition.name),
  );
  expect(names(session).length).toBeGreaterThanOrEqual(10);
  expect(names(session)).toContain("save_contact");
  expect((await session.call("send_message", text)).error?.code).toBe("sending_off");
});

test("only the tools of the chosen toolsets are listed, and a toolset that does not exist is refused at the start", async () => {
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
    'no toolset "contact"; choose from account, contacts, conversations, sending, webhooks, events, or name a tool',
  );
});

test("confirm mode adds its argument and says what it is for", async () => {
  await using session = await connect({ onsync: scripted({}), safety: { send: "confirm" } });
  for (const tool of session.tools.filter(({ name }) => name.startsWith("send_"))) {
    expect(Object.keys(tool.inputSchema.properties ?? {})).toContain("confirmToken");
    expect(tool.description).toContain("preview");
  }
});

test("with read-only, no tool that writes is listed, and calling one by name fails", async () => {
  await using session = await connect({ onsync: scripted({}), safety: { readOnly: true }, events: createEventLog() });
  expect(session.tools.every(({ annotations }) => annotations?.readOnlyHint)).toBe(true);
  expect(session.tools).toHaveLength(9);
  for (const tool of [
    "save_contact",
    "update_contact",
    "send_message",
    "send_template",
    "create_webhook",
    "delete_webhook",
  ]) {
    const answer = await session.call(tool, {});
    expect(answer.error?.code).toBe("read_only");
  }
});

test("wait_for_events is listed only where events are received, and says so where they are not", async () => {
  await using without = await connect({ onsync: scripted({}) });
  expect(names(without)).not.toContain("wait_for_events");
  const answer = await without.call("wait_for_events", { timeoutSeconds: 0 });
  expect(answer.error?.code).toBe("no_events");
  expect(answer.text).toContain("list_messages");
  await using beside = await connect({ onsync: scripted({}), events: createEventLog() });
  expect(names(beside)).toContain("wait_for_events");
});
