/** The card and the conversation in the chat, shown by a host that conforms: framed, without the right to load anything. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Client } from "@modelcontextprotocol/client";
import { build } from "esbuild";
import { createMcpServer } from "../../../../mcp/index.ts";
import { createApprovalWorld, hello } from "../../../../testing/approvals.ts";
import { type Browser, eventually, launch } from "../../../reference/console/browser/browser.ts";
import { expectSound } from "../../../reference/console/browser/looks.ts";
import { connectHost } from "./host-client.ts";

let browser: Browser;
let host: string;
beforeAll(async () => {
  browser = await launch();
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "fixtures/host.js")],
    ...{ bundle: true, write: false, format: "iife", platform: "browser", logLevel: "silent" },
  });
  host = outputFiles[0]?.text ?? "";
}, 60_000);
afterAll(() => browser.close());

async function open() {
  const world = await createApprovalWorld();
  const { onsync, ledger, now } = world;
  const options = {
    onsync,
    ledger,
    now,
    safety: { send: "person" },
    approvals: { token: "operator-token-of-a-test" },
  } as const;
  const client: Client = await connectHost(createMcpServer(options));
  const watched = await browser.open();
  const { page } = watched;
  await page.exposeFunction("callServer", (params: { name: string; arguments?: Record<string, unknown> }) =>
    client.callTool(params),
  );
  await page.setContent(
    "<!doctype html><html lang=en><head><title>A host</title></head><body><header><h1>A host</h1></header><main></main></body></html>",
  );
  await page.addScriptTag({ content: host });
  /** Calls a tool as the model would, and shows its page as the host does. */
  const callAndShow = async (name: string, args: Record<string, unknown>) => {
    const { tools } = await client.listTools();
    const ui = tools.find((tool) => tool.name === name)?._meta?.ui as { resourceUri: string } | undefined;
    const [contents] = (await client.readResource({ uri: ui?.resourceUri ?? "" })).contents;
    const result = await client.callTool({ name, arguments: args });
    expect(contents).toMatchObject({ mimeType: "text/html;profile=mcp-app" });
    await page.evaluate(
      ([html, shown]) =>
        (globalThis as never as { showApp(html: unknown, result: unknown): void }).showApp(html, shown),
      [(contents as { text: string }).text, result] as const,
    );
    return result;
  };
  const frame = page.frameLocator("iframe");
  const dispose = async () => {
    await page.context().close();
    await client.close();
    await world[Symbol.asyncDispose]();
    // Neither the pages nor the host asked for anything.
    expect(watched.requests.filter((url) => !/^(?:about|data|blob):/.test(url))).toEqual([]);
    expect(watched.errors).toEqual([]);
  };
  return { ...world, client, page, frame, callAndShow, [Symbol.asyncDispose]: dispose };
}

describe("the card in the chat", () => {
  test("shows the whole message, and a click on it sends once; the model is not told what lets it decide", async () => {
    await using world = await open();
    const content = `${"A long text. ".repeat(200)}\u200b<b>end</b>`;
    const result = await world.callAndShow("send_message", { ...hello, content });
    await eventually(async () => expect(await world.frame.locator(".text").innerText()).toContain("U+200B<b>end</b>"));
    await expectSound(world.page);
    const { _meta, ...seenByModel } = result;
    const card = _meta?.["onsync/approval"] as { token: string } | undefined;
    expect(JSON.stringify(seenByModel)).not.toContain(card?.token);
    expect(world.sent).toEqual([]);
    await world.frame.getByRole("button", { name: "Send", exact: true }).click();
    await eventually(async () => expect(await world.frame.locator("main").innerText()).toBe("Sent."));
    expect(world.sent.map((message) => message.content)).toEqual([content]);
    expect((await world.proposals.list())[0]?.decision).toMatchObject({
      in: "card",
      by: "the person at a host",
      edited: false,
    });
  });

  test("sends what the person edited it to", async () => {
    await using world = await open();
    await world.callAndShow("send_message", { ...hello });
    await world.frame.getByRole("button", { name: "Edit" }).click();
    await world.frame.getByLabel("Text").fill("Booked for nine.");
    await world.frame.getByRole("button", { name: "Send this instead" }).click();
    await eventually(async () => expect(await world.frame.locator("main").innerText()).toBe("Sent, as you edited it."));
    expect(world.sent.map(({ content }) => content)).toEqual(["Booked for nine."]);
  });

  test("declines with a reason, of which the model is told", async () => {
    await using world = await open();
    await world.callAndShow("send_message", { ...hello });
    await world.frame.getByRole("button", { name: "Decline …" }).click();
    await world.frame.getByLabel("Reason").fill("Not ours");
    await world.frame.getByRole("button", { name: "Decline", exact: true }).click();
    await eventually(async () =>
      expect(await world.frame.locator("main").innerText()).toBe("Declined. Nothing is sent."),
    );
    const { structuredContent } = await world.client.callTool({ name: "send_message", arguments: { ...hello } });
    expect(structuredContent).toMatchObject({ state: "declined", reason: "Not ours" });
    expect(world.sent).toEqual([]);
  });
});

test("a conversation in the chat is shown as text, by the same client", async () => {
  await using world = await open();
  const text = '<img src="https://evil.example/x" onerror="alert(1)"> We open at six.';
  const sent = await world.onsync.messages.send({
    platform: "telegram",
    to: hello.to,
    messageType: "text",
    content: text,
  });
  await world.callAndShow("list_messages", { conversationId: sent.conversationId });
  await eventually(async () => expect(await world.frame.locator(".text").innerText()).toBe(text));
  expect(await world.frame.locator("img").count()).toBe(0);
});
