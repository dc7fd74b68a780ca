/** `onsync reference`: the reference implementation of the OnSync API, for trying out and for tests. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Io } from "../output/io.ts";
import {
  createDataOption,
  createHostOption,
  createPortOption,
  createPrivateWebhooksOption,
  createRateLimitOption,
  createReadyJsonOption,
  parseList,
} from "../settings/options.ts";
import { type ReferenceOptions, runReference } from "./run-reference.ts";

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
    .addOption(createRateLimitOption())
    .addOption(new Option("--seed <story>", "begin with made-up data").choices(["demo"]))
    .addOption(
      new Option("--carrier <mode>", "what becomes of sent messages; off: they stay queued (default: off)").choices([
        "delivers",
        "fails",
        "off",
      ]),
    )
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
