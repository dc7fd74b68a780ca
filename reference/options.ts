/** What `createReference` is called with, checked before anything is opened: an error names the option and the fix. */
import * as z from "zod";
import { detailSentence, errorDetails } from "../src/api/index.ts";
import { Ceiling, ScopeList } from "./control/input.ts";
import type { ReferenceOptions } from "./index.ts";

const aFunction = z.custom<(...values: never[]) => unknown>((value) => typeof value === "function", {
  error: "must be a function",
});

const Options = z.strictObject({
  data: z.string().min(1, { error: "must be the path of a file; leave it out to keep the data in memory" }).optional(),
  keys: z
    .array(
      z.string().regex(/^[\x21-\x7e]+$/, { error: "must be a key without white space, such as onsync_pk_test_ci" }),
    )
    .optional(),
  scopes: ScopeList.optional(),
  extensions: z.boolean().optional(),
  control: z.boolean().optional(),
  controlToken: z
    .string()
    .regex(/^[\x21-\x7e]{16,}$/, { error: "must be a token of at least 16 characters, without white space" })
    .optional(),
  allowPrivateWebhooks: z.boolean().optional(),
  allowedHosts: z.array(z.string().min(1)).optional(),
  temporaryKeys: z.boolean().optional(),
  refusedKeys: z.array(z.string()).optional(),
  connect: aFunction.optional(),
  onReset: aFunction.optional(),
  rateLimit: Ceiling.optional(),
  seed: z.literal("demo").optional(),
  clock: aFunction.optional(),
  random: aFunction.optional(),
  deliver: aFunction.optional(),
  sleep: aFunction.optional(),
  log: aFunction.optional(),
}) satisfies z.ZodType<{ [Name in keyof ReferenceOptions]: unknown }>;

/** @throws TypeError that names every option that is wrong */
export function checkOptions(options: ReferenceOptions): ReferenceOptions {
  const { error, data } = Options.safeParse(options);
  if (!error) return { ...options, ...(data.scopes && { scopes: data.scopes }) };
  const findings = errorDetails(error, options).map((detail) => detailSentence(detail, "the options"));
  throw new TypeError(`createReference: ${findings.join("; ")}.`);
}
