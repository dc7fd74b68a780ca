/** `onsync events replay`: puts events back, to be handed on again. */
import { readOrg } from "../../src/webhooks/order-key.ts";
import type { EventStore } from "../../src/webhooks/store/store.ts";
import { CommandFailed } from "../output/errors.ts";
import { type Io, printIfPossible, printJson } from "../output/io.ts";

const replayPageSize = 1000;

/** @param ids which; none: all dead letters */
export async function replayEvents(io: Io, store: EventStore, ids: readonly string[], org?: string): Promise<void> {
  const wanted = org === undefined ? ids : ids.map((id) => ({ org: readOrg({ orgId: org }), id }));
  const replayed = await store.replay(wanted);
  const unknown = ids.filter((id) => !replayed.includes(id));
  if (ids.length === 0) {
    // From the oldest on, each once: one that dies again meanwhile is not replayed for ever.
    for (let after = 0; ; ) {
      const dead = await store.list({ state: "dead", after, limit: replayPageSize });
      const last = dead.at(-1);
      if (!last) break;
      replayed.push(...(await store.replay(dead)));
      after = last.position;
    }
  }
  await printJson(io.stdout, { replayed: replayed.length, ...(unknown.length > 0 && { unknown }) });
  if (unknown.length > 0) {
    await printIfPossible(
      io.stderr,
      `${unknown.join(", ")}: not kept here, or waiting already (\`onsync events list --state all\`).\n`,
    );
    throw new CommandFailed(1);
  }
}
