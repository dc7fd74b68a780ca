/** `onsync listen`: the webhook receiver. */
import type { Command } from "commander";
import { listenForStop, serveUntilStopped } from "../lifecycle.ts";
import type { Io } from "../output/io.ts";
import { announceReady } from "../output/ready.ts";
import { formatStorePlace } from "../settings/event-store.ts";
import { readPort } from "../settings/options.ts";
import { addDispatchOptions, addPlaceOptions, addReceiverOptions } from "./options.ts";
import { addRotateCommand } from "./rotate-command.ts";
import type { ListenOptions } from "./start-listening.ts";

const help = `
Examples:
  ONSYNC_WEBHOOK_SECRETS=… onsync listen --forward http://127.0.0.1:3000/onsync
  onsync listen --register https://hooks.example.com/ --forward http://127.0.0.1:3000/onsync
  onsync listen --redis redis://10.0.0.5:6379 --sink sqs:https://sqs.eu-west-1.amazonaws.com/123/onsync.fifo
  onsync listen rotate                            a new secret, with no delivery refused meanwhile

Each delivery is verified with the secrets of ONSYNC_WEBHOOK_SECRETS (and those of --register and rotate), written to
disk and then acknowledged; events are handed on in order for each conversation, at least once. Without --forward or
--sink they are printed on stdout, one JSON object a line. --forward signs with ONSYNC_FORWARD_SECRET, or with the newest
webhook secret. HTTPS_PROXY, HTTP_PROXY and NO_PROXY hold for OnSync, --forward and --sink sqs
(\`onsync --help\`). What cannot be handed on after --attempts refusals is kept: see \`onsync events\`.

A repeat is known for as long as its event is kept (--keep-days). --max-age 7d, no more than that, keeps out deliveries that
somebody caught and sends again later. OnSync gives up a delivery after a quarter of an hour: below an hour, --max-age refuses
what came late by an outage or a wrong clock.`;

export function addListenCommand(program: Command, io: Io): void {
  const listen = program
    .command("listen")
    .summary("receive webhooks: verify, keep, acknowledge, hand on in order")
    .description("Runs the webhook receiver: POST deliveries to /.");
  addPlaceOptions(listen);
  addDispatchOptions(listen);
  addReceiverOptions(listen)
    .addHelpText("after", help)
    .action((options: ListenOptions & { json?: true }) =>
      listenUntilStopped(io, { ...options, port: readPort(io.env, listen, options) }),
    );
  addRotateCommand(listen, io);
}

async function listenUntilStopped(io: Io, options: ListenOptions & { json?: true }): Promise<void> {
  const [{ createLog, toLogFunction }, { startListening }] = await Promise.all([
    import("../output/log.ts"),
    import("./start-listening.ts"),
  ]);
  const log = createLog(io.env, "info");
  const stop = listenForStop();
  let outputGone = false;
  const { url, sink, registered, metricsUrl, turnAway, close } = await startListening({
    io,
    options,
    logger: log,
    log: toLogFunction(log),
    onOutputGone: () => {
      outputGone = true;
      stop.request();
    },
  });
  await announceReady(
    io,
    options,
    { url, registered: registered?.url, webhookId: registered?.webhookId, metricsUrl },
    [
      `The webhook receiver is running, with its events in ${formatStorePlace(options)}.`,
      "",
      `  Deliveries  POST ${url}`,
      ...(registered ? [`  Registered  ${registered.url} (${registered.webhookId})`] : []),
      `  Hands on    ${sink}`,
      ...(metricsUrl === undefined ? [] : [`  Metrics     ${metricsUrl}`]),
      "",
      "Ctrl-C stops it.",
      "",
    ].join("\n"),
    // A full disk is an outage of the events' sink: they wait, and so does this.
  ).catch((error: unknown) => {
    if (sink !== "stdout") throw error;
  });
  await serveUntilStopped(stop, close, (message) => log.info(message), {
    start: turnAway,
    delayMs: (options.drainDelay ?? 0) * 1000,
  });
  if (outputGone) {
    throw new Error(
      "Whoever read the events from stdout is gone. What was not handed on is kept, and is handed on by the next `onsync listen` on the same events.",
    );
  }
}
