/**
 * Does a lookup cost the same at a million rows as at a thousand? Medians of the reference API's answers, the whole way
 * (routing, key, limits, SQL, JSON), in process, on a data file, for both sizes in one interleaved run.
 *
 *   node bench/reference.ts [--rows 1000000] [--samples 2000]
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { createReference } from "../reference/index.ts";
import { createRandom, formatTable, median, quantile } from "./measure.ts";

const { values } = parseArgs({
  options: { rows: { type: "string", default: "1000000" }, samples: { type: "string", default: "2000" } },
});
const sizes = [1000, Number(values.rows)];
const samples = Number(values.samples);
/** Messages of the one long conversation and of each of the others. */
const messagesEach = 100;

function formatPhone(index: number): string {
  return `+9715${String(index).padStart(8, "0")}`;
}

const start = Date.parse("2024-01-01T00:00:00.000Z");

/** A data file with that many contacts and that many messages, a hundred to a conversation. */
async function fillFile(file: string, rows: number): Promise<void> {
  const reference = await createReference({ data: file });
  await reference.close();
  const sql = new DatabaseSync(file);
  const org = sql.prepare("SELECT id FROM orgs").get()?.id as string;
  const contact = sql.prepare(
    "INSERT INTO contacts (id, org_id, first_name, last_name, phone, email, email_key, external_id, created_at, updated_at, properties) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const conversation = sql.prepare(
    "INSERT INTO conversations (seq, org_id, id, platform, address, contact_id, status, created_at, updated_at, last_message_at, last_inbound_at, message_count) VALUES (?, ?, ?, 'whatsapp', ?, ?, 'open', ?, ?, ?, ?, ?)",
  );
  const message = sql.prepare(
    "INSERT INTO messages (id, conversation, type, direction, content, metadata, created_at) VALUES (?, ?, 'text', ?, ?, ?, ?)",
  );
  sql.exec("BEGIN");
  for (let index = 0; index < rows; index++) {
    const email = `person${index}@example.com`;
    const externalId = `crm_${index}`;
    contact.run(
      `contact_${index}`,
      org,
      "Person",
      `No${index}`,
      formatPhone(index),
      email,
      email,
      externalId,
      start + index,
      start + index,
      JSON.stringify({ externalId }),
    );
  }
  for (let index = 0; index < rows / messagesEach; index++) {
    const last = start + messagesEach * 1000;
    conversation.run(
      index + 1,
      org,
      `whatsapp:${formatPhone(index)}`,
      formatPhone(index),
      `contact_${index}`,
      start,
      last,
      last,
      last,
      messagesEach,
    );
    for (let n = 0; n < messagesEach; n++) {
      message.run(
        `msg_${index}_${n}`,
        index + 1,
        n % 2 ? "outbound" : "inbound",
        `Message ${n} about order ${index}`,
        "{}",
        start + n * 1000,
      );
    }
  }
  sql.exec("COMMIT");
  sql.close();
}

type Case = {
  name: string;
  request: (index: number, rows: number) => { method?: string; path: string; body?: unknown };
};

function formatConversationPath(index: number, rows: number) {
  return encodeURIComponent(`whatsapp:${formatPhone(index % (rows / messagesEach))}`);
}

const cases: Case[] = [
  {
    name: "GET /contacts?phone=",
    request: (index) => ({ path: `/contacts?phone=${encodeURIComponent(formatPhone(index))}` }),
  },
  { name: "GET /contacts?email=", request: (index) => ({ path: `/contacts?email=Person${index}@Example.com` }) },
  { name: "GET /contacts?externalId=", request: (index) => ({ path: `/contacts?externalId=crm_${index}` }) },
  { name: "GET /contacts/{id}", request: (index) => ({ path: `/contacts/contact_${index}` }) },
  {
    name: "history, latest 50",
    request: (index, rows) => ({ path: `/conversations/${formatConversationPath(index, rows)}/messages?limit=50` }),
  },
  {
    name: "history, 50 before the middle",
    request: (index, rows) => ({
      path: `/conversations/${formatConversationPath(index, rows)}/messages?limit=50&before=${new Date(start + (messagesEach / 2) * 1000).toISOString()}`,
    }),
  },
  {
    name: "POST /contacts (update by phone)",
    request: (index) => ({
      method: "POST",
      path: "/contacts",
      body: { phone: formatPhone(index), lastName: `Renamed${index}` },
    }),
  },
];

const folder = mkdtempSync(join(tmpdir(), "onsync-bench-"));
try {
  const files = await Promise.all(
    sizes.map(async (rows) => {
      const file = join(folder, `${rows}.db`);
      await fillFile(file, rows);
      return file;
    }),
  );
  const references = await Promise.all(
    files.map((data) => createReference({ data, keys: ["bench-key"], rateLimit: 1_000_000_000 })),
  );
  const call = async (which: number, { method = "GET", path, body }: ReturnType<Case["request"]>): Promise<number> => {
    const request = new Request(`http://127.0.0.1/v1${path}`, {
      method,
      headers: { authorization: "Bearer bench-key", ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const started = process.hrtime.bigint();
    const response = await (references[which] as (typeof references)[number]).fetch(request);
    await response.text();
    const micros = Number(process.hrtime.bigint() - started) / 1000;
    if (response.status !== 200) throw new Error(`${method} ${path} answered ${response.status}`);
    return micros;
  };

  const rows = [];
  for (const { name, request } of cases) {
    const random = createRandom(7);
    const times: number[][] = [[], []];
    for (let sample = 0; sample < samples + 200; sample++) {
      for (const which of [0, 1]) {
        const size = sizes[which] as number;
        const micros = await call(which, request(Math.floor(random() * size), size));
        if (sample >= 200) times[which]?.push(micros); // the first 200 warm up
      }
    }
    const [small, large] = times.map((each) => median(each)) as [number, number];
    rows.push([
      name,
      (large / small).toFixed(2),
      small.toFixed(0),
      large.toFixed(0),
      quantile(times[1] as number[], 0.99).toFixed(0),
    ]);
  }
  for (const reference of references) await reference.close();
  console.log(
    `${sizes[1]?.toLocaleString("en")} contacts and as many messages against ${sizes[0]?.toLocaleString("en")}, Node ${process.version}, ${samples} requests a cell; the large file has ${(statSync(files[1] as string).size / 2 ** 20).toFixed(0)} MiB\n`,
  );
  console.log(
    formatTable(
      ["request", "ratio of medians", "median µs at 1,000", "median µs at the large size", "p99 µs at the large size"],
      rows,
    ),
  );
} finally {
  rmSync(folder, { recursive: true });
}
