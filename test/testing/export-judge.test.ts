/** The judge of tortured exports finds what must never be: each kind of wrong target, of wrong report and of wrong exporter is one. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, test } from "@jest/globals";
import { parquetWriteBuffer } from "hyparquet-writer";
import { Inbox, type Row, toTime } from "../../testing/exports/inbox/inbox.ts";
import { Judge, type TargetRow } from "../../testing/exports/judge/judge.ts";
import { judgeReport } from "../../testing/exports/judge/report.ts";
import { findSecrets } from "../../testing/exports/judge/secrets.ts";
import { runCampaign } from "../../testing/exports/process/campaigns.ts";
import { openDuckDb } from "../../testing/exports/targets/duckdb.ts";
import { openFiles } from "../../testing/exports/targets/files.ts";

function message(id: string, status?: string, content = "Hi"): Row {
  const createdAt = toTime(Number(id.slice(4)));
  return {
    id,
    conversationId: "whatsapp:+971500000000",
    content,
    metadata: { b: 1, a: 2 },
    createdAt,
    ...(status && { status }),
  };
}

const sent = message("msg_2", "sent");
const read = message("msg_2", "read");
const other = message("msg_1");

/** One message, and one that was queued at 2, sent at 3 and read at 4. */
function inboxOfTwo(): Inbox {
  const inbox = new Inbox();
  inbox.save("messages", other, 1);
  inbox.save("messages", message("msg_2", "queued"), 2);
  inbox.save("messages", sent, 3);
  inbox.save("messages", read, 4);
  return inbox;
}

function judgeOf(format: "ndjson" | "postgres" = "ndjson"): Judge {
  return new Judge({ inbox: inboxOfTwo(), table: "messages", format });
}

describe("rows", () => {
  test.each<[string, TargetRow[]]>([
    ["each once", [other, read]],
    ["one again, in a later state", [sent, other, read]],
    [
      "what is nested as text, absent as null, and names as a database has them",
      [
        { ...other, metadata: '{"a":2,"b":1}', to: null, _exportedAt: 9 },
        { ...read, conversationId: undefined, conversation_id: "whatsapp:+971500000000" },
      ],
    ],
  ])("%s: nothing is found", (_what, rows) => {
    expect(judgeOf().judge(rows, { upTo: 9 })).toEqual([]);
  });

  test.each<[string, TargetRow[], string]>([
    ["one that is lost", [other], "lost: msg_2"],
    ["one twice, and the same", [other, read, other], "twice: msg_1"],
    ["one that goes backwards", [other, read, sent], "backwards: msg_2 goes from state 2 to 1"],
    ["one that stayed behind", [other, sent], "old: msg_2 is in state 1, and was in 2"],
    ["one that never looked like that", [other, { ...read, content: "Ho" }], 'content is "Ho", must be "Hi"'],
    ["one that nobody wrote", [other, read, message("msg_7")], "made up: the source has no msg_7"],
    ["a field that the source has not", [{ ...other, mood: "good" }, read], 'mood is "good", must be nothing'],
  ])("%s is found", (_what, rows, violation) => {
    expect(judgeOf().judge(rows, { upTo: 9 }).join("\n")).toContain(violation);
  });

  test("what came after the moment that an export is complete up to may be missing", () => {
    expect(judgeOf().judge([other, sent], { upTo: 3 })).toEqual([]);
    expect(judgeOf().judge([other], { upTo: 1 })).toEqual([]);
  });

  test("a table has a row once, in whatever state", () => {
    expect(judgeOf("postgres").judge([other, sent, read], { upTo: 9 })).toContain("twice: msg_2 is there 2 times");
  });

  test("a target that was further before is found", () => {
    const judge = judgeOf("postgres");
    expect(judge.look([other, read])).toEqual([]);
    expect(judge.look([sent])).toEqual([
      "backwards: msg_2 was in state 2, and is in 1",
      "lost: msg_1 was in the target, and is not any more",
    ]);
  });

  test("what no event tells of a conversation may be that of an earlier state, nothing else", () => {
    const inbox = new Inbox();
    const conversation = { id: "whatsapp:+1", status: "assigned", updatedAt: toTime(1) };
    inbox.save("conversations", conversation, 1);
    inbox.save("conversations", { ...conversation, updatedAt: toTime(5) }, 5);
    inbox.save("conversations", { ...conversation, updatedAt: toTime(7), status: "resolved" }, 7);
    const judge = () => new Judge({ inbox, table: "conversations", format: "postgres" });
    expect(judge().judge([conversation], { upTo: 5 })).toEqual([]);
    expect(judge().judge([conversation], { upTo: 7 }).join()).toContain("old: whatsapp:+1 is in state 0, and was in 2");
  });
});

