/** Every face has picked up every operation and event, or names it as left out: nothing is forgotten in silence. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { describe, expect, test } from "@jest/globals";
import app from "../index.ts";
import { leftOut as leftOutOfMcp, tools } from "../mcp/tools/index.ts";
import { openApiDocument } from "../reference/index.ts";
import { endpoints, eventTypes } from "../src/api/index.ts";
import { allOperations } from "../src/operations/index.ts";

const names = allOperations.map(({ name }) => name).sort();

/** Operations that are no action or search of a Zap: what Zapier does with them instead. */
const notInZapier: Record<string, string> = {
  get_account: "the connection test",
  find_contacts: "the search find_contact",
  get_contact: "the search find_contact, by id",
  list_conversations: "the conversation dropdown",
  list_messages: "the search find_messages",
  check_messaging_window: "send_message says when the window is closed",
  list_templates: "the template dropdown",
  list_webhooks: "Zapier registers its own webhooks",
  create_webhook: "Zapier registers its own webhooks",
  delete_webhook: "Zapier removes its own webhooks",
  wait_for_events: "the triggers",
};

describe("faces", () => {
  test("the command line lists every operation", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ["cli/onsync.ts", "call", "--list"]);
    for (const name of names) expect(stdout).toMatch(new RegExp(`^\\s*"?.*\\b${name}\\b`, "m"));
  });

  test("MCP offers every operation as a tool, or names it as left out", () => {
    expect([...tools.map((tool) => tool.operation.name), ...leftOutOfMcp].sort()).toEqual(names);
  });

  test("Zapier has an action or a search for every operation, or something instead of it", () => {
    const { find_contact: _projectionOfFindContacts, ...searches } = app.searches ?? {};
    const inZapier = [...Object.keys(app.creates ?? {}), ...Object.keys(searches)];
    expect([...inZapier, ...Object.keys(notInZapier)].sort()).toEqual(names);
    expect(_projectionOfFindContacts).toBeDefined();
  });

  test("Zapier has a trigger for every event", () => {
    const visible = Object.values(app.triggers ?? {}).filter(({ display }) => !display?.hidden);
    expect(visible.map(({ key }) => key).sort()).toEqual(eventTypes.map((type) => type.replace(".", "_")).sort());
  });

  test("a trigger's file has three lines", async () => {
    for (const type of eventTypes) {
      const file = new URL(`../triggers/${type.replace(".", "-")}.ts`, import.meta.url);
      expect((await readFile(file, "utf8")).match(/\n/g)).toHaveLength(3);
    }
  });

  test("the OpenAPI document has every endpoint and every event", () => {
    const document = openApiDocument({ extensions: true });
    const operationIds = Object.values(document.paths ?? {}).flatMap((path) =>
      Object.values(path ?? {}).map((operation) => (operation as { operationId?: string }).operationId),
    );
    expect(operationIds.sort()).toEqual(Object.keys(endpoints).sort());
    expect(Object.keys(document.webhooks ?? {}).sort()).toEqual([...eventTypes].sort());
  });
});
