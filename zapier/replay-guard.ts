/**
 * A message is never sent twice by a replayed run. Zapier gives a run no identity that a replay shares, so a send whose
 * outcome is unknown leaves its clientReference behind, under what was sent: the next run with the very same message
 * carries the same reference, and the client looks for it in the conversation before it sends anything. Who maps a
 * reference of their own (`clientReference`) has every run looked up.
 */
import { createHash } from "node:crypto";
import type { Bundle, PlainInputField, ZObject } from "zapier-platform-core";
import type * as z from "zod";
import { isErrorNamed } from "../src/client/index.ts";
import { type Operation, runOperation } from "../src/operations/index.ts";
import { createScopedCache } from "./connection/cache.ts";
import { type ErrorTexts, toZapierError } from "./errors.ts";
import { type InputData, readText } from "./input/read-input.ts";
import type { PerformContext } from "./perform.ts";

export const clientReferenceField: PlainInputField = {
  key: "clientReference",
  label: "Client Reference",
  required: false,
  helpText:
    "Something of your own that this message has alone, such as an order number. A message with the same reference is sent to the customer once only, however often the Zap runs. The API key needs `read:messages` for that.",
  placeholder: "order-10482",
};

/** How long the reference of a send with an unknown outcome is remembered, in seconds. */
const referenceMemorySeconds = 7 * 24 * 60 * 60;

/** The reference of an earlier run that sent the very same and does not know what became of it. */
function createReferenceMemory(z: ZObject, bundle: Bundle, operation: string, input: InputData) {
  const what = JSON.stringify([bundle.meta?.zap?.id ?? null, operation, Object.entries(input).sort()]);
  const key = `unsettled:${createHash("sha256").update(what).digest("hex")}`;
  const cache = createScopedCache(z, ["auth"]);
  // Zapier's cache may be out of reach: sending goes on without it, and the error text promises nothing.
  return {
    read: async (): Promise<string | undefined> => {
      const reference: unknown = await cache.get(key).catch(() => null);
      return typeof reference === "string" ? reference : undefined;
    },
    write: (reference: string): Promise<boolean> =>
      cache.set(key, reference, referenceMemorySeconds).then(
        () => true,
        () => false,
      ),
    delete: (): Promise<unknown> => cache.delete(key).catch(() => false),
  };
}

export async function sendWithReplayGuard<Input extends z.ZodObject, Output extends z.ZodObject>(
  operation: Operation<Input, Output>,
  input: InputData,
  { onsync, z, bundle, signal }: PerformContext,
  errorTexts: ErrorTexts,
): Promise<z.output<Output>> {
  const ownReference = readText(bundle.inputData, clientReferenceField.key);
  const memory = createReferenceMemory(z, bundle, operation.name, input);
  const clientReference = ownReference ?? (await memory.read());
  try {
    const message = await runOperation(operation, onsync, input, { signal, clientReference });
    if (clientReference !== undefined && ownReference === undefined) await memory.delete();
    return message;
  } catch (error) {
    if (!isErrorNamed(error, "UnknownOutcomeError") || error.clientReference === null) throw error;
    const replayLooksFirst = clientReference !== undefined || (await memory.write(error.clientReference));
    throw toZapierError(z, bundle, error, { ...errorTexts, replayLooksFirst });
  }
}
