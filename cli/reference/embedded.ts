/** The reference API, opened by a command. */
import type { Reference, ReferenceOptions } from "../../reference/index.ts";
import type { Log } from "../output/log.ts";

/** @throws Error that says what is wrong with the data file */
export async function openReference(log: Log, options: Omit<ReferenceOptions, "log">): Promise<Reference> {
  const { createReference } = await import("../../reference/index.ts");
  return createReference({
    ...options,
    log: ({ level, message, error, ...fields }) => log[level]({ ...fields, err: error }, message),
  });
}
