/** What an editor shows of the client's fields: TypeScript's language server is asked, about the declarations that are published. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

const root = join(import.meta.dirname, "../../..");
const tsc = join(root, "node_modules/.bin/tsc");

/** What the compiler and its server may take on a machine with other work. */
const boundMs = 180_000;

const program = `import { createOnSync, type EventPayload } from "./src/client/index.js";
const onsync = createOnSync({ apiKey: "onsync_pk_test_key" });
await onsync.contacts.save({ phone: "+971500000000", tags: [] });
await onsync.messages.send({ platform: "telegram", to: "sara", messageType: "text", content: "Hi" });
const contact = await onsync.contacts.get("contact_1");
console.log(contact.email);
for await (const message of onsync.messages.iterate("telegram:sara")) console.log(message.direction);
declare const payload: EventPayload<"message.created">;
console.log(payload.conversationId);
await onsync.contacts.list({ limit: 10 });
`;

let folder: string;
const shown = new Map<string, string>();

beforeAll(async () => {
  // Inside the repository, so that the declarations find what they import.
  folder = mkdtempSync(join(root, "test/client/published/.editor-"));
  const options = { rootDir: relative(folder, root), outDir: ".", emitDeclarationOnly: true };
  const config = { extends: "../../../../tsconfig.build.json", compilerOptions: options, include: [] as string[] };
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ ...config, files: ["../../../../src/client/index.ts"] }),
  );
  execFileSync(tsc, ["-p", folder], { cwd: root });
  const uri = pathToFileURL(join(folder, "program.ts")).href;
  writeFileSync(join(folder, "program.ts"), program);
  rmSync(join(folder, "tsconfig.json"));

  await using server = startLanguageServer();
  await server.ask("initialize", { processId: null, rootUri: pathToFileURL(folder).href, capabilities: markdown });
  server.tell("initialized", {});
  server.tell("textDocument/didOpen", { textDocument: { uri, languageId: "typescript", version: 1, text: program } });
  for (const field of ["phone", "tags", "to", "content", "email", "direction", "conversationId", "limit"]) {
    const before = program.slice(0, program.search(new RegExp(`\\b${field}\\b(?=[:)])`)));
    const position = { line: before.split("\n").length - 1, character: before.length - before.lastIndexOf("\n") - 1 };
    shown.set(field, JSON.stringify(await server.ask("textDocument/hover", { textDocument: { uri }, position })));
  }
}, boundMs);
afterAll(() => rmSync(folder, { recursive: true }));

const markdown = { textDocument: { hover: { contentFormat: ["markdown"] } } };

function startLanguageServer() {
  const child = spawn(tsc, ["--lsp", "--stdio"], { cwd: folder, stdio: ["pipe", "pipe", "ignore"] });
  const waiting = new Map<number, (result: unknown) => void>();
  let received = Buffer.alloc(0);
  const send = (message: object) => {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const take = (message: { id?: number; method?: string; result?: unknown }) => {
    // What the server asks of an editor has no answer here.
    if (message.method !== undefined) return message.id === undefined || send({ id: message.id, result: null });
    waiting.get(message.id as number)?.(message.result);
  };
  child.stdout.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (;;) {
      const [head = "", length] = /^Content-Length: (\d+)[\s\S]*?\r\n\r\n/.exec(received.toString("latin1")) ?? [];
      if (length === undefined || received.length < head.length + Number(length)) return;
      const body = received.subarray(head.length, head.length + Number(length)).toString("utf8");
      received = received.subarray(head.length + Number(length));
      take(JSON.parse(body));
    }
  });
  let id = 0;
  return {
    tell: (method: string, params: object) => send({ method, params }),
    ask: (method: string, params: object) =>
      new Promise<unknown>((resolve) => {
        id += 1;
        waiting.set(id, resolve);
        send({ id, method, params });
      }),
    async [Symbol.asyncDispose]() {
      child.kill();
      await once(child, "close");
    },
  };
}

describe("an editor shows", () => {
  test.each([
    ["phone", "Phone number in E.164 form, with the country code.", "+971500000000"],
    ["tags", "The contact's tags, all of them: they replace those it has.", "lead"],
    ["to", "The customer's address: a phone number in E.164 form on WhatsApp", "+971500000000"],
    ["content", "The text, 1 to 4096 characters. It is sent exactly as written.", "Reply STOP to unsubscribe."],
    ["email", "E-mail address.", "sara@example.com"],
    ["direction", "inbound: from the customer. outbound: from the org.", "inbound"],
    ["conversationId", "The conversation: platform:address", "whatsapp:+971500000000"],
    ["limit", "Results a page, 1 to 100.", "50"],
  ])("what %s is, its form and an example", (field, description, example) => {
    expect(shown.get(field)).toContain(description);
    expect(shown.get(field)).toContain(example);
  });
});
