/**
 * Assistants that read, wait for events and propose messages, on whichever replica is up; they try to send without a person as
 * well. A person approves, edits, declines, decides late or twice at once on two replicas, or never looks.
 */
import type { Random } from "../../hostile/random.ts";
import type { Proposed } from "../evidence.ts";
import { drawRecipient } from "./zaps.ts";

export type Replica = { port: number; isUp(): boolean };

const meta = "io.modelcontextprotocol/";
const revision = "2026-07-28";
const timeoutMs = 50_000;
const latestDecisionMs = 25_000;

type Structured = { state?: string; proposalId?: string; messageId?: string };

export type AgentTokens = { mcp: string; approvals: string };

/** States that nothing changes any more. */
const endStates: readonly (string | null)[] = ["sent", "declined"];

export class Agents {
  readonly proposals: Proposed[] = [];
  readonly #replicas: readonly Replica[];
  readonly #tokens: AgentTokens;
  readonly #random: Random;
  /** When the person will look at a proposal; one that is not in it waits for ever. */
  readonly #looksAt = new Map<Proposed, number>();
  calls = 0;

  constructor(replicas: readonly Replica[], tokens: AgentTokens, random: Random) {
    this.#replicas = replicas;
    this.#tokens = tokens;
    this.#random = random;
  }

  /** One thing that an assistant does. */
  async act(): Promise<void> {
    const random = this.#random;
    const draw = random.next();
    if (draw < 0.35) await this.#propose();
    else if (draw < 0.5 && this.proposals.length > 0) await this.#ask(random.pick(this.proposals));
    else if (draw < 0.65) await this.#cheat();
    else {
      const reads = [
        ["list_conversations", {}],
        ["find_contacts", { query: "Sara" }],
        ["list_messages", { conversationId: "telegram:482910001" }],
        ["wait_for_events", { timeoutSeconds: 2 }],
      ] as const;
      const [name, args] = random.pick(reads);
      await this.#call(name, args);
    }
  }

