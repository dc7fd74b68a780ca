/** `onsync listen rotate`: a new webhook secret, while receivers run and no delivery is refused. */
import type { Command } from "commander";
import { eventFileOption, openStore, redisOption, type StoreChoice } from "../events/store.ts";
import { type Io, printJson } from "../io.ts";

const help = `
Receivers on the same --data or --redis accept the new secret at once, beside those they had.

With an endpoint of \`listen --register\` all of it is done here: a new endpoint is registered, the old one is removed when
OnSync has delivered what it still had for it, and its secret is accepted for another hour. Broken off, it goes on from
there when run again. Needs ONSYNC_API_KEY.
With an endpoint of your own, the new secret is printed: register an endpoint with it in OnSync (Settings → API &
Webhooks), then remove the old one, and its secret from ONSYNC_WEBHOOK_SECRETS.`;

/** Four attempts take OnSync up to twelve and a half minutes. */
const drainMs = 15 * 60 * 1000;

export const addRotateCommand = (listen: Command, io: Io): void => {
  listen
    .command("rotate")
    .summary("replace the webhook secret; deliveries go on being accepted")
    .description("Replaces the webhook secret of running receivers, without a delivery refused.")
    .addOption(eventFileOption())
    .addOption(redisOption())
    .addHelpText("after", help)
    .action((_options: StoreChoice, command: Command) => rotate(io, command.optsWithGlobals()));
};

const rotate = async (io: Io, choice: StoreChoice): Promise<void> => {
  const [
    { registrationOf, rotateRegistration },
    { addSecret, generateSecret },
    { createLog, logFunction },
    { connect },
    { systemClock },
  ] = await Promise.all([
    import("../events/registration.ts"),
    import("../../src/events/secrets.ts"),
    import("../log.ts"),
    import("../connection.ts"),
    import("../../src/client/clock.ts"),
  ]);
  const log = createLog(io.env, "info");
  const store = await openStore(io.env, choice, { claim: false }, logFunction(log));
  try {
    if ((await registrationOf(store)) === null) {
      const secret = generateSecret();
      await addSecret(store, secret);
      return await printJson(io.stdout, { secret });
    }
    const { onsync, close } = await connect(io.env, log);
    try {
      const { url, webhookId } = await rotateRegistration(onsync, store, {
        drainMs,
        sleep: systemClock.sleep,
        now: systemClock.now,
        say: (message) => log.info(message),
      });
      await printJson(io.stdout, { rotated: url, webhookId });
    } finally {
      await close();
    }
  } finally {
    await store.close();
  }
};
