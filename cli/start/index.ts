/** `onsync start`: everything on one port, for trying out. */
import type { Command } from "commander";
import { isLoopback } from "../../src/http/loopback.ts";
import { listenForStop, serveUntilStopped } from "../lifecycle.ts";
import { UsageError } from "../output/errors.ts";
import type { Io } from "../output/io.ts";
import { announceReady } from "../output/ready.ts";
import { findApiKey, findBaseUrl, findControlToken, findMcpToken } from "../settings/environment.ts";
import { createLedgerOption } from "../settings/ledger.ts";
import {
  addMetricsOptions,
  createDataOption,
  createHostOption,
  createPortOption,
  createPrivateWebhooksOption,
  createRateLimitOption,
  createReadyJsonOption,
} from "../settings/options.ts";
import type { StartOptions } from "./everything.ts";

const help = `
Examples:
  onsync start
  onsync start --port 0 --json
  onsync start --open --rate-limit 50  in your browser, with a limit that is soon reached
  onsync start --data onsync.db        the made-up data stays, and what you do with it

Without a key it starts the embedded reference API with made-up data: no message leaves this machine.
With ONSYNC_API_KEY set it talks to the real OnSync API (or ONSYNC_BASE_URL), and says so. Then /hooks is there if
ONSYNC_WEBHOOK_SECRETS is set.
Requests to /_control carry the token that is printed, or the one of ONSYNC_CONTROL_TOKEN. With --host others can reach
it: the key is then made for the run and printed here only, and webhooks do not go to private addresses.`;

export function addStartCommand(program: Command, io: Io): void {
  const command = program
    .command("start")
    .summary("run everything on one port, for trying out")
    .description("Runs everything on one port: a console to look at, the API, MCP over HTTP, a webhook receiver.")
    .addOption(createPortOption(4000))
    .addOption(createHostOption("address to listen on; any but this machine's needs ONSYNC_MCP_TOKEN"))
    .addOption(createDataOption("SQLite file to keep the made-up data in (default: memory)"))
    .addOption(
      createLedgerOption(
        "note sends in this SQLite file or Redis, and settle open ones by the events at /hooks (default: memory)",
      ),
    )
    .addOption(createRateLimitOption())
    .addOption(createPrivateWebhooksOption())
    .option("--open", "open the console, or the page that there is, in your browser")
    .addOption(createReadyJsonOption());
  addMetricsOptions(command)
    .addHelpText("after", help)
    .action((options: StartOptions & { json?: true; open?: true }) => start(io, options));
}

/** @throws UsageError where option and environment contradict each other */
function check({ env }: Io, { host, data, rateLimit }: StartOptions): { useReal: boolean } {
  const useReal = findApiKey(env) !== null;
  if (useReal && rateLimit !== undefined) {
    throw new UsageError(
      "--rate-limit is for the embedded reference API, and with ONSYNC_API_KEY set that API is not started: leave it out, or unset the key.",
    );
  }
  if (useReal && data !== undefined) {
    throw new UsageError(
      "--data keeps the embedded reference API's data, and with ONSYNC_API_KEY set that API is not started: leave --data out, or unset the key.",
    );
  }
  if (!useReal && findBaseUrl(env) !== undefined) {
    throw new UsageError(
      "ONSYNC_BASE_URL is set and no API key: set ONSYNC_API_KEY to talk to that API, or unset ONSYNC_BASE_URL to try the embedded one.",
    );
  }
  if (!isLoopback(host) && findMcpToken(env) === undefined) {
    throw new UsageError(
      `On ${host} others can reach this server and act through /mcp: set ONSYNC_MCP_TOKEN to a long random token, or leave --host out.`,
    );
  }
  // Before anything is opened.
  findControlToken(env);
  return { useReal };
}

async function start(io: Io, options: StartOptions & { json?: true; open?: true }): Promise<void> {
  const { useReal } = check(io, options);
  const [{ createLog }, { startEverything }, { formatReadyText, getHooksUrl, getMcpUrl }] = await Promise.all([
    import("../output/log.ts"),
    import("./everything.ts"),
    import("./site.ts"),
  ]);
  const log = createLog(io.env, "warn");
  const stop = listenForStop();
  const { site, metricsUrl, close } = await startEverything({ io, log, options, useReal, stopped: stop.signal });
  const { origin, api } = site;
  await announceReady(
    io,
    options,
    {
      url: `${origin}/`,
      api: api.url,
      mcp: getMcpUrl(site),
      ...(site.hooks && { hooks: getHooksUrl(site) }),
      ...(api.embedded && { key: api.key, controlToken: api.controlToken }),
      metricsUrl,
    },
    formatReadyText(site),
  );
  if (options.open) {
    const { openBrowser } = await import("./open-browser.ts");
    const failure = await openBrowser(`${origin}/`, io.env);
    if (failure !== null) log.warn(`--open: the browser was not opened, ${failure}: open ${origin}/ yourself`);
  }
  await serveUntilStopped(stop, close, (message) => log.info(message));
}
