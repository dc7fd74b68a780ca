import { expect, test } from "@jest/globals";
import { Command } from "commander";
import { addSafetyOptions, readSafety, type SafetyOptions } from "../../../cli/mcp/safety-options.ts";
import { createToolbox } from "../../../mcp/call/toolbox.ts";
import { scriptedOnSync } from "../../../testing/scripted.ts";

function safetyOf(...args: string[]) {
  return readSafety(addSafetyOptions(new Command()).parse(args, { from: "user" }).opts<SafetyOptions>());
}

test("without an option everything is allowed, and a send is made at once", async () => {
  expect(await safetyOf()).toEqual({ readOnly: false, send: "direct", redactPii: false, caps: {} });
});

test("each option restricts what it says", async () => {
  expect(
    await safetyOf(
      "--read-only",
      "--redact-pii",
      ...["--send", "confirm"],
      ...["--toolsets", "contacts, sending"],
      ...["--allow-recipients", "+9715*,telegram:*"],
      ...["--sends-per-minute", "5", "--sends-per-day", "200"],
      ...["--allow-webhook-hosts", "hooks.internal"],
    ),
  ).toEqual({
    readOnly: true,
    redactPii: true,
    send: "confirm",
    toolsets: ["contacts", "sending"],
    allowRecipients: ["+9715*", "telegram:*"],
    caps: { perMinute: 5, perDay: 200 },
    webhookHosts: ["hooks.internal"],
  });
});

test("the MCP server takes the options as they are read", async () => {
  const { onsync } = scriptedOnSync([]);
  const names = async (...args: string[]) =>
    createToolbox({ onsync, safety: await safetyOf(...args) }).tools.definitions.map(({ name }) => name);
  expect(await names("--toolsets", "contacts", "--read-only")).toEqual(["find_contacts", "get_contact"]);
  expect(await names("--toolsets", "sending", "--send", "off")).not.toContain("send_message");
});
