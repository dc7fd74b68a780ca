/** The reference API, opened by a command. */
import type { Reference, ReferenceOptions } from "../../reference/index.ts";
import { UsageError } from "../output/errors.ts";
import type { Log } from "../output/log.ts";

/** @throws UsageError that says what is wrong with the data file */
export async function openReference(log: Log, options: Omit<ReferenceOptions, "log">): Promise<Reference> {
  const { createReference } = await import("../../reference/index.ts");
  try {
    return createReference({
      ...options,
      log: ({ level, message, error, ...fields }) => log[level]({ ...fields, err: error }, message),
    });
  } catch (error) {
    const { name, message } = error as Error;
    if (["UnusableDataFileError", "NewerFormatError"].includes(name)) throw new UsageError(`--data: ${message}`);
    throw error;
  }
}
