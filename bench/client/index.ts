/** What a call of the client costs beside a bare `Pool.request` of the same endpoint, and beside other clients. */
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { endChild, receive, startChild } from "../harness/child.ts";
import { installPeers, namePeer } from "../harness/peers.ts";
import { measureInTurns, type Question, type Scale, type Table } from "../harness/question.ts";
import { callers, ownCallers } from "./callers.ts";
import { type CallName, requests } from "./requests.ts";

const inThisFolder = (file: string) => join(import.meta.dirname, file);
/** What the peers are measured with, too. */
const comparedCalls: readonly CallName[] = ["get", "save"];

/** @returns microseconds of CPU a call */
async function measureCalls(child: ChildProcess, what: CallName, count: number): Promise<number> {
  child.send({ what, count });
  return (await receive(child)) as number;
}

/** The client, and what it is compared to: asked so many times as often, in turns, that the ratio can be told from its aim. */
const goes = 3;

async function measureOne(what: CallName, children: readonly ChildProcess[], isSmall: boolean): Promise<Table> {
  const among = callers.filter((caller) => caller.package === undefined || comparedCalls.includes(what));
  const count = isSmall ? 64 : comparedCalls.includes(what) ? 2_000 : 1_000;
  const turns = [...Array.from({ length: goes - 1 }, () => callers.slice(0, ownCallers)).flat(), ...among];
  const values = await measureInTurns(
    turns.map((caller) => () => measureCalls(children[callers.indexOf(caller)] as ChildProcess, what, count)),
    { rounds: isSmall ? 1 : 9, warmUps: isSmall ? 0 : 2 },
  );
  /** Of each round, the mean of its goes. */
  const readRounds = (caller: (typeof callers)[number]): number[] => {
    const own = values.filter((_, turn) => turns[turn] === caller);
    return (own[0] ?? []).map((_, round) => own.reduce((sum, go) => sum + (go[round] as number), 0) / own.length);
  };
  return {
    ...{ caption: requests[what].title, what: "caller", base: callers[0]?.name as string },
    ...(comparedCalls.includes(what) && { chart: true }),
    measures: [{ name: "CPU µs a call", compared: true }],
    rows: among.map((caller) => ({
      name: caller.package ? namePeer(caller.package) : caller.name,
      values: [readRounds(caller)],
      ...(caller.name.includes("onDrift") && { aim: { atMost: 1.3 } }),
    })),
  };
}

async function measure({ isSmall }: Scale): Promise<Table[]> {
  installPeers();
  const server = await startChild(inThisFolder("server.ts"));
  const children: ChildProcess[] = [];
  try {
    for (const { name } of callers)
      children.push((await startChild(inThisFolder("caller.ts"), [server.said as string, name])).child);
    const tables: Table[] = [];
    for (const what of Object.keys(requests) as CallName[]) tables.push(await measureOne(what, children, isSmall));
    return tables;
  } finally {
    for (const child of [...children, server.child]) await endChild(child);
  }
}

export const client: Question = {
  name: "client",
  title: "The client beside other clients",
  about: `What a call costs the process that makes it, in CPU time: 64 calls at once, over sockets that stay open, to a server that
answers at once. Each caller is a process of its own. Ours checks the input, keeps the deadline, reads the budget and the answer;
with \`onDrift\` it holds the answer against its schema, too. The others have retries off, and parse the answer.

The base and the client are measured three times in each round, so that their ratio is known well enough to tell it from 1.3.
What stands between this and 1.3, by the profile: a send notes its reference in a ledger before and after (13 µs of CPU with a full
ledger in memory), hashes what it sends (4 µs) and waits three times with a deadline (2 to 3 µs each), none of which a bare request
does; a list's records are each held against the schema (60 µs for a hundred contacts, beside the 100 that JSON.parse takes).`,
  measure,
};
