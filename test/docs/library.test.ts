/** The TypeScript of each page is one program, top to bottom: type-checked, and run against the reference API. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { createReference, type Reference } from "../../reference/index.ts";
import { openSqliteLedger } from "../../src/ledger/index.ts";
import { findFreePort } from "../../testing/network/free-port.ts";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);

/** Where in the source what the programs import is: they are run without a build. */
const entries: Record<string, string> = {
  "onsync-automation/client": "src/client/index.ts",
  "onsync-automation/client/undici": "src/client/transport/undici.ts",
  "onsync-automation/client/ledger": "src/ledger/index.ts",
  "onsync-automation/webhooks": "src/webhooks/index.ts",
  "onsync-automation/webhooks/verify": "src/webhooks/verify/index.ts",
  "onsync-automation/data": "src/data/index.ts",
  "onsync-automation/mcp": "mcp/index.ts",
  "onsync-automation/reference": "reference/index.ts",
};
const pages = [
  "README.md",
  "docs/client.md",
  "docs/ledger.md",
  "docs/events.md",
  "docs/data.md",
  "docs/mcp-remote.md",
] as const;

/** What starting the compiler or Node may take on a machine with other work. */
const boundMs = 60_000;

let folder: string;

function programOf(page: (typeof pages)[number]): string {
  return join(folder, page.replace(/\W/g, "-"), "program.ts");
}

