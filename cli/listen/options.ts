/** The options of `onsync listen`, and what is accepted for them. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { sinkNameForms } from "../../src/webhooks/sinks/named-sinks.ts";
import { createEventFileOption, createRedisOption } from "../settings/event-store.ts";
import { createLedgerOption } from "../settings/ledger.ts";
import {
  addMetricsOptions,
  createDrainDelayOption,
  createHostOption,
  createNumberParser,
  createPortOption,
  createReadyJsonOption,
} from "../settings/options.ts";

/** Where deliveries come from, are kept and go to. */
export function addPlaceOptions(listen: Command): Command {
  return listen
    .addOption(createPortOption(4030))
    .addOption(createHostOption("address to listen on; OnSync must reach it, mostly through a proxy that speaks https"))
    .addOption(createEventFileOption())
    .addOption(createRedisOption())
    .addOption(
      new Option("--forward <url>", "hand events on to this URL, signed; 2xx takes one")
        .argParser(parseWebUrl)
        .conflicts("sink"),
    )
    .addOption(new Option("--sink <sink>", `hand events on to ${sinkNameForms}`))
    .addOption(
      new Option(
        "--register <public-url>",
        "have OnSync deliver all events to this URL, where it reaches this receiver",
      ).argParser(parseWebUrl),
    )
    .option("--unregister", "with --register: take that back at the end, unless another receiver needs it");
}

/** How events are handed on. */
export function addDispatchOptions(listen: Command): Command {
  return listen
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
    );
}

/** What is kept, taken and told. */
export function addReceiverOptions(listen: Command): Command {
  return addMetricsOptions(listen)
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
      new Option(
        "--max-lag <duration>",
        "/readyz says no while the sink is out of reach and an event has waited longer: 90, 15m (default: no limit)",
      ).argParser(parseDuration),
    )
    .addOption(createDrainDelayOption())
    .addOption(
      createLedgerOption("settle open sends of this ledger (a SQLite file or redis://…) by the events that arrive"),
    )
    .addOption(createReadyJsonOption());
}

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