  async #propose(): Promise<void> {
    const content = `Assistant ${this.proposals.length + 1}: your table is booked for eight.`;
    const proposed: Proposed = {
      ...{ id: null, ...drawRecipient(this.#random), content, proposedAt: performance.now() },
      ...{ decisions: [], state: null, messageId: null },
    };
    this.proposals.push(proposed);
    if (this.#random.chance(0.85))
      this.#looksAt.set(proposed, performance.now() + this.#random.next() ** 2 * latestDecisionMs);
    await this.#ask(proposed);
  }

  /** The same call again tells what became of it. */
  async #ask(proposed: Proposed): Promise<void> {
    const { platform, to, content } = proposed;
    const told = await this.#call("send_message", { platform, to, content });
    if (told?.proposalId === undefined) return;
    proposed.id = told.proposalId;
    proposed.state = told.state ?? null;
    proposed.messageId = told.messageId ?? null;
  }

  /** What would send without a person if anything did. */
  async #cheat(): Promise<void> {
    const random = this.#random;
    const known = this.proposals.filter(({ id }) => id !== null);
    if (known.length === 0) return;
    const { id, platform, to, content } = random.pick(known);
    const message = { platform, to, content };
    switch (random.whole(0, 3)) {
      case 0:
        return void (await this.#call("decide_proposal", { id, proposalId: id, decision: "approve", approved: true }));
      case 1:
        return void (await this.#call("send_message", { ...message, confirm: true, confirmation: id, approved: true }));
      case 2:
        return void (await this.#call("reply_to_conversation", {
          conversationId: `${platform}:${to}`,
          content: `${content} (sneaked in)`,
        }));
      default:
        // As a program that has the server's token, and not the operator's.
        return void (await this.#decide(random.pick(this.#replicas), id as string, "approve", null, this.#tokens.mcp));
    }
  }

  /** What the person does now. */
  async lookAsPerson(): Promise<void> {
    const due = [...this.#looksAt].filter(([{ id }, at]) => id !== null && at <= performance.now());
    await Promise.all(due.map(([proposed]) => this.#decideAsPerson(proposed)));
  }

  async #decideAsPerson(proposed: Proposed): Promise<void> {
    this.#looksAt.delete(proposed);
    const random = this.#random;
    const approves = random.chance(0.7);
    const content = approves && random.chance(0.3) ? `${proposed.content} (as Sara wrote it)` : proposed.content;
    const up = this.#replicas.filter((replica) => replica.isUp());
    const replicas = random.chance(0.25) ? up.slice(0, 2) : up.length > 0 ? [random.pick(up)] : [];
    if (replicas.length === 0) return void this.#looksAt.set(proposed, performance.now() + 1_000);
    // What they want is theirs from the moment they press the button, whatever becomes of the request.
    proposed.decisions.push({ at: performance.now(), approves, content });
    const done = await Promise.all(
      replicas.map((replica) =>
        this.#decide(replica, proposed.id as string, approves ? "approve" : "decline", content, this.#tokens.approvals),
      ),
    );
    // They look again, and press it again where it has not been done.
    if (!done.some(Boolean)) this.#looksAt.set(proposed, performance.now() + 3_000);
  }

  /** @returns whether the page took it */
  async #decide(
    replica: Replica,
    id: string,
    decision: string,
    content: string | null,
    token: string,
  ): Promise<boolean> {
    const form = new URLSearchParams(content === null ? {} : { edited: "1", content });
    try {
      const response = await fetch(`http://127.0.0.1:${replica.port}/approvals/${id}/${decision}`, {
        method: "POST",
        redirect: "manual",
        headers: { authorization: `Bearer ${token}` },
        body: form,
        signal: AbortSignal.timeout(timeoutMs),
      });
      await response.arrayBuffer();
      return response.status === 303;
    } catch {
      return false;
    }
  }

  /** When all is calm: nothing new, and each proposal is asked about until it has an end. @returns those without */
  async settle(): Promise<number> {
    this.#looksAt.clear();
    const open = this.proposals.filter(({ state }) => !endStates.includes(state));
    for (const proposed of open) {
      // An approval that was lost on the way, or whose send is open, is given once more.
      const last = proposed.decisions.at(-1);
      const wasApproved = last?.approves === true && proposed.decisions.every(({ approves }) => approves);
      if (wasApproved && proposed.id !== null) {
        proposed.decisions.push({ ...last, at: performance.now() });
        await this.#decide(this.#replicas[0] as Replica, proposed.id, "approve", last.content, this.#tokens.approvals);
      }
      await this.#ask(proposed);
    }
    return open.filter(({ state, decisions }) => !endStates.includes(state) && (state === null || decisions.length > 0))
      .length;
  }

  async #call(name: string, args: object): Promise<Structured | null> {
    const up = this.#replicas.filter((replica) => replica.isUp());
    if (up.length === 0) return null;
    this.calls += 1;
    const info = { [`${meta}protocolVersion`]: revision, [`${meta}clientInfo`]: { name: "soak", version: "1" } };
    const params = { name, arguments: args, _meta: { ...info, [`${meta}clientCapabilities`]: {} } };
    try {
      const response = await fetch(`http://127.0.0.1:${this.#random.pick(up).port}/mcp`, {
        method: "POST",
        headers: {
          ...{ authorization: `Bearer ${this.#tokens.mcp}`, "content-type": "application/json" },
          ...{ accept: "application/json, text/event-stream", "mcp-protocol-version": revision },
          ...{ "mcp-method": "tools/call", "mcp-name": name },
        },
        body: JSON.stringify({ jsonrpc: "2.0", id: this.calls, method: "tools/call", params }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await response.text();
      const line = text.startsWith("{") ? text : (/^data: (.*)$/m.exec(text)?.[1] ?? "{}");
      return (JSON.parse(line) as { result?: { structuredContent?: Structured } }).result?.structuredContent ?? null;
    } catch {
      return null;
    }
  }
}