beforeAll(() => {
  // Inside the repository, so that the type checker finds what the programs import.
  folder = mkdtempSync(join(root, "test/docs/.library-"));
  for (const page of pages) {
    const text = readFileSync(join(root, page), "utf8");
    const code = [...text.matchAll(/^ *```ts\n(.*?)^ *```$/gms)].map(([, block]) => block).join("\n");
    mkdirSync(join(programOf(page), ".."));
    writeFileSync(
      programOf(page),
      code.replace(/from "([^"]+)"/g, (all, name: string) =>
        entries[name] ? `from "../../../../${entries[name]}"` : all,
      ),
    );
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

let reference: Reference;
let url: string;
let environment: NodeJS.ProcessEnv;
beforeEach(async () => {
  reference = createReference();
  url = (await reference.listen()).url;
  environment = { ...process.env, ONSYNC_API_KEY: reference.key, ONSYNC_BASE_URL: url };
});
let started: ChildProcess | undefined;
afterEach(async () => {
  started?.kill("SIGKILL");
  await reference.close();
});

test(
  "the programs compile",
  async () => {
    const config = join(folder, "tsconfig.json");
    writeFileSync(config, JSON.stringify({ extends: "../../../tsconfig.json", include: ["*/program.ts"] }));
    const tsc = run(join(root, "node_modules/.bin/tsc"), ["-p", config]);
    // The compiler says on stdout what is wrong, and rejects without a word of it.
    expect(await tsc.catch(({ stdout }: { stdout: string }) => ({ stdout }))).toMatchObject({ stdout: "" });
  },
  boundMs,
);

test(
  "README.md: saves a contact and reads its messages",
  async () => {
    await reference.control.inbound({ platform: "whatsapp", from: "+971500000000", content: "Where is my order?" });
    await reference.control.inbound({ platform: "whatsapp", from: "+971500000000", content: "It is 1187." });
    const { stdout } = await run(process.execPath, [programOf("README.md")], { cwd: folder, env: environment });
    expect(stdout).toBe("It is 1187.\nWhere is my order?\n");
  },
  boundMs,
);

test(
  "docs/client.md: does what the page says",
  async () => {
    const { stdout } = await run(process.execPath, [programOf("docs/client.md")], { cwd: folder, env: environment });
    const lines = stdout.trim().split("\n");
    expect(lines[0]).toMatch(/^contact_\w+ true$/);
    expect(lines[1]).toBe("queued true");
    expect(lines[2]).toMatch(/^\d{4}-\S+Z outbound Hi Sara, your order is on its way\./);
    expect(lines.slice(3)).toEqual([expect.stringMatching(/^404 not_found Check the id/), "true", "contact_1", "1"]);
  },
  boundMs,
);

test(
  "docs/ledger.md: sends once, however often it is run, and settles what is open",
  async () => {
    const sends = join(folder, "sends.db");
    const env = { ...environment, SENDS: sends };
    const program = async () =>
      (await run(process.execPath, [programOf("docs/ledger.md")], { cwd: folder, env })).stdout.trim().split("\n");
    const [first = ""] = await program();
    expect(first).toMatch(/^\w+ false$/);
    const id = first.split(" ")[0];
    const earlier = openSqliteLedger({ file: sends });
    const message = { platform: "telegram", to: "sara", messageType: "text", fingerprint: "f".repeat(64) };
    await earlier.claim({ ...message, scope: url, reference: "order-1188-left" }, { leaseMs: 0 });
    await earlier.close();
    expect(await program()).toEqual([
      `${id} true`,
      expect.stringMatching(/^order-1188-left unknown whoever was sending/),
    ]);
    const answer = await fetch(`${url}/conversations/telegram:sara/messages`, {
      headers: { Authorization: `Bearer ${reference.key}` },
    });
    expect(await answer.json()).toMatchObject({ data: [{ id }] });
  },
  boundMs,
);

test(
  "docs/data.md: imports a file, and nothing of it again, and exports what came of it",
  async () => {
    const file = join(folder, "contacts.csv");
    writeFileSync(file, "First Name,Phone\nSara,+971500000000\nAli,12\n");
    const env = { ...environment, CONTACTS: file, INBOX: join(folder, "inbox") };
    const program = async () => (await run(process.execPath, [programOf("docs/data.md")], { cwd: folder, env })).stdout;
    expect(await program()).toBe(`2 1\n1 0 ${file}.refused.csv\n1 0\n`);
    expect(await program()).toBe(`2 0\n0 1 ${file}.refused.csv\n0 0\n`);
  },
  boundMs,
);

test(
  "docs/events.md: receives a delivery, hands it on, and ends when it is asked to",
  async () => {
    const port = await findFreePort();
    const program = programOf("docs/events.md");
    writeFileSync(program, readFileSync(program, "utf8").replace("listen(4030", `listen(${port}`));
    const secret = "a-secret-of-the-test";
    const child = spawn(process.execPath, [program], {
      cwd: folder,
      env: { ...environment, ONSYNC_WEBHOOK_SECRET: secret },
      stdio: ["ignore", "pipe", "inherit"],
    });
    started = child;
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    expect(await lines.next()).toMatchObject({ value: "listening" });
    const answer = await fetch(`${url}/webhooks`, {
      method: "POST",
      headers: { Authorization: `Bearer ${reference.key}`, "Content-Type": "application/json" },
      body: JSON.stringify({ url: `http://127.0.0.1:${port}/`, events: ["message.created"], secret }),
    });
    expect(answer.status).toBe(201);
    await reference.control.inbound({ platform: "whatsapp", from: "+971500000000", content: "Where is my order?" });
    expect(await lines.next()).toMatchObject({ value: "whatsapp:+971500000000 Where is my order?" });
    const ended = once(child, "close");
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  },
  boundMs,
);

test(
  "docs/mcp-remote.md: tells where to sign in, lets nobody in without, and ends when it is asked to",
  async () => {
    const child = spawn(process.execPath, [programOf("docs/mcp-remote.md")], {
      cwd: folder,
      env: { ...environment, PORT: String(await findFreePort()) },
      stdio: ["ignore", "pipe", "inherit"],
    });
    started = child;
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { value } = await lines.next();
    const address = String(value).replace("listening on ", "");
    const metadata = await fetch(new URL("/.well-known/oauth-protected-resource/mcp", address));
    expect(await metadata.json()).toMatchObject({ resource: "https://mcp.example.com/mcp" });
    expect((await fetch(address, { method: "POST", body: "{}" })).status).toBe(401);
    const ended = once(child, "close");
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  },
  boundMs,
);
