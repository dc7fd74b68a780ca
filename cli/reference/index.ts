/** `onsync reference`: the reference implementation of the OnSync API, for trying out and for tests. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Scope } from "../../src/api/index.ts";
import { formatOrigin, toReachableHost } from "../../src/http/loopback.ts";
import { listenForStop, serveUntilStopped } from "../lifecycle.ts";
import { UsageError } from "../output/errors.ts";
import type { Io } from "../output/io.ts";
import { announceReady } from "../output/ready.ts";
import { findControlToken } from "../settings/environment.ts";
import {
  createDataOption,
  createHostOption,
  createNumberParser,
  createPortOption,
  createPrivateWebhooksOption,
  createReadyJsonOption,
  parseList,
} from "../settings/options.ts";
import { openReference } from "./embedded.ts";

type ReferenceOptions = {
  port: number;
  host: string;
  data?: string;
  key?: string[];
  scopes?: string[];
  control?: true;
  extensions: boolean;
  rateLimit?: number;
  seed?: "demo";
  allowHost?: string[];
  allowPrivateWebhooks?: true;
  json?: true;
};

const help = `
Examples:
  onsync reference --seed demo
  onsync reference --port 0 --json --key onsync_pk_test_ci --control
  onsync reference --data onsync.db --no-extensions --rate-limit 100

It answers as OnSync's API does, and reaches nobody. Use it with ONSYNC_BASE_URL and ONSYNC_API_KEY.
--control opens /_control and a console at / to this machine: play the customer, move the clock, break connections.
Requests to /_control carry the token that is printed ("controlToken" of --json), or the one of ONSYNC_CONTROL_TOKEN.`;

function parseKey(key: string, before: string[] = []): string[] {
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new InvalidArgumentError("Give a key without white space, such as onsync_pk_test_ci.");
  }
  return [...before, key];
}

export function addReferenceCommand(program: Command, io: Io): void {
  program
    .command("reference")
    .summary("run the reference implementation of the OnSync API")
    .description("Runs the reference implementation of the OnSync API, on /v1.")
    .addOption(createPortOption(4010))
    .addOption(createHostOption())
    .addOption(createDataOption("SQLite file to keep the data in (default: memory)"))
    .addOption(
      new Option("--key <key>", "admit this key; may be given several times (default: a new one)").argParser(parseKey),
    )
    .addOption(
      new Option("--scopes <list>", "what the keys may do, comma separated (default: all)").argParser(parseList),
    )
    .option("--control", "open the control API at /_control and the console at /, to this machine only")
    .option("--no-extensions", "serve the documented endpoints only")
    .addOption(
      new Option("--rate-limit <number>", "requests an hour for each org (default: 1000)").argParser(
        createNumberParser(1, 1_000_000_000),
      ),
    )
    .addOption(new Option("--seed <story>", "begin with made-up data").choices(["demo"]))
    .addOption(
      new Option("--allow-host <names>", "with --host, names by which others call it, comma separated").argParser(
        parseList,
      ),
    )
    .addOption(createPrivateWebhooksOption())
    .addOption(createReadyJsonOption())
    .addHelpText("after", help)
    .action((options: ReferenceOptions) => runReference(io, options));
}

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

async function runReference(io: Io, options: ReferenceOptions): Promise<void> {
  const { createLog } = await import("../output/log.ts");
  const log = createLog(io.env, "info");
  const scopes = await checkScopes(options.scopes);
  const token = findControlToken(io.env);
  const stop = listenForStop();
  const reference = await openReference(log, {
    extensions: options.extensions,
    control: options.control ?? false,
    ...(options.data !== undefined && { data: options.data }),
    ...(options.key && { keys: options.key }),
    ...(scopes && { scopes }),
    ...(options.rateLimit !== undefined && { rateLimit: options.rateLimit }),
    ...(options.seed && { seed: options.seed }),
    ...(token !== undefined && { controlToken: token }),
    ...(options.allowHost && { allowedHosts: options.allowHost }),
    ...(options.allowPrivateWebhooks && { allowPrivateWebhooks: true }),
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
