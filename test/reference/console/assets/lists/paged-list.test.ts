/**
 * A long list that is kept as it is on the server while rows come, move, go and change at random. The oracle is the
 * server's own list: what the page has read must be the head of it, each row as it is.
 */
import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { importAsset } from "../import-asset.ts";

type Row = { id: string; position: [number]; version: number };
type Page = { rows: Row[]; more: boolean };
type PagedList = {
  getRows(): Row[];
  hasMore(): boolean;
  refresh(ids?: readonly string[]): Promise<void>;
  readMore(): Promise<void>;
};
type Options = {
  readPage: (page: { before?: string; limit: number }) => Promise<Page>;
  positionOf: (row: Row) => number[];
  pageSize?: number;
  nextSize?: number;
  rereadSize?: number;
};

const { createPagedList } = await importAsset<{ createPagedList(options: Options): PagedList }>("lists/paged-list.js");

/** A list that falls by position, of which each answer is a copy. */
function createServer() {
  let rows: Row[] = [];
  let last = 0;
  const reads: number[] = [];
  return {
    reads,
    list: () => rows,
    add: () => {
      last += 1;
      rows = [{ id: `row_${last}`, position: [last], version: 0 }, ...rows];
      return `row_${last}`;
    },
    /** It becomes the first. */
    bump: (id: string) => {
      last += 1;
      const row = rows.find((each) => each.id === id) as Row;
      rows = [{ ...row, position: [last] }, ...rows.filter((each) => each !== row)];
    },
    change: (id: string) => {
      rows = rows.map((row) => (row.id === id ? { ...row, version: row.version + 1 } : row));
    },
    remove: (id: string) => {
      rows = rows.filter((row) => row.id !== id);
    },
    readPage: async ({ before, limit }: { before?: string; limit: number }): Promise<Page> => {
      reads.push(limit);
      const found = rows.filter(({ position }) => before === undefined || position[0] < Number(before));
      return structuredClone({ rows: found.slice(0, limit), more: found.length > limit });
    },
  };
}

function open(server: ReturnType<typeof createServer>): PagedList {
  return createPagedList({
    readPage: server.readPage,
    positionOf: ({ position }) => position,
    pageSize: 3,
    nextSize: 4,
    rereadSize: 7,
  });
}

const step = fc.record({
  does: fc.constantFrom("add", "bump", "change", "remove", "more", "look", "look again at all"),
  at: fc.nat(),
});

test("whatever happens, what was read is the head of the list on the server, without a gap, and as it is there", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(25), fc.array(step, { maxLength: 40 }), async (count, steps) => {
      const server = createServer();
      for (let each = 0; each < count; each += 1) server.add();
      const list = open(server);
      await list.refresh();
      let touched: string[] = [];
      for (const { does, at } of steps) {
        const any = server.list()[at % Math.max(1, server.list().length)]?.id;
        if (does === "add") touched.push(server.add());
        else if (does === "more") await list.readMore();
        else if (does === "look again at all") {
          await list.refresh();
          touched = [];
        } else if (does === "look") {
          await list.refresh(touched);
          touched = [];
        } else if (any !== undefined) {
          server[does](any);
          touched.push(any);
        }
      }
      const deep = list.getRows().at(-1)?.position[0];
      await list.refresh(touched);
      const read = list.getRows();
      expect(read).toEqual(server.list().slice(0, read.length));
      // That the last one is gone which was not read yet is only known once one reads on.
      if (read.length < server.list().length) expect(list.hasMore()).toBe(true);
      // Nothing that one had scrolled to is lost.
      if (deep !== undefined) {
        const stays = server.list().filter(({ position }) => position[0] >= deep).length;
        expect(read.length).toBeGreaterThanOrEqual(Math.min(stays, server.list().length));
      }
      while (list.hasMore()) await list.readMore();
      expect(list.getRows()).toEqual(server.list());
    }),
    { numRuns: 300, seed: 15 },
  );
});

describe("of 5,000 rows that were read", () => {
  async function readAll() {
    const server = createServer();
    for (let each = 0; each < 5000; each += 1) server.add();
    const list = createPagedList({ readPage: server.readPage, positionOf: ({ position }) => position });
    await list.refresh();
    while (list.hasMore()) await list.readMore();
    expect(list.getRows()).toHaveLength(5000);
    server.reads.length = 0;
    return { server, list };
  }

  test("a new one, and an old one that becomes the first, cost one small page", async () => {
    const { server, list } = await readAll();
    const id = server.add();
    await list.refresh([id]);
    server.bump("row_9");
    await list.refresh(["row_9"]);
    expect(server.reads).toEqual([50, 50]);
    expect(list.getRows()).toEqual(server.list());
  });

  test("one that changed is read again down to its place, and no further", async () => {
    const { server, list } = await readAll();
    server.change("row_4200");
    await list.refresh(["row_4200"]);
    expect(server.reads).toEqual([50, 500, 500]);
    expect(list.getRows()).toEqual(server.list());
  });

  test("what is asked for while one reads is one more reading", async () => {
    const { server, list } = await readAll();
    await Promise.all([list.refresh(["row_5000"]), list.refresh([]), list.refresh([])]);
    expect(server.reads).toEqual([50]);
  });
});

test("a reading that failed is said, and the next one reads", async () => {
  const server = createServer();
  server.add();
  let fails = true;
  const list = createPagedList({
    positionOf: ({ position }) => position,
    readPage: (page) => (fails ? Promise.reject(new Error("gone")) : server.readPage(page)),
  });
  await expect(list.refresh()).rejects.toThrow("gone");
  fails = false;
  await list.refresh([]);
  expect(list.getRows()).toEqual(server.list());
});
