/** One export, or one loop over pages, in a process of its own: prints what it took. */
import { appendFileSync } from "node:fs";
import { createMemoryLedger, createOnSync } from "../../src/client/index.ts";
import { undiciTransport } from "../../src/client/transport/undici.ts";
import { createBudget, openFileTarget, type PartFormat, runExport } from "../../src/data/index.ts";
import type { Measured } from "./measured.ts";

const [way = "", url = "", path = ""] = process.argv.slice(2);
const apiKey = "onsync_pk_test_bench";

async function exportMessages(format: PartFormat): Promise<number> {
  const transport = undiciTransport();
  const onsync = createOnSync({ apiKey, baseUrl: url, transport, maxAttempts: 1 });
  const target = openFileTarget({ path, layout: "folder", format, state: `${path}.state` });
  const budget = createBudget({ ledger: createMemoryLedger(), scope: url, share: 1 });
  const { rows } = await runExport({ tables: ["messages"], target, onsync, budget, apiKey });
  await target.close();
  await transport.close();
  return rows;
}

type Page<Item> = { data: Item[]; nextCursor: string | null; nextBefore: string | null };

async function fetchPage<Item>(location: string): Promise<Page<Item>> {
  const response = await fetch(`${url}${location}`, { headers: { authorization: `Bearer ${apiKey}` } });
  return (await response.json()) as Page<Item>;
}

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

const rows = way === "naive" ? await loopOverPages() : await exportMessages(way as PartFormat);
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
const measured: Measured = {
  ...{ rows, ms: performance.now(), cpuMs: (userCPUTime + systemCPUTime) / 1000, mib: maxRSS / 1024 },
};
console.log(JSON.stringify(measured));
