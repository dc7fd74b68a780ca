/** Arguments as hosts send them, in both eras of the protocol: `null`, empty texts, JSON as text, and what is none. */
import { describe, expect, test } from "@jest/globals";
import type { McpHttp } from "../../../mcp/http/app.ts";
import { createMcpHttp } from "../../../mcp/index.ts";
import { onsyncPair } from "../../../testing/onsync-pair.ts";
import { post } from "../http/requests.ts";
import { ask } from "./modern.ts";

type Called = { text: string; isError: boolean };
type Call = (http: McpHttp, name: string, args: unknown) => Promise<Called>;

const eras: Record<string, Call> = {
  "2025-11-25": async (http, name, args) => {
    const body = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } };
    const response = await http.fetch(post({ "mcp-protocol-version": "2025-11-25" }, body));
    return read(await response.json());
  },
  "2026-07-28": async (http, name, args) => read(await ask(http, "tools/call", { name, arguments: args })),
};

function read(answer: unknown): Called {
  const { result, error } = answer as { result?: { content: { text: string }[]; isError?: boolean }; error?: unknown };
  if (!result) throw new Error(`No result: ${JSON.stringify(error)}`);
  return { text: result.content.map(({ text }) => text).join("\n"), isError: result.isError === true };
}

describe.each(Object.entries(eras))("in the era of %s", (_era, call) => {
  async function open() {
    const pair = await onsyncPair();
    const contact = { phone: "+971500000000", firstName: "Sara", lastName: "Hussein", tags: ["lead"] };
    const { id } = await pair.onsync.contacts.save(contact);
    return { ...pair, id, http: createMcpHttp({ onsync: pair.onsync }) };
  }

  test.each([undefined, null, "", " ", "{}", "null"])("a call whose arguments are %j is answered", async (args) => {
    await using world = await open();
    const { text, isError } = await call(world.http, "list_templates", args);
    expect([isError, text]).toEqual([false, expect.stringContaining("order_follow_up")]);
  });

  test("arguments that are JSON as text are read, and so are the lists and numbers in them", async () => {
    await using world = await open();
    const found = await call(world.http, "find_contacts", JSON.stringify({ query: "Sara", limit: "5" }));
    expect(found.text).toContain(world.id);
    const args = JSON.stringify({ contactId: world.id, addTags: '["vip"]', properties: '{"source":"fair"}' });
    expect((await call(world.http, "update_contact", args)).isError).toBe(false);
    expect(await world.onsync.contacts.get(world.id)).toMatchObject({
      tags: ["lead", "vip"],
      properties: { source: "fair" },
    });
  });

  test.each([null, ""])("%j for each field that was not given changes nothing of a contact", async (empty) => {
    await using world = await open();
    const names = ["lastName", "phone", "email", "tags", "addTags", "removeTags", "properties", "clear", "channel"];
    const filled = Object.fromEntries(names.map((name) => [name, empty]));
    const { isError } = await call(world.http, "update_contact", {
      contactId: world.id,
      firstName: "Sarah",
      ...filled,
    });
    expect(isError).toBe(false);
    expect(await world.onsync.contacts.get(world.id)).toMatchObject({
      firstName: "Sarah",
      lastName: "Hussein",
      phone: "+971500000000",
      tags: ["lead"],
    });
  });

  test.each([[["a"]], [7], [true], ["not JSON"], ['["a"]']])(
    "arguments that are %j are told to be none of the tool's, and nothing is done",
    async (args) => {
      await using world = await open();
      const { text, isError } = await call(world.http, "save_contact", args);
      expect([isError, text]).toEqual([true, expect.stringContaining("It has no argument")]);
      expect((await world.onsync.contacts.list({})).data).toHaveLength(1);
    },
  );
});
