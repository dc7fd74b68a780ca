/** What `createReference` is called with, checked before anything is opened: an error names the option and the fix. */
import * as z from "zod";
import { describeDetail, type Scope, toErrorDetails } from "../src/api/index.ts";
import type { Deliver } from "../src/http/guarded-post.ts";
import { CarrierInput } from "./automation/input.ts";
import type { Connect } from "./console/connect.ts";
import type { Imports } from "./console/imports.ts";
import { Ceiling, ScopeList } from "./control/input.ts";
import type { Log } from "./log.ts";

export type ReferenceOptions = {
  /**
   * SQLite file. Everything survives a restart: deliveries that wait, faults, the behaviour and the clock included. What
   * does not is the console's log of requests, and late work that waits. In memory by default.
   */
  data?: string;
  /** Known keys to admit for the default org. Without one, a new key is made. */
  keys?: readonly string[];
  /** What the known keys, or the new one, may do. All scopes by default. */
  scopes?: readonly Scope[];
  /** Serves the endpoints that are not in the API's documentation. `true` by default. */
  extensions?: boolean;
  /**
   * Serves `/_control` and the console (at `/`) over HTTP, on the loopback only, to who shows the control token. `false`
   * by default; `reference.control` always works.
   */
  control?: boolean;
  /** The control token, of at least 16 characters. By default a new one. */
  controlToken?: string;
  /**
   * Whether webhooks are delivered to this machine and to private networks. By default while everything listens on the
   * loopback. Never to the reference's own ports, nor to link-local and reserved addresses.
   */
  allowPrivateWebhooks?: boolean;
  /** Names by which others may call what listens on more than the loopback: a Host header names one of them. */
  allowedHosts?: readonly string[];
  /** The known keys, or the new one, are for this run only: they are revoked when it closes. `false` by default. */
  temporaryKeys?: boolean;
  /** Keys that this run lets in no more, should the data file know them. */
  refusedKeys?: readonly string[];
  /** What the console's Connect page says, where there is more around this API than the API. */
  connect?: () => Connect;
  /** What the console's Import page works with. Without, the console has no such page. */
  imports?: Imports;
  /**
   * Is called after each reset, and the reset is over when it is: who put something of its own into this reference, such
   * as a webhook endpoint, puts it there again.
   */
  onReset?: () => Promise<void>;
  /** Requests an hour and org. 1000 by default. */
  rateLimit?: number;
  /** Fills an empty reference with a small story. */
  seed?: "demo";
  /**
   * What becomes of a message that is sent: `delivers` and it is sent, delivered and read within seconds of the
   * reference's clock, `fails` and it fails. `off` by default: it stays queued until the control API moves it. What the
   * control API has set in the data file wins.
   */
  carrier?: "off" | "delivers" | "fails";
  /** The real time in milliseconds since 1970. */
  clock?: () => number;
  /** 0 ≤ n < 1: the jitter of retries, the probability of faults. */
  random?: () => number;
  /** Sends a webhook delivery, wherever it is told to. By default over HTTP, guarded as `allowPrivateWebhooks` says. */
  deliver?: Deliver;
  /** Holds an answer back for a latency fault; may end early when the signal aborts. Real time by default. */
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Is told of every request and of every error nobody foresaw. Silent by default. */
  log?: Log;
};

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
  imports: z.custom<object>((value) => typeof value === "object" && value !== null).optional(),
  onReset: aFunction.optional(),
  rateLimit: Ceiling.optional(),
  seed: z.literal("demo").optional(),
  carrier: CarrierInput.shape.mode.optional(),
  clock: aFunction.optional(),
  random: aFunction.optional(),
  deliver: aFunction.optional(),
  sleep: aFunction.optional(),
  log: aFunction.optional(),
}) satisfies z.ZodType<{ [Name in keyof ReferenceOptions]: unknown }>;

/** @throws TypeError that names every option that is wrong */
export function checkOptions(options: ReferenceOptions): ReferenceOptions {
  const { error, data } = Options.safeParse(options);
  if (!error) return { ...options, scopes: data.scopes };
  const findings = toErrorDetails(error, options).map((detail) => describeDetail(detail, "the options"));
  throw new TypeError(`createReference: ${findings.join("; ")}.`);
}
