/** The console's lists a page at a time: everything is reached, each row once, however long they are. */
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Reference } from "../../../../reference/index.ts";
import { get, open } from "../requests.ts";

let reference: Reference;
/** Stands still, so that many rows have the same moment. */
beforeEach(() => {
  reference = open({ clock: () => Date.parse("2026-11-22T10:00:00.000Z") });
});
afterEach(() => reference.close());

type Row = { id: string; position: number[] };

/** Page after page, each after the last row of the one before. */
async function readAll(path: string, limit: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const before = rows.at(-1)?.position.join(",");
    const query = `limit=${limit}${before === undefined ? "" : `&before=${encodeURIComponent(before)}`}`;
    const { body } = await get(reference, `/_console/${path}?${query}`);
    const page = body as unknown as { data: Row[]; more: boolean };
    rows.push(...page.data);
    if (!page.more) return rows;
    expect(page.data).toHaveLength(limit);
  }
}

test("1,003 conversations and their contacts, all of one moment, come once each in pages of any size", async () => {
  for (let number = 0; number < 1003; number += 1) {
    await reference.control.inbound({ platform: "telegram", from: String(number), content: "Hi" });
  }
  for (const [path, limit] of [
    ["conversations", 500],
    ["conversations", 17],
    ["contacts", 500],
  ] as const) {
    const ids = (await readAll(path, limit)).map(({ id }) => id);
    expect([path, ids.length, new Set(ids).size]).toEqual([path, 1003, 1003]);
  }
});

test("a thread is read back to its first message", async () => {
  const said = Array.from({ length: 620 }, (_, index) => `Message ${index}`);
  for (const content of said) await reference.control.inbound({ platform: "telegram", from: "7", content });
  let before = "";
  const read: string[] = [];
  for (;;) {
    const { body } = await get(reference, `/_console/conversations/telegram%3A7?limit=100${before}`);
    const page = body as unknown as { messages: { content: string; createdAt: string }[]; more: boolean };
    read.unshift(...page.messages.map(({ content }) => content));
    if (!page.more) break;
    before = `&before=${Date.parse(page.messages[0]?.createdAt ?? "")}`;
  }
  expect(read).toEqual(said);
});

test.each(["x", "1", "1,2,3", "1,", ",", "1.5,2", "1e400,1"])(
  "the position %j is refused by name",
  async (position) => {
    const { status, body } = await get(reference, `/_console/conversations?before=${position}`);
    expect([status, body.error]).toEqual([
      400,
      expect.objectContaining({
        details: [expect.objectContaining({ path: ["before"], message: expect.stringContaining("no position") })],
      }),
    ]);
  },
);
