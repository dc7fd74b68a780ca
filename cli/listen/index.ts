/** `onsync listen`: the webhook receiver. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { listenForStop, serveUntilStopped } from "../lifecycle.ts";
import type { Io } from "../output/io.ts";
import { announceReady } from "../output/ready.ts";
import { createEventFileOption, createRedisOption, formatStorePlace } from "../settings/event-store.ts";
import { createLedgerOption } from "../settings/ledger.ts";
import { createHostOption, createNumberParser, createPortOption, createReadyJsonOption } from "../settings/options.ts";
import { addRotateCommand } from "./rotate.ts";
import type { ListenOptions } from "./run.ts";

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

function parseWebUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && ["http:", "https:"].includes(url.protocol)) return url.href;
  throw new InvalidArgumentError("Give an http or https URL, such as http://127.0.0.1:3000/onsync.");
}

function parseSeconds(text: string): number {
  const value = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (value <= 86_400) return value;
  throw new InvalidArgumentError("Give seconds, from 0 to 86400, such as 2.5.");
}

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** @returns milliseconds */
function parseDuration(text: string): number {
  const [, number = "", unit = "s"] = /^(\d{1,6})([smhd])?$/.exec(text) ?? [];
  const ms = Number(number) * unitMs[unit as keyof typeof unitMs];
  if (ms > 0 && ms <= 3650 * unitMs.d) return ms;
  throw new InvalidArgumentError("Give seconds, or a number with s, m, h or d, up to 3650d, such as 7d.");
}

export function addListenCommand(program: Command, io: Io): void {
  const listen = program
    .command("listen")
    .summary("receive webhooks: verify, keep, acknowledge, hand on in order")
    .description("Runs the webhook receiver: POST deliveries to /.")
    .addOption(createPortOption(4030))
    .addOption(createHostOption("address to listen on; OnSync must reach it, mostly through a proxy that speaks https"))
    .addOption(createEventFileOption())
    .addOption(createRedisOption())
    .addOption(
      new Option("--forward <url>", "hand events on to this URL, signed; 2xx takes one")
        .argParser(parseWebUrl)
        .conflicts("sink"),
    )
    .addOption(new Option("--sink <sink>", "hand events on to sqs:QUEUE_URL, pubsub:TOPIC or redis:STREAM"))
    .addOption(
      new Option(
        "--register <public-url>",
        "have OnSync deliver all events to this URL, where it reaches this receiver",
      ).argParser(parseWebUrl),
    )
    .option("--unregister", "with --register: take that back at the end, unless another receiver needs it")
    .addOption(
      new Option("--hold-back <seconds>", "wait so long for events created earlier (default: 0)").argParser(
        parseSeconds,
      ),
    )
    .addOption(
      new Option("--attempts <number>", "refusals until an event is dead")
        .argParser(createNumberParser(1, 1000))
        .default(10),
    )
    .addOption(
      new Option("--retry <seconds>", "wait before the first repeat; it doubles each time")
        .argParser(parseSeconds)
        .default(1),
    )
    .addOption(
      new Option("--concurrency <number>", "conversations worked on at once")
        .argParser(createNumberParser(1, 1000))
        .default(32),
    )
    .addOption(
      new Option(
        "--lease <seconds>",
        "with --redis: time for one hand-on, after which another receiver takes over (20)",
      ).argParser(createNumberParser(1, 3600)),
    )
    .addOption(
      new Option("--keep-days <number>", "keep events that are done so long")
        .argParser(createNumberParser(1, 3650))
        .default(7),
    )
    .addOption(
      new Option(
        "--max-age <duration>",
        "refuse (422) events created longer ago, by their createdAt: 90, 15m, 12h, 7d (default: none)",
      ).argParser(parseDuration),
    )
    .addOption(
      createLedgerOption("settle open sends of this ledger (a SQLite file or redis://…) by the events that arrive"),
    )
    .addOption(createReadyJsonOption())
    .addHelpText("after", help)
    .action((options: ListenOptions & { json?: true }) => run(io, options));
  addRotateCommand(listen, io);
}

async function run(io: Io, options: ListenOptions & { json?: true }): Promise<void> {
  const [{ createLog, toLogFunction }, { startListening }] = await Promise.all([
    import("../output/log.ts"),
    import("./run.ts"),
  ]);
  const log = createLog(io.env, "info");
  const stop = listenForStop();
  let outputGone = false;
  const { url, sink, registered, close } = await startListening(io, options, log, toLogFunction(log), () => {
    outputGone = true;
    stop.request();
  });
  await announceReady(
    io,
    options,
    { url, ...(registered && { registered: registered.url, webhookId: registered.webhookId }) },
    [
      `The webhook receiver is running, with its events in ${formatStorePlace(options)}.`,
      "",
      `  Deliveries  POST ${url}`,
      ...(registered ? [`  Registered  ${registered.url} (${registered.webhookId})`] : []),
      `  Hands on    ${sink}`,
      "",
      "Ctrl-C stops it.",
      "",
    ].join("\n"),
    // A full disk is an outage of the events' sink: they wait, and so does this.
  ).catch((error: unknown) => {
    if (sink !== "stdout") throw error;
  });
  await serveUntilStopped(stop, close, (message) => log.info(message));
  if (outputGone) {
    throw new Error(
      "Whoever read the events from stdout is gone. What was not handed on is kept, and is handed on by the next `onsync listen` on the same events.",
    );
  }
}
