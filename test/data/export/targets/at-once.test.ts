/** An export that follows the events reads several feeds at once: rows come while the parts of before are made whole. */
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { exportTables } from "../../../../src/data/export/records.ts";
import { openFileTarget } from "../../../../src/data/index.ts";
import { readParts } from "../../../../testing/exports/export-to.ts";
import { temporaryFolder } from "../../../../testing/imports/import-file.ts";

const { messages } = exportTables;
const nothing = new Map<string, string | null>();

function message(number: number) {
  return {
    id: `msg_${number}`,
    content: `Hi ${number}`,
    createdAt: new Date(1_700_000_000_000 + number).toISOString(),
  };
}

test("rows that come while a part is made whole are neither lost nor the end of it", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "out");
  const target = openFileTarget({ path, layout: "folder", format: "ndjson", state: `${path}.state` });
  const add = (number: number) => target.commit([{ table: messages, rows: [message(number)] }], nothing);
  await add(1);
  await Promise.all([target.finish([messages]), add(2), add(3), target.finish([messages])]);
  await target.finish([messages]);
  await target.close();
  expect((await readParts(folder.path)).map(({ id }) => id).sort()).toEqual(["msg_1", "msg_2", "msg_3"]);
});
