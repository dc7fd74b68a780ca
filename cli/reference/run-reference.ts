/** `onsync reference` at work, from its options to its end. */
import type { Scope } from "../../src/api/index.ts";
import { formatOrigin, toReachableHost } from "../../src/http/loopback.ts";
import { listenForStop, serveUntilStopped } from "../lifecycle.ts";
import { UsageError } from "../output/errors.ts";
import type { Io } from "../output/io.ts";
import { announceReady } from "../output/ready.ts";
import { findControlToken } from "../settings/environment.ts";
import { openReference } from "./embedded.ts";

export type ReferenceOptions = {
  port: number;
  host: string;
  data?: string;
  key?: string[];
  scopes?: string[];
  control?: true;
  extensions: boolean;
  rateLimit?: number;
  seed?: "demo";
  carrier?: "delivers" | "fails" | "off";
  allowHost?: string[];
  allowPrivateWebhooks?: true;
  json?: true;
};

async function checkScopes(wanted: string[] | undefined): Promise<Scope[] | undefined> {
  if (!wanted) return undefined;
  const { scopes } = await import("../../src/api/index.ts");
  for (const scope of wanted) {
    if (!(scopes as readonly string[]).includes(scope)) {
      throw new UsageError(`--scopes: ${JSON.stringify(scope)} is no scope. The scopes: ${scopes.join(", ")}.`);
    }
  }
  return wanted as Scope[];
}

export async function runReference(io: Io, options: ReferenceOptions): Promise<void> {
  const { createLog } = await import("../output/log.ts");
  const log = createLog(io.env, "info", { collected: true });
  const scopes = await checkScopes(options.scopes);
  const token = findControlToken(io.env);
  const stop = listenForStop();
  const reference = await openReference(log, {
    extensions: options.extensions,
    control: options.control ?? false,
    data: options.data,
    keys: options.key,
    scopes,
    rateLimit: options.rateLimit,
    seed: options.seed,
    carrier: options.carrier,
    controlToken: token,
    allowedHosts: options.allowHost,
    allowPrivateWebhooks: options.allowPrivateWebhooks,
  });
  const server = await reference.listen(options.port, options.host).catch(async (error) => {
    await reference.close();
    throw error;
  });
  const origin = formatOrigin(toReachableHost(options.host), server.port);
  const url = `${origin}/v1`;
  const { key } = reference;
  const facts = { url, key, ...(options.control && { controlToken: reference.controlToken }) };
  await announceReady(io, options, facts, formatReadyText(options, { ...facts, origin }));
  await serveUntilStopped(
    stop,
    async () => {
      reference.endStreams();
      await server.close();
      await reference.close();
    },
    (message) => log.info(message),
  );
}

function formatReadyText(
  { data, control, scopes, extensions }: ReferenceOptions,
  { url, origin, key, controlToken }: { url: string; origin: string; key: string; controlToken?: string },
): string {
  return [
    `The reference OnSync API is running, with its data in ${data ?? "memory"}. It reaches nobody.`,
    "",
    `  API      ${url}${extensions ? "" : "  (documented endpoints only)"}`,
    `  Key      ${key}${scopes ? `  (${scopes.join(", ")})` : ""}`,
    ...(control
      ? [
          `  Control  ${origin}/_control  (from this machine)`,
          `  Token    ${controlToken}  (of the control API)`,
          `  Console  ${origin}/  (from this machine)`,
        ]
      : []),
    "",
    "Try it:",
    `  curl -X POST ${url}/contacts -H "Authorization: Bearer ${key}" -H "Content-Type: application/json" -d '{"firstName":"Sara","phone":"+971500000000"}'`,
    `  ONSYNC_BASE_URL=${url} ONSYNC_API_KEY=${key} npm run --silent onsync -- doctor`,
    "",
    "Ctrl-C stops it.",
    "",
  ].join("\n");
}
