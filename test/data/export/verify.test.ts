/** What is read again, and what is found by it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { exportTo, listParts, readParts } from "../../../testing/exports/export-to.ts";
import { Inbox } from "../../../testing/exports/inbox.ts";
import { temporaryFolder } from "../../../testing/imports/import-file.ts";

const none = { newer: 0, missing: 0, different: 0 };

test.each(["ndjson", "csv", "parquet"] as const)(
  "all that was exported as %s is found to be as OnSync has it",
  async (format) => {
    using folder = temporaryFolder();
    const inbox = new Inbox().fill(3, 120);
    inbox.addMessage("whatsapp:+971500000000", {
      ...{
        content: '=HYPERLINK("x")\r\n"سارة" \u2028 😀',
        failureReason: "",
        score: 1.5,
        isBot: true,
        tags: ["a"],
        tone: "'warm",
      },
      metadata: { nested: { deep: [1, null, "'"] } },
    });
    inbox.addContact({ phone: "+971500000000", email: null });
    for (const layout of ["folder", "file"] as const) {
      const path = join(folder.path, layout === "file" ? `one.${format}` : "out");
      const setup = { format, layout, path, state: join(folder.path, `${layout}.state`), verify: "all" as const };
      const result = await exportTo(folder.path, inbox, setup);
      expect(result.verified).toEqual({ ...none, compared: 361, extra: 0 });
      expect(result.completeUpTo).not.toBeNull();
    }
    const contacts = {
      format,
      path: join(folder.path, "c"),
      state: join(folder.path, "c.state"),
      verify: "all" as const,
    };
    const result = await exportTo(folder.path, inbox, { ...contacts, tables: ["contacts", "conversations"] });
    expect(result.verified).toEqual({ ...none, compared: 4, extra: 0 });
  },
);

test("a sample is a page of each list, and the newest page of some conversations", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox().fill(60, 2);
  const before = await exportTo(folder.path, inbox, { tables: ["messages", "conversations"] });
  inbox.paths.length = 0;
  const result = await exportTo(folder.path, inbox, { tables: ["messages", "conversations"], verify: "sample" });
  expect(before.requests).toBe(62);
  expect(result.verified).toEqual({ ...none, compared: 60 + 40, extra: null });
  expect(inbox.paths.filter((path) => path.endsWith("/messages"))).toHaveLength(20);
});

test("what OnSync has changed since is exported, and is no difference", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox();
  const old = inbox.addMessage("whatsapp:+971500000000", { direction: "outbound", status: "sent" });
  for (let number = 0; number < 5; number++)
    inbox.addMessage("whatsapp:+971500000000", { at: inbox.now + 3_600_000 * (number + 1) });
  await exportTo(folder.path, inbox);
  old.status = "read";
  const result = await exportTo(folder.path, inbox, { verify: "all" });
  expect(result.verified).toEqual({ ...none, newer: 1, compared: 6, extra: 0 });
  expect(readParts(folder.path).at(-1)).toMatchObject({ id: old.id, status: "read" });
  expect(result.completeUpTo).not.toBeNull();
});

test("a row that differs, though nothing says that it was changed, is found, and nothing is called complete", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox().fill(2, 3);
  await exportTo(folder.path, inbox);
  const part = join(folder.path, "out", "messages", listParts(folder.path)[0] as string);
  writeFileSync(part, readFileSync(part, "utf8").replace("Hi 3", "Ho 3"));
  const result = await exportTo(folder.path, inbox, { verify: "all" });
  expect(result).toMatchObject({ verified: { different: 1, missing: 0 }, completeUpTo: null });
});

test("a row that OnSync does not give any more stays, and is counted", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox().fill(2, 3);
  await exportTo(folder.path, inbox);
  inbox.messages.get("whatsapp:+971500000001")?.shift();
  const result = await exportTo(folder.path, inbox, { verify: "all" });
  expect(result.verified).toEqual({ ...none, compared: 5, extra: 1 });
});

test("a row that came between is missing where it was made before what is said to be complete", async () => {
  using folder = temporaryFolder();
  const inbox = new Inbox().fill(1, 3);
  const before = inbox.now - 3_600_000;
  await exportTo(folder.path, inbox);
  inbox.addMessage("whatsapp:+971500000000", { at: before });
  const result = await exportTo(folder.path, inbox, { verify: "all" });
  expect(result).toMatchObject({ verified: { missing: 1 }, completeUpTo: null });
});
