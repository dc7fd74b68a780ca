/** Whose contacts they become: whether a journal is of this account. */
import { isErrorNamed, type OnSync } from "../../src/client/index.ts";
import type { Journal } from "../../src/data/index.ts";
import { UsageError } from "../output/errors.ts";
import type { Io } from "../output/io.ts";
import { requireApiKey } from "../settings/environment.ts";

/** With a key that the journal does not know, one of its contacts is looked for: another org does not have it. @throws UsageError */
export async function checkAccount(
  io: Io,
  onsync: OnSync,
  journal: Pick<Journal, "knowsKey" | "anyContact" | "addKey">,
  [what, option] = ["The journal is of an import", "another journal with --journal"],
): Promise<void> {
  const { apiKey } = requireApiKey(io.env);
  if (journal.knowsKey(apiKey)) return;
  const known = journal.anyContact();
  if (known !== null) await findContact(onsync, known, `${what} with another API key`, option);
  journal.addKey(apiKey);
}

async function findContact(onsync: OnSync, id: string, what: string, option: string): Promise<void> {
  try {
    await onsync.contacts.get(id);
  } catch (error) {
    if (!isErrorNamed(error, "NotFoundError")) throw error;
    throw new UsageError(
      `${what}, and with this one there is no contact ${id} of it: is this key of another org? Name ${option}.`,
    );
  }
}
