/** The OnSync client of a command: key and base URL from the environment, undici underneath. */
import { createHash } from "node:crypto";
import type { Hooks, OnSync, ResponseEvent, SendLedger, Transport } from "../../src/client/index.ts";
import type { UndiciTransport } from "../../src/client/transport/undici.ts";
import { toErrorReport } from "../output/error-report.ts";
import { UsageError } from "../output/errors.ts";
import type { Environment } from "../output/io.ts";
import type { Log } from "../output/log.ts";
import { findBaseUrl, requireApiKey } from "./environment.ts";

export type Connection = {
  onsync: OnSync;
  /** Another client of the same API, by another key. Its sends are noted apart. */
  clientForKey(apiKey: string): OnSync;
  transport: Transport;
  close(): Promise<void>;
};

export type ConnectOptions = {
  /** Puts something between the client and the network. */
  wrapTransport?: (transport: Transport) => Transport;
  /** Where sends are noted, beyond the client's own memory. It is the caller's to close. */
  ledger?: SendLedger | undefined;
  /** The key, and where it is from. Default: as the environment says. */
  credentials?: { apiKey: string; from: string } | undefined;
  /** How often a call is made at most. Default: the client's. */
  maxAttempts?: number | undefined;
  /** Told of the requests and sends of the key. */
  counting?: CountingHooks | undefined;
  /** Told of those of the other keys. */
  countingOthers?: CountingHooks | undefined;
};

/** Of a client, for whoever counts. */
export type CountingHooks = Pick<Hooks, "onResponse" | "onSend">;

/** @throws UsageError when there is no key, or the base URL or a proxy cannot be one */
export async function connect(env: Environment, log: Log, options: ConnectOptions = {}): Promise<Connection> {
  const { wrapTransport = (transport) => transport, ledger, credentials, maxAttempts, counting } = options;
  const { apiKey, from } = credentials ?? requireApiKey(env);
  const url = findBaseUrl(env);
  const [{ createOnSync }, { undiciTransport }, { userAgent }] = await Promise.all([
    import("../../src/client/index.ts"),
    import("../../src/client/transport/undici.ts"),
    import("../version.ts"),
  ]);
  let transport: UndiciTransport | undefined;
  try {
    transport = undiciTransport({ proxy: "environment", environment: env });
    const { close } = transport;
    const shared = { baseUrl: url, transport: wrapTransport(transport), userAgent, ledger, maxAttempts };
    const onsync = createOnSync({ apiKey, ...shared, ...createClientHooks(log, counting) });
    const hooksOfOthers = createClientHooks(log, options.countingOthers);
    const clientForKey = (key: string) => {
      const hash = createHash("sha256").update(`onsync ${key}`).digest("hex");
      return createOnSync({
        apiKey: key,
        ...shared,
        ...hooksOfOthers,
        ledgerScope: `${onsync.baseUrl} ${hash.slice(0, 16)}`,
      });
    };
    return { onsync, clientForKey, transport, close };
  } catch (error) {
    await transport?.close();
    const { message } = toErrorReport(error);
    throw new UsageError(message.replace(/^baseUrl/, "ONSYNC_BASE_URL").replace(/^apiKey/, from));
  }
}

/** What the client tells whoever counts, and the log: each answer at debug, answers of an unexpected shape as warnings. */
export function createClientHooks(log: Log, { onResponse, onSend }: CountingHooks = {}) {
  return {
    onSend,
    onResponse: (event: ResponseEvent) => {
      onResponse?.(event);
      log.debug(event, "answer");
    },
    onDrift: (event: object) => log.warn(event, "an answer differs from the documented shape"),
    onLedgerError: (err: unknown) => log.error({ err }, "how a send ended could not be noted in the ledger"),
  };
}
