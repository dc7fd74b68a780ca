/** `onsync events`: what the receiver keeps, and the dead letters. */
import { type Command, Option } from "commander";
import type { EventStore } from "../../src/webhooks/store/store.ts";
import { UsageError } from "../output/errors.ts";
import type { Io } from "../output/io.ts";
import {
  createEventFileOption,
  createRedisOption,
  openStore,
  requireEventFile,
  type StoreChoice,
} from "../settings/event-store.ts";
import { createNumberParser, parseNotEmpty } from "../settings/options.ts";
import { type ListOptions, listEvents } from "./list.ts";
import { replayEvents } from "./replay.ts";
import { printStats } from "./stats.ts";

type ReplayOptions = StoreChoice & { dead?: true; org?: string };

const listHelp = `
One JSON object a line, oldest first. A body that cannot be read is shown as text. --after takes the "position" of the last line, for the next page.

Examples:
  onsync events list                              the dead letters
  onsync events list --state waiting --key whatsapp:+971500000000
  onsync events list --state all --full           with the events' bodies`;

const replayHelp = `
Examples:
  onsync events replay evt_01JGDQ7W3N
  onsync events replay evt_01JGDQ7W3N --org org_123
  onsync events replay --dead                     all dead letters

An id is an org's own: where one receiver serves several orgs, --org says whose event is meant. Without it those of every
org that have the id are put back.

A running receiver hands them on within a second. An event takes its old place: before what waits in its conversation,
but after one that is being handed on already. It gets a new number (X-OnSync-Sequence), so that your server takes it.`;

export function addEventsCommand(program: Command, io: Io): void {
  const events = program
    .command("events")
    .summary("list, replay and count what the webhook receiver keeps")
    .description("Shows what the webhook receiver keeps (`onsync listen`), while it runs or not.");

  events
    .command("list")
    .summary("list events: the dead letters, unless told otherwise")
    .description("Lists events that the receiver keeps.")
    .addOption(
      new Option("--state <state>", "which")
        .choices(["dead", "waiting", "done", "all"])
        .default("dead", "dead letters"),
    )
    .addOption(new Option("--key <id>", "of this conversation or contact alone").argParser(parseNotEmpty))
    .addOption(
      new Option("--after <position>", "those after this one").argParser(
        createNumberParser(0, Number.MAX_SAFE_INTEGER),
      ),
    )
    .addOption(new Option("--limit <number>", "at most so many").argParser(createNumberParser(1, 10_000)).default(100))
    .option("--full", "with the events' bodies")
    .addOption(createEventFileOption())
    .addOption(createRedisOption())
    .addHelpText("after", listHelp)
    .action((options: ListOptions) => withStore(io, options, (store) => listEvents(io, store, options)));

  events
    .command("replay")
    .summary("put events back, to be handed on again")
    .description("Puts events back, dead or done, to be handed on again.")
    .argument("[ids...]", "ids of events, such as evt_01JGDQ7W3N")
    .option("--dead", "all dead letters")
    .addOption(new Option("--org <id>", "with ids: those of this org alone").argParser(parseNotEmpty).conflicts("dead"))
    .addOption(createEventFileOption())
    .addOption(createRedisOption())
    .addHelpText("after", replayHelp)
    .action((ids: string[], options: ReplayOptions) => {
      if (ids.length > 0 === (options.dead ?? false))
        throw new UsageError("Give the ids of the events to replay, or --dead for all dead letters.");
      return withStore(io, options, (store) => replayEvents(io, store, ids, options.org));
    });
  addStatsCommand(events, io);
}

function addStatsCommand(events: Command, io: Io): void {
  events
    .command("stats")
    .summary("count what waits, is dead and was accepted")
    .description("Counts what the receiver keeps.")
    .option("--json", "print JSON (the default)")
    .addOption(
      new Option(
        "--prometheus",
        "print them as /metrics has them (`onsync listen --metrics-port`), for node_exporter's textfile collector",
      ).conflicts("json"),
    )
    .addOption(createEventFileOption())
    .addOption(createRedisOption())
    .action((options: StoreChoice & { prometheus?: true }) =>
      withStore(io, options, (store) => printStats(io, store, options)),
    );
}

async function withStore(io: Io, choice: StoreChoice, work: (store: EventStore) => Promise<void>): Promise<void> {
  requireEventFile(choice);
  const store = await openStore(io.env, choice, { claim: false });
  try {
    await work(store);
  } finally {
    await store.close();
  }
}
