/** One import or export, or the loop that a script would do it by, in a process of its own: says what it took. */
import { appendFileSync, readFileSync } from "node:fs";
import { createMemoryLedger, createOnSync } from "../../src/client/index.ts";
import { undiciTransport } from "../../src/client/transport/undici.ts";
import {
  createBudget,
  mapColumns,
  openFileTarget,
  openJournal,
  openRows,
  type PartFormat,
  planImport,
  RefusedFile,
  runExport,
  runImport,
} from "../../src/data/index.ts";

const [way = "", url = "", path = "", format = "ndjson"] = process.argv.slice(2);
const apiKey = "onsync_pk_test_bench";
const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };

async function withClient<Result>(
  use: (onsync: ReturnType<typeof createOnSync>, budget: ReturnType<typeof createBudget>) => Promise<Result>,
): Promise<Result> {
  const transport = undiciTransport();
  const onsync = createOnSync({ apiKey, baseUrl: url, transport, maxAttempts: 1 });
  const budget = createBudget({ ledger: createMemoryLedger(), scope: url, share: 1 });
  try {
    return await use(onsync, budget);
  } finally {
    await transport.close();
  }
}

function exportMessages(): Promise<number> {
  return withClient(async (onsync, budget) => {
    const target = openFileTarget({ path, layout: "folder", format: format as PartFormat, state: `${path}.state` });
    const { rows } = await runExport({ tables: ["messages"], target, onsync, budget, apiKey });
    await target.close();
    return rows;
  });
}

function importContacts(): Promise<number> {
  return withClient(async (onsync, budget) => {
    const rows = await openRows(path);
    const options = { rows, mapping: mapColumns(rows.columns), tags: "keep", onDuplicate: "skip", budget } as const;
    const journal = openJournal(`${path}.journal`);
    const plan = await planImport({ ...options, journal });
    const refused = new RefusedFile(`${path}.refused.csv`, rows);
    const { created, updated } = await runImport({ ...options, plan, journal, onsync, refused });
    journal.close();
    return created + updated;
  });
}

type Page<Item> = { data: Item[]; nextCursor: string | null; nextBefore: string | null };

async function fetchPage<Item>(location: string): Promise<Page<Item>> {
  return (await (await fetch(`${url}${location}`, { headers })).json()) as Page<Item>;
}

/** Page after page, without a checkpoint or an fsync. */
async function loopOverPages(): Promise<number> {
  let rows = 0;
  for (let cursor = ""; ; ) {
    const list = await fetchPage<{ id: string }>(`/conversations?limit=100${cursor}`);
    for (const { id } of list.data)
      for (let before = ""; ; ) {
        const page = await fetchPage<object>(`/conversations/${encodeURIComponent(id)}/messages?limit=100${before}`);
        appendFileSync(path, page.data.map((message) => `${JSON.stringify(message)}\n`).join(""));
        rows += page.data.length;
        if (page.nextBefore === null) break;
        before = `&before=${encodeURIComponent(page.nextBefore)}`;
      }
    if (list.nextCursor === null) return rows;
    cursor = `&cursor=${encodeURIComponent(list.nextCursor)}`;
  }
}

/** Row after row, without a check, a plan or a journal. */
async function loopOverRows(): Promise<number> {
  const [, ...lines] = readFileSync(path, "utf8").trim().split("\n");
  for (const line of lines) {
    const [firstName, phone] = line.split(",");
    const body = JSON.stringify({ firstName, phone });
    await (await fetch(`${url}/contacts`, { method: "POST", headers, body })).text();
  }
  return lines.length;
}

const ways: Record<string, () => Promise<number>> = { exportMessages, importContacts, loopOverPages, loopOverRows };
const started = performance.now();
const rows = (await ways[way]?.()) ?? 0;
const ms = performance.now() - started;
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
process.send?.({ rows, ms, cpuMs: (userCPUTime + systemCPUTime) / 1000, mib: maxRSS / 1024 });
process.disconnect?.();
