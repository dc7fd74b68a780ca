/** The figures of a soak, for its last line. */
import type { Life } from "./evidence.ts";
import type { Soaked } from "./soak.ts";

const mebibyte = 1024 * 1024;
const halfMs = 60_000;

/** Of the processes that lived longest: memory, handles and sockets, the most of the first half and of the second. */
function describeLongest(lives: readonly Life[]): Record<string, string> {
  const longest = new Map<string, Life>();
  for (const life of lives) {
    const kind = life.slot.replace(/ \d+$/, "");
    if (life.samples.length > (longest.get(kind)?.samples.length ?? 0)) longest.set(kind, life);
  }
  return Object.fromEntries(
    [...longest].map(([kind, { samples }]) => {
      const settled = samples.filter(({ at }) => at - (samples[0]?.at ?? 0) > halfMs);
      const counted = settled.length > 10 ? settled : samples;
      const middle = Math.floor(counted.length / 2);
      const [first, second] = [counted.slice(0, middle), counted.slice(middle)].map((half) => ({
        mib: Math.round(Math.max(0, ...half.map(({ rssBytes }) => rssBytes)) / mebibyte),
        handles: Math.max(0, ...half.map(({ handles }) => handles)),
        sockets: Math.max(0, ...half.map(({ sockets }) => sockets)),
      }));
      return [
        kind,
        `${samples.length} s: ${first?.mib} then ${second?.mib} MiB, ${first?.handles} then ${second?.handles} handles, ${first?.sockets} then ${second?.sockets} sockets`,
      ];
    }),
  );
}

export function describeSoak({ evidence, counts, ledger, importKills, calls }: Soaked) {
  const { jobs, proposals, stored, wire, handedOn, imports, exported, lives } = evidence;
  const accepted = handedOn.filter((each) => each.accepted);
  return {
    ...{ ledger, ...counts, importKills, lives: lives.length },
    ...{
      zaps: jobs.length,
      zapsSent: jobs.filter(({ told }) => told.some(({ outcome }) => outcome === "sent")).length,
    },
    zapsUnknown: jobs.filter(({ told }) => told.at(-1)?.outcome === "unknown").length,
    ...{ calls, proposals: proposals.length, proposalsSent: proposals.filter(({ state }) => state === "sent").length },
    ...{ declined: proposals.filter(({ state }) => state === "declined").length },
    ...{
      messages: stored.messages.length,
      requests: wire.length,
      unanswered: wire.filter(({ status }) => status === null).length,
    },
    ...{
      events: stored.events.length,
      handedOn: accepted.length,
      eventsRepeated: accepted.length - new Set(accepted.map(({ id }) => id)).size,
    },
    ...{
      importedRows: imports.reduce((sum, { rows }) => sum + rows, 0),
      exportedRows: exported.messages.length + exported.contacts.length + exported.conversations.length,
    },
    longest: describeLongest(lives),
  };
}
