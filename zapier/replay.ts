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
import { scopedCache } from "./connection/cache.ts";
import { type ErrorWords, zapierError } from "./errors.ts";
import { textInput } from "./input/inputs.ts";
import type { Step } from "./perform.ts";

export const clientReferenceField: PlainInputField = {
  key: "clientReference",
  label: "Client Reference",
  required: false,
  helpText:
    "Something of your own that this message has alone, such as an order number. A message with the same reference is sent to the customer once only, however often the Zap runs. The API key needs `read:messages` for that.",
  placeholder: "order-10482",
};

/** How long an unsettled send is remembered, in seconds. */
const rememberedSeconds = 7 * 24 * 60 * 60;

function unsettledSend(z: ZObject, bundle: Bundle, operation: string, input: Readonly<Record<string, unknown>>) {
  const what = JSON.stringify([bundle.meta?.zap?.id ?? null, operation, Object.entries(input).sort()]);
  const key = `unsettled:${createHash("sha256").update(what).digest("hex")}`;
  const cache = scopedCache(z, ["auth"]);
  // Zapier's cache may be out of reach: sending goes on without it, and the error text promises nothing.
  return {
    reference: async (): Promise<string | undefined> => {
      const kept: unknown = await cache.get(key).catch(() => null);
      return typeof kept === "string" ? kept : undefined;
    },
    remember: (reference: string): Promise<boolean> =>
      cache.set(key, reference, rememberedSeconds).then(
        () => true,
        () => false,
      ),
    forget: (): Promise<unknown> => cache.delete(key).catch(() => false),
  };
}

export async function runSend<Input extends z.ZodObject, Output extends z.ZodObject>(
  operation: Operation<Input, Output>,
  input: Readonly<Record<string, unknown>>,
  { onsync, z, bundle, signal }: Step,
  words: ErrorWords,
): Promise<z.output<Output>> {
  const mapped = textInput(bundle.inputData, "clientReference");
  const unsettled = unsettledSend(z, bundle, operation.name, input);
  const earlier = mapped ?? (await unsettled.reference());
  try {
    const message = await runOperation(operation, onsync, input, {
      signal,
      ...(earlier !== undefined && { clientReference: earlier }),
    });
    if (earlier !== undefined && mapped === undefined) await unsettled.forget();
    return message;
  } catch (error) {
    if (!isErrorNamed(error, "UnknownOutcomeError") || error.clientReference === null) throw error;
    const replayLooksFirst = earlier !== undefined || (await unsettled.remember(error.clientReference));
    throw zapierError(z, bundle, error, { ...words, replayLooksFirst });
  }
}
