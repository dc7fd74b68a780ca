/** The server as hosts run it: a child process, its stdin and stdout. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test } from "@jest/globals";
import { transcribe } from "../../testing/transcript.ts";

const entry = join(import.meta.dirname, "fixtures/stdio-server.ts");
const children: ChildProcessWithoutNullStreams[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

type Message = { id?: number; result?: Record<string, unknown>; error?: { code: number } };

async function start() {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", entry]);
  children.push(child);
  transcribe(child);
  const lines: string[] = [];
  let errors = "";
  const waiting = new Map<number, (message: Message) => void>();
  createInterface(child.stdout).on("line", (line) => {
    lines.push(line);
    const message = JSON.parse(line) as Message;
    if (message.id !== undefined) waiting.get(message.id)?.(message);
  });
  child.stderr.on("data", (data) => {
    errors += data;
  });
  let next = 1;
  const write = (line: string) => child.stdin.write(`${line}\n`);
  const notify = (method: string) => write(JSON.stringify({ jsonrpc: "2.0", method }));
  const request = (method: string, params: Record<string, unknown> = {}): Promise<Message> => {
    const id = next++;
    const answer = new Promise<Message>((resolve) => waiting.set(id, resolve));
    write(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return answer;
  };
  const call = (name: string, args: Record<string, unknown> = {}) => request("tools/call", { name, arguments: args });
  const exited = once(child, "close").then(([code]) => code as number | null);
  const { result } = await request("initialize", {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "test", version: "1" },
  });
  notify("notifications/initialized");
  return { child, lines, write, request, call, exited, result, errors: () => errors };
}

const telegram = { platform: "telegram", to: "77", content: "Hi" };

describe("stdio", () => {
  test("every line is JSON-RPC under load and errors, and closing stdin ends it at once", async () => {
    const { child, lines, write, call, request, exited, result } = await start();
    expect(result).toMatchObject({ protocolVersion: "2025-11-25", serverInfo: { name: "onsync" } });
    expect(result?.instructions).toContain("24 hours");
    write("this is not JSON");
    write('{"jsonrpc":"2.0"}');
    const kinds = [
      () => call("get_account"),
      (index: number) => call("save_contact", { phone: `+97150${1_000_000 + index}` }),
      () => request("resources/read", { uri: "onsync://guide/whatsapp-window" }),
      () => request("prompts/get", { name: "triage_inbox" }),
      () =>
        request("completion/complete", {
          ref: { type: "ref/resource", uri: "onsync://contacts/{id}" },
          argument: { name: "id", value: "" },
        }),
      (index: number) => request("tools/list", { _meta: { progressToken: index } }),
      () => call("get_contact", { contactId: "contact_none" }),
      () => call("no_such_tool"),
      () => request("no/such/method"),
      () => request("resources/read", { uri: "onsync://nothing" }),
    ];
    // A long session: rounds of calls at the same time, a hundred each.
    const answers: Message[] = [];
    for (let round = 0; round < 10; round++) {
      answers.push(
        ...(await Promise.all(
          Array.from({ length: 100 }, (_, index) => (kinds[index % 10] as (typeof kinds)[0])(round * 100 + index)),
        )),
      );
      write("this is not JSON either");
    }
    expect(answers.filter((answer) => answer.error)).toHaveLength(200);
    expect(answers.filter((answer) => answer.result?.isError)).toHaveLength(200);
    expect(lines.length).toBeGreaterThan(1_000);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: "2.0" });
    child.stdin.end();
    expect(await exited).toBe(0);
  }, 20_000);

  test("closing stdin lets calls under way answer, but for those that only wait", async () => {
    const { child, call, exited } = await start();
    const waiting = call("wait_for_events", { timeoutSeconds: 25 });
    const sending = call("send_message", telegram);
    child.stdin.end();
    expect((await sending).result?.structuredContent).toMatchObject({ status: "queued" });
    expect((await waiting).result).toMatchObject({ isError: true });
    expect(await exited).toBe(0);
  }, 20_000);

  test("SIGTERM during a send lets it finish", async () => {
    const { child, call, exited } = await start();
    const sending = call("send_message", telegram);
    await once(child.stderr, "data");
    child.kill("SIGTERM");
    const { structuredContent, content } = (await sending).result ?? {};
    expect(structuredContent).toMatchObject({ status: "queued", conversationId: "telegram:77" });
    expect(JSON.stringify(content)).toContain("text as given");
    expect(await exited).toBe(0);
  }, 20_000);
});
