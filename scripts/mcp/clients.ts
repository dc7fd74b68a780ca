/**
 * The clients of other frameworks list and call every tool of the server, over HTTP and stdio, on the reference API:
 * `node scripts/mcp/clients.ts`. Where a client takes events delivered to an address, it does so once. They are installed into test/clients, by its own lockfile. Exits with 1 where a tool is not
 * listed, or not answered as it should be.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createMemorySubscriptions } from "../../mcp/events/subscription.ts";
import { createMcpHttp } from "../../mcp/index.ts";
import { tools } from "../../mcp/tools/index.ts";
import { createReference } from "../../reference/index.ts";
import { sampleEvent } from "../../src/api/index.ts";
import { createOnSync } from "../../src/client/index.ts";
import { undiciTransport } from "../../src/client/transport/undici.ts";
import { toolsets } from "../../src/operations/toolsets.ts";
import { createEventLog } from "../../src/webhooks/log/event-log.ts";
import { openSqliteStore } from "../../src/webhooks/store/sqlite/sqlite-store.ts";

const root = join(import.meta.dirname, "../..");
const folder = join(root, "test/clients");
const clients = ["@ai-sdk/mcp", "@langchain/mcp-adapters", "@openai/agents", "@google/genai"];
const token = "a-long-token-for-clients";

type Line = { client: string; how: string; answers: Record<string, string> };

function install(): void {
  if (existsSync(join(folder, "node_modules"))) return;
  console.error("Installing the clients into test/clients…");
  const { status } = spawnSync("npm", ["ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`npm ci in ${folder} failed: see above`);
}

const temporary = mkdtempSync(join(tmpdir(), "onsync-clients-"));
const reference = createReference({ keys: ["clients-key"] });
const api = await reference.listen(0);
const transport = undiciTransport();
const onsync = createOnSync({ apiKey: "clients-key", baseUrl: api.url, transport });
const events = createEventLog();
const mcp = await createMcpHttp({
  onsync,
  token,
  events,
  eventSubscriptions: createMemorySubscriptions(),
  safety: { toolsets, webhookHosts: ["127.0.0.1"] },
}).listen(0);

/** What each tool is called with: a customer who has written, and a webhook to take away again. */
async function prepareArguments(number: number): Promise<Record<string, Record<string, unknown>>> {
  const phone = `+9715000001${String(number).padStart(2, "0")}`;
  const { id: contactId } = await onsync.contacts.save({ firstName: "Omar", phone });
  await reference.control.inbound({ platform: "whatsapp", from: phone, content: "Hello" });
  const { id: webhookId } = await onsync.webhooks.create({
    url: `https://hooks.example.com/${number}`,
    events: ["message.created"],
  });
  const conversationId = `whatsapp:${phone}`;
  return {
    find_contacts: { query: phone },
    get_contact: { contactId },
    save_contact: { firstName: "Sara", phone: `+9715000002${String(number).padStart(2, "0")}` },
    update_contact: { contactId, lastName: "Haddad" },
    list_messages: { conversationId },
    find_messages: { conversationId },
    check_messaging_window: { conversationId },
    send_message: { platform: "whatsapp", to: phone, content: "Hello back" },
    send_template: { to: phone, template: "order_follow_up", language: "en", parameters: ["Sara"] },
    create_webhook: { url: `https://hooks.example.com/made/${number}`, events: ["message.created"] },
    delete_webhook: { webhookId },
    wait_for_events: { timeoutSeconds: 0 },
  };
}

/** Has the client of events subscribe, makes an event for it, and says what it was given. */
async function driveEvents(): Promise<void> {
  const child = spawn(process.execPath, [join(folder, "events.mjs")], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env.PATH, HOME: temporary, MCP_SERVER: JSON.stringify({ url: mcp.url, token }) },
  });
  let given = "nothing";
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as { subscribed?: true; events?: { name: string; data: string; left: number } };
    if (line.subscribed) {
      const { org } = await onsync.account.get();
      events.append({ ...sampleEvent("message.created"), id: "evt_client", orgId: org.id });
    }
    if (line.events) given = JSON.stringify(line.events);
  }
  const isGood =
    given.includes('"name":"message.created"') && given.includes("confirm my order") && given.includes('"left":0');
  console.log(`${isGood ? "ok" : "NOT OK"}: @ai-sdk/mcp subscribed to events, was delivered one, and unsubscribed`);
  if (isGood) return;
  console.error(`It was given ${given.slice(0, 600)}`);
  process.exitCode = 1;
}

function findProblems({ client, how, answers }: Line): string[] {
  const missing = tools.map(({ definition }) => definition.name).filter((name) => answers[name] === undefined);
  const failed = Object.entries(answers).filter(
    ([, answer]) => /^threw |"isError":true|\(validation_failed\)|failed \(/.test(answer) || answer === "",
  );
  return [
    ...missing.map((name) => `${client} over ${how} does not list ${name}`),
    ...failed.map(([name, answer]) => `${client} over ${how}, ${name}: ${answer.slice(0, 300)}`),
  ];
}

try {
  install();
  const runs = clients.flatMap((client) => ["http", "stdio"].map((how) => `${client} ${how}`));
  const prepared = await Promise.all(runs.map(async (run, index) => [run, await prepareArguments(index)] as const));
  const eventFile = join(temporary, "events.db");
  await openSqliteStore({ file: eventFile, claim: false }).close();
  const stdio = {
    command: process.execPath,
    args: [
      "--disable-warning=ExperimentalWarning",
      join(root, "cli/onsync-mcp.ts"),
      ...["--toolsets", toolsets.join(",")],
      ...["--events", eventFile],
    ],
    env: { ONSYNC_API_KEY: "clients-key", ONSYNC_BASE_URL: api.url, ONSYNC_LOG_LEVEL: "silent" },
  };
  const child = spawn(process.execPath, [join(folder, "drive.mjs")], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      PATH: process.env.PATH,
      HOME: temporary,
      MCP_SERVER: JSON.stringify({ url: mcp.url, token, stdio }),
      MCP_ARGUMENTS: JSON.stringify(Object.fromEntries(prepared)),
    },
  });
  let lines = 0;
  for await (const text of createInterface({ input: child.stdout })) {
    if (!text.startsWith('{"client"')) continue;
    const line = JSON.parse(text) as Line;
    lines++;
    const problems = findProblems(line);
    console.log(
      `${problems.length === 0 ? "ok" : "NOT OK"}: ${line.client} over ${line.how}: ${Object.keys(line.answers).length} tools listed and called`,
    );
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) process.exitCode = 1;
  }
  await driveEvents();
  if (lines !== runs.length) throw new Error(`${lines} of ${runs.length} clients came to their end`);
} finally {
  await mcp.close();
  await transport.close();
  await reference.close();
  rmSync(temporary, { recursive: true });
}
