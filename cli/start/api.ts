/** The API that `onsync start` works on: the embedded reference, or the real one when a key is set. */
import { randomBytes } from "node:crypto";
import type { HttpBindings } from "@hono/node-server";
import type { Connect, Deliver, Reference } from "../../reference/index.ts";
import { eventTypes, type Scope } from "../../src/api/index.ts";
import {
  createOnSync,
  isErrorNamed,
  type OnSync,
  type OnSyncOptions,
  type SendLedger,
} from "../../src/client/index.ts";
import { fetchTransport } from "../../src/client/transport/fetch.ts";
import type { Io } from "../output/io.ts";
import type { Log } from "../output/log.ts";
import { openReference } from "../reference/embedded.ts";
import { type ConnectOptions, type CountingHooks, connect, createClientHooks } from "../settings/connection.ts";
import { userAgent } from "../version.ts";
import type { Handler } from "./app.ts";
import { type ConsoleImportsOptions, createConsoleImports } from "./imports/index.ts";

export type StartedApi = {
  onsync: OnSync;
  /** Of the embedded API. */
  secrets?: { key: string; controlToken: string };
  /** Answers `/v1`, `/_control` and the console, where the API is embedded. */
  answer?: Handler<HttpBindings>;
  /** Ends the streams that stay open until somebody ends them, so that the server can drain. */
  endStreams?(): void;
  close(): Promise<void>;
};

/**
 * The key of the embedded API while only this machine can reach it. It opens made-up data only and is printed on the page,
 * so it is no secret, and staying the same it keeps every configuration written for it working.
 */
export const demoKey = "onsync_pk_test_demo";

export function connectToRealApi(io: Io, log: Log, options: ConnectOptions): Promise<StartedApi> {
  return connect(io.env, log, options);
}

export type EmbeddedOptions = {
  /** The file of the made-up data; `undefined`: memory. */
  data: string | undefined;
  /** Requests an hour and org. */
  rateLimit: number | undefined;
  /** Where files are kept that are imported on the console's page. */
  temporaryFolder: string;
  ledger: SendLedger;
  /** Told of the requests and sends of {@link StartedApi.onsync}. */
  counting: CountingHooks;
  /** Whether others than this machine can reach it: then the key is one for this run. */
  isReachable: boolean;
  /** Of the control API; a new one unless one is given. */
  controlToken: string | undefined;
  deliver: Deliver;
  /** What the console's Connect page says. */
  connect(): Connect;
  /** Puts back what this program put there. */
  onReset(): Promise<void>;
};

/** @param origin where this program is reached: the client's base URL, though its requests never leave the process */
export async function openEmbeddedApi(
  log: Log,
  origin: string,
  {
    data,
    rateLimit,
    temporaryFolder,
    ledger,
    counting,
    isReachable,
    controlToken,
    deliver,
    connect,
    onReset,
  }: EmbeddedOptions,
): Promise<StartedApi> {
  const imports = createConsoleImports({
    ledger,
    temporaryFolder,
    findScope: (orgId) => (orgId === reference.orgId ? `${origin}/v1` : `${origin}/v1 ${orgId}`),
    connect: (orgId) => connectToOrg(reference, `${origin}/v1`, orgId, log),
  });
  const reference: Reference = await openReference(log, {
    // Everybody knows the demo key, and a data file that was used on this machine alone has it.
    ...(isReachable ? { temporaryKeys: true, refusedKeys: [demoKey] } : { keys: [demoKey] }),
    controlToken,
    control: true,
    deliver,
    seed: "demo",
    rateLimit,
    carrier: "delivers",
    connect,
    imports,
    onReset: async () => {
      await imports.reset();
      await onReset();
    },
    data,
  });
  const baseUrl = `${origin}/v1`;
  const onsync = createInProcessClient(reference, { apiKey: reference.key, baseUrl, ledger }, log, counting);
  return {
    onsync,
    secrets: { key: reference.key, controlToken: reference.controlToken },
    answer: (request, env) => reference.fetch(request, env),
    endStreams: () => reference.endStreams(),
    close: async () => {
      await imports.close();
      await reference.close();
    },
  };
}

function createInProcessClient(
  reference: Reference,
  options: Pick<OnSyncOptions, "apiKey" | "baseUrl" | "ledger" | "maxAttempts">,
  log: Log,
  counting: CountingHooks = {},
): OnSync {
  const transport = fetchTransport((request) => reference.fetch(request));
  return createOnSync({ ...options, transport, userAgent, ...createClientHooks(log, counting) });
}

/** A client for one import: of another org than the default one, with a key that ends with it. */
async function connectToOrg(
  reference: Reference,
  baseUrl: string,
  orgId: string,
  log: Log,
): ReturnType<ConsoleImportsOptions["connect"]> {
  const isDefault = orgId === reference.orgId;
  const made = isDefault ? null : await reference.control.createKey({ orgId, scopes: importScopes });
  const apiKey = made?.key ?? reference.key;
  return {
    // Each attempt is counted against the budget: the import repeats by itself.
    onsync: createInProcessClient(reference, { apiKey, baseUrl, maxAttempts: 1 }, log),
    close: async () => {
      if (made) await reference.control.revokeKey(made.id);
    },
  };
}

const importScopes: Scope[] = ["read:contacts", "write:contacts"];

/** The receiver's endpoint at the embedded API. */
export type ReceiverRegistration = {
  secret: string;
  /** Takes the endpoint back. */
  unregister(): Promise<void>;
};

/**
 * Has every event delivered to the receiver. An endpoint that an earlier run left behind is replaced: its secret went
 * with that run.
 *
 * @param secret a new one unless one is given
 */
export async function registerReceiver(
  onsync: OnSync,
  url: string,
  secret = randomBytes(24).toString("base64url"),
): Promise<ReceiverRegistration> {
  for (const left of (await onsync.webhooks.list()).data.filter((webhook) => webhook.url === url)) {
    await onsync.webhooks.delete(left.id);
  }
  const { id } = await onsync.webhooks.create({ url, events: [...eventTypes], secret });
  return {
    secret,
    unregister: async () => {
      try {
        await onsync.webhooks.delete(id);
      } catch (error) {
        // Somebody trying things out has deleted it, or reset everything: what was wanted.
        if (!isErrorNamed(error, "NotFoundError")) throw error;
      }
    },
  };
}
