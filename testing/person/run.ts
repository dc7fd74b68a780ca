/**
 * One run: an adversary in the place of a model calls whatever it likes, with whatever it has seen; people approve, edit and
 * decline now and then. It is drawn from a seed, so that the same seed is the same run.
 */
import { createMcpHttp } from "../../mcp/http/index.ts";
import { approveProposal, declineProposal } from "../../src/proposals/approve.ts";
import { getInput } from "../../src/proposals/proposal.ts";
import { type ApprovalWorld, createApprovalWorld } from "../approvals.ts";
import { createRandom, type Random } from "../hostile/random.ts";
import { browse, createAdversary, drawRequest, learn } from "./adversary.ts";
import { type Json, openRequests, openSession, type RawClient } from "./client.ts";
import { type Approved, judge } from "./judge.ts";

/** What makes a server wrong on purpose, so that the judge is seen to notice. */
export type Wrong = {
  /** In place of the server's answer, or before it. */
  around?(method: string, params: Json, world: ApprovalWorld): Promise<void>;
  /** Told of each approval, after it. */
  afterApproval?(id: string, world: ApprovalWorld): Promise<void>;
  /** What the model is shown besides. */
  leak?(world: ApprovalWorld): Promise<string>;
};

export type Outcome = {
  seed: number;
  findings: string[];
  calls: number;
  sent: number;
  approved: number;
  proposed: number;
};

const operatorToken = "operator-token-0123456789abcdef";
const maxSteps = 24;

/**
 * @param trusting whether the host's own approvals count: the adversary is then the model alone, and does not see what only
 *   a host sees; otherwise it is the whole host
 */
export async function runOnce(
  seed: number,
  { trusting = true, wrong = {} }: { trusting?: boolean; wrong?: Wrong } = {},
): Promise<Outcome> {
  const random = createRandom(seed);
  await using world = await createApprovalWorld();
  const approved: Approved[] = [];
  const { client, fetch } = await openClient(world, random, trusting, approved);
  const adversary = createAdversary(random, { seesMeta: !trusting });
  let calls = 0;
  const steps = random.whole(8, maxSteps);
  for (let step = 0; step < steps; step++) {
    const draw = random.next();
    if (draw < 0.13) await decideAsPerson(world, random, approved, wrong);
    else if (draw < 0.2) world.pass(random.pick([1_000, 60_000, 3_600_000, 86_400_000]));
    else if (draw < 0.25) world.faults.push(random.pick(["refused", "lost"] as const));
    else if (draw < 0.4) learn(adversary, await browse(adversary, fetch));
    else {
      const { method, params } = drawRequest(adversary);
      calls++;
      await wrong.around?.(method, params, world);
      learn(adversary, await client.request(method, params));
      if (wrong.leak) learn(adversary, await wrong.leak(world));
    }
  }
  await client.close();
  const proposed = (await world.proposals.list(1000)).length;
  const findings = judge(world.sent, approved);
  return { seed, findings, calls, sent: world.sent.length, approved: approved.length, proposed };
}

async function openClient(world: ApprovalWorld, random: Random, trusting: boolean, approved: Approved[]) {
  const { onsync, ledger, now } = world;
  const options = {
    ...{ onsync, ledger, now },
    safety: {
      send: "person",
      hostApprovals: trusting,
      toolsets: ["account", "contacts", "conversations", "sending", "webhooks", "events"],
    } as const,
    approvals: { token: operatorToken },
  };
  const http = createMcpHttp(options);
  const capabilities = {
    ...(random.chance(0.5) && { elicitation: { form: {} } }),
    ...(random.chance(0.5) && {
      extensions: { "io.modelcontextprotocol/ui": { mimeTypes: ["text/html;profile=mcp-app"] } },
    }),
  };
  /** The host's person, where the host is trusted to have one; else whoever wants it sent. */
  const answer = (message: string): Json => {
    const says = trusting ? random.pick(["cancel", "decline", "accept"]) : "accept";
    if (says === "accept" && trusting) approved.push({ kind: "question", message });
    return { action: says, ...(says === "accept" && { content: { send: true } }) };
  };
  const client: RawClient = random.chance(0.5)
    ? await openSession(options, capabilities, answer)
    : openRequests(http, capabilities, answer);
  return { client, fetch: http.fetch };
}

/** A person looks at a proposal, and decides on what they saw: alone, twice, or on two replicas at once. */
async function decideAsPerson(world: ApprovalWorld, random: Random, approved: Approved[], wrong: Wrong): Promise<void> {
  const { proposals, now } = world;
  const open = (await proposals.list(100)).filter(({ state }) => !["declined", "expired"].includes(state));
  if (open.length === 0) return;
  const status = random.pick(open);
  const { id } = status.proposal;
  const who = { by: random.pick(["Sara", "Omar"]), in: "page", now } as const;
  if (random.chance(0.3)) {
    await declineProposal(proposals, id, who);
    return;
  }
  const { to, content } = getInput(status) as { to: string; content?: string };
  const isEdited = content !== undefined && status.state === "proposed" && random.chance(0.3);
  const edit = isEdited ? { content: `${content.slice(0, 100)} (edited)` } : {};
  approved.push({ kind: "proposal", id, to, content: edit.content ?? content });
  const clients = random.pick([[world.onsync], [world.onsync, world.onsync], [world.onsync, world.createReplica()]]);
  await Promise.all(clients.map((onsync) => approveProposal(proposals, onsync, id, { ...who, edit })));
  await wrong.afterApproval?.(id, world);
}
