/** What the browser remembers of the console. */
import { expect, test } from "@jest/globals";
import { importAsset } from "./import-asset.ts";

type StoredMap = {
  read(): Map<string, unknown>;
  get(id: string): unknown;
  set(id: string, value: unknown): void;
  delete(id: string): void;
};
type Storage = { getItem(key: string): string | null; setItem(key: string, value: string): void };
const { createStoredMap } = await importAsset<{
  createStoredMap(name: string, max: number, storage?: Storage, getOrgId?: () => string | undefined): StoredMap;
}>("stored.js");

function createStorage(): Storage & { items: Map<string, string> } {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
  };
}

test("it is there after a reload, and another org and another map know nothing of it", () => {
  const storage = createStorage();
  let org: string | undefined = "org_1";
  const open = (name = "drafts") => createStoredMap(name, 10, storage, () => org);
  open().set("a", { text: "half a sent" });
  expect(open().get("a")).toEqual({ text: "half a sent" });
  expect(open("read").get("a")).toBeUndefined();
  org = "org_2";
  expect(open().get("a")).toBeUndefined();
});

test("what was written longest ago is forgotten first", () => {
  const map = createStoredMap("drafts", 3, createStorage(), () => undefined);
  for (const id of ["a", "b", "c", "a", "d"]) map.set(id, id);
  expect([...map.read().keys()]).toEqual(["c", "a", "d"]);
  map.delete("a");
  expect([...map.read().keys()]).toEqual(["c", "d"]);
});

test("two tabs do not undo what the other wrote", () => {
  const storage = createStorage();
  const [one, other] = [1, 2].map(() => createStoredMap("drafts", 9, storage, () => undefined)) as [
    StoredMap,
    StoredMap,
  ];
  one.set("a", 1);
  other.set("b", 2);
  one.delete("a");
  expect([...other.read()]).toEqual([["b", 2]]);
});

test.each([
  ["a browser that keeps nothing", undefined],
  [
    "one that is full",
    {
      getItem: () => null,
      setItem: () => {
        throw new Error("QuotaExceededError");
      },
    },
  ],
])("%s remembers until the page is left", (_what, storage) => {
  const map = createStoredMap("drafts", 9, storage, () => undefined);
  map.set("a", 1);
  expect(map.get("a")).toBe(1);
  map.delete("a");
  expect(map.get("a")).toBeUndefined();
});

test.each(["{", "null", "[]", '"text"', "7", ""])("%j in its place is as good as nothing", (text) => {
  const storage = createStorage();
  storage.setItem("onsync-console drafts ", text);
  const map = createStoredMap("drafts", 9, storage, () => undefined);
  expect(map.get("a")).toBeUndefined();
  map.set("a", 1);
  expect(map.get("a")).toBe(1);
});
