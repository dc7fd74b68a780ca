/** Options that several commands take, and what is accepted for them. Commander puts the option's name before each message. */
import { isIP } from "node:net";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Environment } from "../output/io.ts";
import { findPort } from "./environment.ts";

/** @returns reads a whole number between two bounds, written in decimal digits */
export function createNumberParser(min: number, max: number, hint = "") {
  return (text: string): number => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    throw new InvalidArgumentError(`Give a whole number ${range}${hint}.`);
  };
}

function parseHost(text: string): string {
  if (isIP(text) || /^(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*\.?$/i.test(text)) return text;
  throw new InvalidArgumentError("Give an address or host name alone, such as 127.0.0.1, ::1 or 0.0.0.0.");
}

/** A path, a name: anything but nothing. */
export function parseNotEmpty(text: string): string {
  if (text.trim() !== "") return text;
  throw new InvalidArgumentError("It must not be empty.");
}

/** `--budget`: what a command may take of the org's requests an hour. @returns above 0 and up to 1 */
export function parseShare(text: string): number {
  const percent = /^(\d{1,3})%?$/.exec(text.trim())?.[1];
  if (percent !== undefined && Number(percent) >= 1 && Number(percent) <= 100) return Number(percent) / 100;
  throw new InvalidArgumentError("Give a share of the org's hour, from 1% to 100%.");
}

/** Several, separated by commas; each once. */
export function parseList(text: string): string[] {
  const items = [...new Set(text.split(",").map((item) => item.trim()))];
  if (!items.includes("")) return items;
  throw new InvalidArgumentError("Give one or several, separated by commas, none of them empty.");
}

export function createPortOption(defaultPort: number): Option {
  return new Option("--port <number>", "port to listen on; 0 takes a free one and reports it")
    .argParser(createNumberParser(0, 65_535, " (0 takes a free port)"))
    .default(defaultPort);
}

/** The port that a command listens on: `--port`, else that of a platform that sets `PORT`, else the default. */
export function readPort(env: Environment, command: Command, { port }: { port: number }): number {
  return command.getOptionValueSource("port") === "cli" ? port : (findPort(env) ?? port);
}

export function createHostOption(description = "address to listen on"): Option {
  return new Option("--host <address>", description).argParser(parseHost).default("127.0.0.1");
}

/** In seconds. */
export function createDrainDelayOption(): Option {
  return new Option(
    "--drain-delay <seconds>",
    "told to stop, go on so long while /readyz says no, so that a balancer turns away first",
  )
    .argParser(createNumberParser(0, 600))
    .default(0);
}

export type MetricsOptions = { metricsPort?: number; metricsHost?: string };

/** @param what of what, where a command has more than one way to run */
export function addMetricsOptions(command: Command, what = ""): Command {
  return command
    .addOption(
      new Option("--metrics-port <number>", `${what}serve /metrics for Prometheus on this port`).argParser(
        createNumberParser(0, 65_535, " (0 takes a free port)"),
      ),
    )
    .addOption(
      new Option(
        "--metrics-host <address>",
        "address of --metrics-port (default: 127.0.0.1); any but this machine's needs ONSYNC_METRICS_TOKEN",
      ).argParser(parseHost),
    );
}

export function createDataOption(description: string): Option {
  return new Option("--data <file>", description).argParser(parseNotEmpty);
}

/** Of the reference API. */
export function createRateLimitOption(): Option {
  return new Option("--rate-limit <number>", "requests an hour for each org (default: 1000)").argParser(
    createNumberParser(1, 1_000_000_000),
  );
}

export function createReadyJsonOption(): Option {
  return new Option("--json", 'print one JSON line when ready, {"ready":true,"url":…}, instead of text');
}

export function createPrivateWebhooksOption(): Option {
  return new Option(
    "--allow-private-webhooks",
    "deliver webhooks to private addresses although others can reach this server (on 127.0.0.1 they always are)",
  );
}
