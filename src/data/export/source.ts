/** Which OnSync and org an export is of: rows of another one are never mixed with them. */
import { createHmac, randomBytes } from "node:crypto";
import { isErrorNamed, type OnSync } from "../../client/index.ts";
import { MovementStopped } from "../budget/paced-calls.ts";
import { type Backfill, callExtension } from "./backfill.ts";

type Source = {
  baseUrl: string;
  /** `null` where this OnSync does not tell. */
  org: string | null;
  salt: string;
  /** Of the keys that are known to be the org's: each tells another one, and nothing else. */
  keys: string[];
  isRedacted: boolean;
};

const entryName = "source";
const elsewhere = "Name another place with --to, and with --state a state of its own.";

/**
 * @param key an API key, of which a fingerprint is kept
 * @returns the org, `null` where this OnSync does not tell; and a secret of this export's own
 * @throws MovementStopped where the target has rows of another OnSync or org, or is (not) redacted otherwise than asked for
 */
export async function checkSource(
  backfill: Backfill,
  { onsync, key, isRedacted }: { onsync: OnSync; key: string; isRedacted: boolean },
): Promise<{ org: string | null; secret: string }> {
  const text = await backfill.target.readState(entryName);
  const known = text === null ? null : (JSON.parse(text) as Source);
  if (known && known.baseUrl !== onsync.baseUrl)
    throw new MovementStopped(`This is an export of ${known.baseUrl}, not of ${onsync.baseUrl}.`, elsewhere, null);
  if (known && known.isRedacted !== isRedacted)
    throw new MovementStopped(
      `What is there was exported ${known.isRedacted ? "with" : "without"} --redact, and this would not be.`,
      elsewhere,
      null,
    );
  const salt = known?.salt ?? randomBytes(16).toString("hex");
  const fingerprint = createHmac("sha256", salt).update(key).digest("hex").slice(0, 16);
  if (known?.keys.includes(fingerprint)) return { org: known.org, secret: salt };
  const org = await readOrg(backfill);
  if (known && known.org !== null && org !== null && org !== known.org)
    throw new MovementStopped(`This is an export of ${known.org}, and this key is of ${org}.`, elsewhere, null);
  const source: Source = {
    ...{ baseUrl: onsync.baseUrl, org: known?.org ?? org, salt, isRedacted },
    keys: [...(known?.keys ?? []), fingerprint],
  };
  await backfill.committer.note(new Map([[entryName, JSON.stringify(source)]]));
  await backfill.committer.flush();
  return { org: source.org, secret: salt };
}

async function readOrg(backfill: Backfill): Promise<string | null> {
  try {
    const account = await callExtension(backfill, (onsync) => onsync.account.get());
    return account.org?.id ?? null;
  } catch (error) {
    if (isErrorNamed(error, "ExtensionUnavailableError")) return null;
    throw error;
  }
}
