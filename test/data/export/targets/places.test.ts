/** Where an export does not go: links, what belongs to somebody else, and what is not as it was left. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { exportTo, listParts } from "../../../../testing/exports/export-to.ts";
import { Inbox } from "../../../../testing/exports/inbox.ts";
import { temporaryFolder } from "../../../../testing/imports/import-file.ts";

test.each<[string, (folder: string) => void, string]>([
  ["the folder is a link", (folder) => symlinkSync(join(folder, "else"), join(folder, "out")), "is a symbolic link"],
  [
    "the table's folder is a link",
    (folder) => {
      mkdirSync(join(folder, "out"));
      symlinkSync(join(folder, "else"), join(folder, "out", "messages"));
    },
    "is a symbolic link",
  ],
  ["it is a file", (folder) => writeFileSync(join(folder, "out"), "mine"), "is no folder"],
  [
    "there are files of somebody else's",
    (folder) => {
      mkdirSync(join(folder, "out", "messages"), { recursive: true });
      writeFileSync(join(folder, "out", "messages", "part-000001-mine.ndjson"), "mine");
    },
    "part-000001-mine.ndjson is not of this export",
  ],
  [
    "the state is a link",
    (folder) => symlinkSync(join(folder, "else"), join(folder, "out.state")),
    "is a symbolic link",
  ],
  [
    "the state is another file",
    (folder) => writeFileSync(join(folder, "out.state"), "mine"),
    "cannot be the state of an export",
  ],
])("is refused, and nothing is written elsewhere: %s", async (_what, prepare, message) => {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, "else"));
  prepare(folder.path);
  const inbox = new Inbox().fill(1, 3);
  await expect(exportTo(folder.path, inbox)).rejects.toThrow(message);
  expect(readdirSync(join(folder.path, "else"))).toEqual([]);
  for (const name of ["out", "out.state", "out/messages/part-000001-mine.ndjson"]) {
    const path = join(folder.path, name);
    if (existsSync(path) && statSync(path).isFile())
      expect(readFileSync(path, "utf8").slice(0, 4)).toMatch(/mine|SQLi/);
  }
});

test("a single file of somebody else's, a link and a folder are not written over", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "messages.ndjson");
  const inbox = new Inbox().fill(1, 3);
  writeFileSync(path, "mine");
  await expect(exportTo(folder.path, inbox, { layout: "file", path })).rejects.toThrow("is not of this export");
  expect(readFileSync(path, "utf8")).toBe("mine");
  rmSync(path);
  writeFileSync(join(folder.path, "else"), "");
  symlinkSync(join(folder.path, "else"), path);
  await expect(exportTo(folder.path, inbox, { layout: "file", path })).rejects.toThrow(
    /not of this export|symbolic link/,
  );
  expect(readFileSync(join(folder.path, "else"), "utf8")).toBe("");
});

test("a part that was changed or taken away is noticed before anything is added", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox().fill(1, 3);
  await exportTo(folder.path, inbox);
  const part = join(folder.path, "out", "messages", listParts(folder.path)[0] as string);
  appendFileSync(part, "more\n");
  await expect(exportTo(folder.path, inbox)).rejects.toThrow("is not as it was exported");
  rmSync(part);
  await expect(exportTo(folder.path, inbox)).rejects.toThrow("is not as it was exported");
});

test("a single file that was changed is not made anew from what it has by now", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "messages.ndjson");
  const inbox = new Inbox().fill(1, 3);
  await exportTo(folder.path, inbox, { layout: "file", path });
  writeFileSync(path, readFileSync(path, "utf8").replaceAll("Hi", "Yo"));
  inbox.addMessage("whatsapp:+971500000000");
  await expect(exportTo(folder.path, inbox, { layout: "file", path })).rejects.toThrow(
    "was changed since it was exported",
  );
});

test("two exports with states of their own do not share a folder, nor another format one state", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox().fill(1, 3);
  await exportTo(folder.path, inbox);
  const other = { state: join(folder.path, "other.state") };
  await expect(exportTo(folder.path, inbox, other)).rejects.toThrow("is not of this export");
  await expect(exportTo(folder.path, inbox, { format: "csv" })).rejects.toThrow(
    "is the state of an export to a folder of ndjson, not a folder of csv",
  );
});

test("every file that is written is its owner's alone, whatever the umask is", async () => {
  using folder = temporaryFolder();
  const umask = process.umask(0);
  try {
    await exportTo(folder.path, new Inbox().fill(2, 3));
  } finally {
    process.umask(umask);
  }
  const parts = listParts(folder.path).map((name) => join("out", "messages", name));
  for (const name of ["out.state", ...parts]) expect(statSync(join(folder.path, name)).mode & 0o777).toBe(0o600);
  for (const name of ["out", "out/messages"]) expect(statSync(join(folder.path, name)).mode & 0o777).toBe(0o700);
});

test("no record chooses the name of a file", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox();
  inbox.addMessage("whatsapp:../../etc", { id: "../../evil", content: "x" });
  await exportTo(folder.path, inbox);
  expect(listParts(folder.path)).toEqual([expect.stringMatching(/^part-000001-\d{8}T\d{6}Z-\d{8}T\d{6}Z\.ndjson$/)]);
  expect(readdirSync(folder.path).sort()).toEqual(["out", "out.state"]);
});
