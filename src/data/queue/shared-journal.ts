/**
 * The journal of an import that workers share: here a SQLite file of this worker's own, and in the store each change of it, in order,
 * so that the next worker has the same file. What is not in the store was not noted.
 */
import type { Session } from "node:sqlite";
import { Journal, journalKind } from "../import/journal.ts";
import { openStateFile, type StateFile } from "../state-file.ts";
import type { ImportStore } from "./store.ts";

/** With more changes than this they are put together. */
const maxEntries = 2_000;

export type SharedJournal = {
  journal: Journal;
  /** Resolves when all that was noted is in the store. @throws ClaimLost */
  publish(): Promise<void>;
  close(): void;
};

/** @param token of a claim; `null`: to look at it alone */
export async function openSharedJournal(
  store: ImportStore,
  key: string,
  token: number | null,
  file: string,
): Promise<SharedJournal> {
  const state = openStateFile(file, journalKind);
  try {
    const whole = state.sql.createSession();
    const count = await replay(store, key, state);
    if (token !== null && count > maxEntries) await store.compact(key, token, whole.changeset());
    whole.close();
    return publishChanges(store, key, token, state);
  } catch (error) {
    state.close();
    throw error;
  }
}

async function replay(store: ImportStore, key: string, { sql }: StateFile): Promise<number> {
  let count = 0;
  for await (const entry of store.readJournal(key)) {
    count += 1;
    if (!sql.applyChangeset(entry))
      throw new Error("the journal of this import cannot be read: its changes do not fit");
  }
  return count;
}

function publishChanges(store: ImportStore, key: string, token: number | null, state: StateFile): SharedJournal {
  let session: Session = state.sql.createSession();
  const journal = new Journal(state);
  let publishing: Promise<void> = Promise.resolve();
  const publishNow = async (): Promise<void> => {
    if (token === null) throw new Error("this journal is only looked at");
    const changes = session.changeset();
    session.close();
    session = state.sql.createSession();
    if (changes.length > 0) await store.append(key, token, changes);
  };
  return {
    journal,
    // One after the other, in order; after one that failed, none.
    publish: () => {
      publishing = publishing.then(publishNow);
      publishing.catch(() => {});
      return publishing;
    },
    close() {
      session.close();
      journal.close();
    },
  };
}