describe("the last line", () => {
  const done = { done: true as const, rows: 2, requests: 3, completeUpTo: toTime(5), unknown: 0 };
  const right = {
    finished: { done, code: 0, startedAt: 5, endedAt: 9, asked: 3 },
    inTarget: 2,
    missing: 0,
    extensions: true,
  };

  test("that is true is passed", () => {
    expect(judgeReport(right)).toEqual([]);
  });

  test.each<[string, object, object, string]>([
    ["is complete up to the future", { completeUpTo: toTime(10) }, {}, "in the future"],
    ["is complete up to no time", { completeUpTo: "soon" }, {}, "completeUpTo is soon"],
    ["knows nothing of what is missing", {}, { missing: 1, extensions: false }, "1 rows are missing"],
    ["has unknown rows where all can be known", { unknown: 1 }, {}, "everything can be known"],
    ["has a number of its own", { rows: 900 }, {}, "900 rows are reported"],
  ])("that %s is found", (_what, line, truth, violation) => {
    const finished = { ...right.finished, done: { ...done, ...line } };
    expect(judgeReport({ ...right, ...truth, finished }).join("\n")).toContain(violation);
  });
});

describe("targets", () => {
  async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "onsync-judge-"));
    try {
      await run(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test("parts are read by their order, and half a line, a leftover and a formula are found", () =>
    withFolder(async (folder) => {
      mkdirSync(join(folder, "messages"));
      const write = (name: string, text: string | Uint8Array) => writeFileSync(join(folder, "messages", name), text);
      write("part-000002.ndjson", `${JSON.stringify(read)}\n`);
      write("part-000001.ndjson", `${JSON.stringify(other)}\n${JSON.stringify(sent)}\n`);
      write("part-000001.csv", 'id,content\nmsg_1,"=1\n+1"\nmsg_2,-5\n');
      write("part-000003.ndjson.tmp", "");
      const target = openFiles(folder, "ndjson");
      expect(await target.read("messages")).toEqual([other, sent, read]);
      expect(target.inspect("messages")).toEqual(["left over: messages/part-000003.ndjson.tmp"]);
      expect(openFiles(folder, "csv").inspect("messages").join("\n")).toContain('has the cell "=1\\n+1"');
      write("part-000004.ndjson", '{"id":"msg_1"');
      await expect(target.read("messages")).rejects.toThrow("part-000004.ndjson is no whole ndjson");
    }));

  test("Parquet and DuckDB are read with times as they are", () =>
    withFolder(async (folder) => {
      const createdAt = new Date(1);
      const columnData = [
        { name: "id", data: ["msg_1"] },
        { name: "createdAt", data: [createdAt], type: "TIMESTAMP" as const },
      ];
      writeFileSync(join(folder, "messages.parquet"), Buffer.from(parquetWriteBuffer({ columnData })));
      expect(await openFiles(folder, "parquet").read("messages")).toEqual([{ id: "msg_1", createdAt }]);
      const file = join(folder, "warehouse.duckdb");
      const instance = await DuckDBInstance.create(file);
      const connection = await instance.connect();
      await connection.run(
        `CREATE TABLE messages AS SELECT 'msg_1' AS id, TIMESTAMPTZ '1970-01-01 00:00:00.001+00' AS "createdAt"`,
      );
      connection.closeSync();
      instance.closeSync();
      expect(await openDuckDb(file).read("messages")).toEqual([{ id: "msg_1", createdAt: 1 }]);
    }));

  test("a secret in a file is found, and where", () =>
    withFolder(async (folder) => {
      writeFileSync(join(folder, "state.db"), Buffer.from("\0\0made-up-secret\0"));
      expect(findSecrets(folder, { "API key": "made-up-secret" })).toEqual(["secret: state.db has the API key"]);
      expect(findSecrets(folder, { "API key": "made-up-secret" }, () => true)).toEqual([]);
    }));
});

describe("an exporter that is killed", () => {
  const program = join(import.meta.dirname, "../../testing/exports/fixtures/exporter.ts");

  async function torture(wrong: string): Promise<string[]> {
    const command = [process.execPath, "--disable-warning=ExperimentalWarning", program, "--wrong", wrong];
    const settings = { seed: 3, command, kills: 1, table: "messages" as const, extensions: true };
    const openTarget = async (folder: string) => openFiles(join(folder, "out"), "ndjson");
    return (await runCampaign("backfill", { ...settings, openTarget })).violations;
  }

  test.each<[string, string, RegExp | null]>([
    ["is right", "nothing", null],
    ["loses a row", "loses-a-row", /^lost: msg_/],
  ])(
    "and %s is known as such",
    async (_what, wrong, violation) => {
      const violations = await torture(wrong);
      if (violation) expect(violations.find((each) => violation.test(each))).toBeDefined();
      else expect(violations).toEqual([]);
    },
    60_000,
  );
});
