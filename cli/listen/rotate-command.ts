/** `onsync listen rotate`: a new webhook secret, while receivers run and no delivery is refused. */
import { type Command, Option } from "commander";
import type { EventStore } from "../../src/webhooks/store/store.ts";
import { type Io, printJson } from "../output/io.ts";
import type { Log } from "../output/log.ts";
import {
  createEventFileOption,
  createRedisOption,
  openStore,
  requireEventFile,
  type StoreChoice,
} from "../settings/event-store.ts";
import { createNumberParser } from "../settings/options.ts";

const help = `
Receivers on the same --data or --redis accept the new secret at once, beside those they had, and stop accepting what it
replaces after --accept-old seconds.

With endpoints of \`listen --register\` all of it is done here, for each of them: a new endpoint is registered, the old one
is removed when OnSync has delivered what it still had for it, and its secret is accepted for another hour. Broken off, it
goes on from there when run again. Needs ONSYNC_API_KEY.
With an endpoint of your own (--own, where there are others), the new secret is printed: register an endpoint with it in
OnSync (Settings → API & Webhooks), then remove the old one. Secrets that were printed before are accepted for another
day. Those of ONSYNC_WEBHOOK_SECRETS are yours to remove: they count for as long as receivers are started with them.`;

/** Four attempts take OnSync up to twelve and a half minutes. */
const drainMs = 15 * 60 * 1000;
/** By hand, a new endpoint is not there within the hour. */
const acceptPrintedSeconds = 24 * 60 * 60;

type RotateOptions = StoreChoice & { own?: true; acceptOld?: number };

export function addRotateCommand(listen: Command, io: Io): void {
  listen
    .command("rotate")
    .summary("replace the webhook secret; deliveries go on being accepted")
    .description("Replaces the webhook secret of running receivers, without a delivery refused.")
    .addOption(createEventFileOption())
    .addOption(createRedisOption())
    .option("--own", "the secret of an endpoint of your own, not of those of --register")
    .addOption(
      new Option(
        "--accept-old <seconds>",
        "how long the old secret is accepted: 3600 after its endpoint is removed, for a printed one 86400",
      ).argParser(createNumberParser(0, 30 * 86_400)),
    )
    .addHelpText("after", help)
    .action((_options: RotateOptions, command: Command) => rotate(io, command.optsWithGlobals()));
}

async function rotate(io: Io, options: RotateOptions): Promise<void> {
  const [{ listRegistrations }, { createLog, toLogFunction }] = await Promise.all([
    import("./endpoint/registrations.ts"),
    import("../output/log.ts"),
  ]);
  requireEventFile(options);
  const log = createLog(io.env, "info");
  const store = await openStore(io.env, options, { claim: false }, toLogFunction(log));
  try {
    const urls = (await listRegistrations(store)).map(({ url }) => url);
    if (options.own || urls.length === 0) await rotatePrinted(io, store, options, log);
    else await rotateRegistered(io, store, urls, options, log);
  } finally {
    await store.close();
  }
}

async function rotatePrinted(io: Io, store: EventStore, options: RotateOptions, log: Log): Promise<void> {
  const { addSecret, generateSecret, retireOtherSecrets } = await import("../../src/webhooks/receiver/secrets.ts");
  const { acceptOld = acceptPrintedSeconds } = options;
  const secret = generateSecret();
  await addSecret(store, secret);
  const until = Date.now() + acceptOld * 1000;
  await retireOtherSecrets(store, secret, until, { of: null });
  log.info(
    `Secrets printed before are refused from ${new Date(until).toISOString()} on: have an endpoint with the new one by then.`,
  );
  await printJson(io.stdout, { secret });
}

/** At the same time, since OnSync may take a quarter of an hour for each. */
async function rotateRegistered(
  io: Io,
  store: EventStore,
  urls: readonly string[],
  { acceptOld }: RotateOptions,
  log: Log,
): Promise<void> {
  const [{ rotateRegistration }, { connect }, { systemClock }] = await Promise.all([
    import("./endpoint/rotate.ts"),
    import("../settings/connection.ts"),
    import("../../src/client/clock.ts"),
  ]);
  const { onsync, close } = await connect(io.env, log);
  const rotationOptions = {
    drainMs,
    acceptOldMs: acceptOld === undefined ? undefined : acceptOld * 1000,
    sleep: systemClock.sleep,
    now: systemClock.now,
    say: (message: string) => log.info(message),
  };
  try {
    const rotations = await Promise.allSettled(
      urls.map(async (url) => {
        const { webhookId } = await rotateRegistration(onsync, store, rotationOptions, url);
        await printJson(io.stdout, { rotated: url, webhookId });
      }),
    );
    for (const rotation of rotations) if (rotation.status === "rejected") throw rotation.reason;
  } finally {
    await close();
  }
}
