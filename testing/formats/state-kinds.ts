/** The files that remember how far a movement of data has come. */
import { FileState } from "../../src/data/export/targets/file-state.ts";
import { openJournal } from "../../src/data/import/journal.ts";
import { openSyncState } from "../../src/data/sync/state-store.ts";
import type { FileKind } from "./file-kind.ts";

export const importJournal: FileKind = {
  name: "import-journal",
  async make(file) {
    const made = openJournal(file);
    made.begin("the options");
    for (const row of ["done", "refused", "open"]) made.noteSending(row, [{ value: row }]);
    made.noteDone("done", { outcome: "created", contactId: "contact_1", requestId: "req_1", note: null });
    made.noteRefused("refused", { field: "phone", reason: "it is no phone number", requestId: "req_2" });
    made.noteLost("open");
    made.addKey("onsync_pk_test_k");
    made.close();
  },
  async read(file) {
    const opened = openJournal(file);
    const rows = ["done", "refused", "open", "new"].map((row) => opened.find(row, [{ value: row }], true));
    const contents = {
      unfinished: opened.isUnfinished("the options"),
      ...{ rows, counts: opened.count(), key: opened.knowsKey("onsync_pk_test_k"), contact: opened.anyContact() },
    };
    opened.close();
    return contents;
  },
  async use(file) {
    const opened = openJournal(file);
    opened.noteSending("later", [{ value: "later" }]);
    opened.close();
  },
};

export const syncState: FileKind = {
  name: "sync-state",
  async make(file) {
    const state = openSyncState(file);
    const record = { id: "contact_1", key: "a", linked: true, version: 7, doubt: false, sent: { phone: "b" } };
    await state.save(new Map([["salt", "c"]]), [
      { ...record, gone: false, identifiers: ["d"], fields: { phone: ["e", "f", "g"], email: [null, null, "h"] } },
    ]);
    await state.close();
  },
  async read(file) {
    const state = openSyncState(file);
    const { facts, records } = await state.load();
    await state.close();
    return { facts: Object.fromEntries(facts), records };
  },
  async use(file) {
    const state = openSyncState(file);
    await state.save(new Map([["later", "i"]]), []);
    await state.close();
  },
};

export const exportState: FileKind = {
  name: "export-state",
  async make(file) {
    const state = new FileState(file);
    const hash = Buffer.from("0123456789abcdef");
    state.applyChanges(new Map([["checkpoint a", "1"]]));
    state.setRow("messages", "msg_1", { version: 5, hash, part: 1, place: 0 });
    state.addPart("messages", { number: 1, name: "part-1.ndjson", bytes: 10, sha256: hash });
    const open = { number: 2, bytes: 3, rows: 1, earliest: 1, latest: 2, name: null };
    state.setOpen("messages", { ...open, columns: [{ name: "id", type: "text" }] });
    state.close();
  },
  async read(file) {
    const state = new FileState(file);
    const contents = {
      id: state.id,
      entries: state.listEntries("checkpoint", null, 10),
      row: state.findRow("messages", "msg_1"),
      parts: state.listParts("messages"),
      open: state.findOpen("messages"),
    };
    state.close();
    return contents;
  },
  async use(file) {
    const state = new FileState(file);
    state.setEntry("checkpoint b", "2");
    state.close();
  },
};
