/** What imports and exports of a stated size cost of the org's 1,000 requests an hour, the first time and again. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryLedger, type OnSync } from "../../src/client/index.ts";
import { createBudget, openFileTarget, runExport, type TableName } from "../../src/data/index.ts";
import { importFile, numberedContacts, writeContacts } from "../imports/import-file.ts";
import { type Cost, countEach, withCounted } from "./count.ts";
import { fillReferenceFile } from "./reference-file.ts";

type Place = { onsync: OnSync; apiKey: string; folder: string };

const contacts = numberedContacts(100);
const tagged = contacts.map((line, index) => (index === 0 ? `${line},Tags` : `${line},expo`));

function imports(lines: readonly string[], tags: "keep" | "add" = "keep"): Cost<Place>["run"] {
  return ({ onsync, folder }) => {
    writeContacts(folder, lines);
    return importFile(folder, { onsync, share: 1, tags });
  };
}

/** Goes on where an export of the same table ended. */
function exports(table: TableName): Cost<Place>["run"] {
  return async ({ onsync, apiKey, folder }) => {
    const path = join(folder, table);
    const target = openFileTarget({ path, layout: "folder", format: "ndjson", state: `${path}.state` });
    const budget = createBudget({ ledger: createMemoryLedger(), scope: onsync.baseUrl, share: 1 });
    await runExport({ tables: [table], target, onsync, budget, apiKey });
    await target.close();
  };
}

const whyWhose = "Whose account it is, is asked once, so that no other's is mixed into the same files.";
const whyTwice = "A list of several pages may move while it is read: its beginning is looked at once more.";
const whyOverlap =
  "The next page of a history begins a millisecond late, so that messages of one instant are not lost between two: a sixth page for 500.";

/** On an account with 1,000 contacts and 20 conversations of 500 messages. */
export const movementCosts: readonly Cost<Place>[] = [
  { of: "import of 100 rows", when: "new contacts", least: 100, run: imports(contacts) },
  { of: "import of 100 rows", when: "the same file again", least: 0, run: imports(contacts) },
  {
    of: "import of 100 rows",
    when: "the same file, 10 rows of it changed",
    least: 10,
    run: imports(contacts.map((line, index) => (index > 0 && index <= 10 ? line.replace("Sara", "Sarah") : line))),
  },
  {
    of: "import of 100 rows",
    when: "with a tag that none has, added",
    least: 200,
    run: imports(tagged, "add"),
  },
  { of: "import of 100 rows", when: "with a tag that all have, again", least: 0, run: imports(tagged, "add") },
  {
    of: "export of 1,100 contacts",
    when: "the first",
    least: 11,
    why: `${whyWhose} ${whyTwice}`,
    run: exports("contacts"),
  },
  { of: "export of 1,100 contacts", when: "again, nothing new", least: 11, why: whyTwice, run: exports("contacts") },
  {
    of: "export of 10,000 messages",
    when: "the first",
    least: 101,
    why: `${whyWhose} ${whyOverlap}`,
    run: exports("messages"),
  },
  { of: "export of 10,000 messages", when: "again, nothing new", least: 1, run: exports("messages") },
];

/** What they cost, in the order of `movementCosts`. */
export async function countMovements(): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), "onsync-requests-"));
  try {
    const data = join(folder, "reference.db");
    await fillReferenceFile(data, { contacts: 1_000, conversations: 20, messagesEach: 500 });
    return await withCounted(
      ({ reference, onsync, count }) => countEach(movementCosts, { onsync, apiKey: reference.key, folder }, count),
      { data, maxAttempts: 1 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
