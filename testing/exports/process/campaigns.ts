/** What an export goes through, from an empty target to one that is judged. */
import { rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { type InboxEvent, toTime, versionAt } from "../inbox/inbox.ts";
import type { Demand } from "../judge/judge.ts";
import { judgeReport } from "../judge/report.ts";
import { waitForEnd } from "./life.ts";
import { type Counts, Exporter, type Finished } from "./lives.ts";
import { maxLagMs, openScene, type Scene, type SceneSettings, size } from "./scene.ts";

export const campaignNames = ["backfill", "follow", "handover", "gap"] as const;
export type CampaignName = (typeof campaignNames)[number];

export type Outcome = { counts: Counts; receiverKills: number; rows: number; requests: number; violations: string[] };

const maxLives = 30;
const trafficEveryMs = 40;
const deliveredWithinMs = 60_000;
/** Conversations that began while an export came to its end, or of which a list says more than their histories. */
const maxUnread = size.conversations / 2;

class Campaign {
  readonly scene: Scene;
  readonly exporter: Exporter;
  readonly violations: string[] = [];
  readonly #kills: number;
  receiverKills = 0;
  /** Between these moments, in milliseconds since 1970, the log took what nobody read before it was lost. */
  #lost = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };

  constructor(scene: Scene, command: readonly string[], kills: number) {
    this.scene = scene;
    this.exporter = new Exporter(scene, command);
    this.#kills = kills;
  }

  /** Killed half of its kills, or all: then it comes to its end. */
  async #export(more: readonly string[], kills: number): Promise<Finished | null> {
    const startedAt = Date.now();
    for (let life = 0; life < maxLives; life++) {
      const asked = this.scene.server.asked.length;
      const running = this.exporter.start(more);
      const disturbed = life < kills;
      const ended = disturbed
        ? await this.exporter.disturb(running, 1200, () => this.#lookMeanwhile())
        : await this.exporter.waitForEnd(running);
      if (disturbed) await this.#look();
      // It may give up on a server that misbehaves, and say so: the same command goes on.
      if (!ended || this.exporter.gaveUp(ended)) continue;
      return this.exporter.readEnd(ended, startedAt, Date.now(), this.scene.server.asked.length - asked);
    }
    this.violations.push(`no end: it was started ${maxLives} times`);
    return null;
  }

  /** Between two lives, the target must be right as far as it goes. */
  async #look(): Promise<void> {
    const { judge, target, table } = this.scene;
    try {
      this.violations.push(...judge.look(await target.read(table)));
    } catch (error) {
      this.violations.push(`unreadable: ${(error as Error).message}`);
    }
  }

  /** Somebody may read at any moment; a DuckDB file alone is its writer's. */
  async #lookMeanwhile(): Promise<void> {
    if (this.scene.target.format !== "duckdb") await this.#look();
  }

  async backfill(): Promise<void> {
    const { traffic } = this.scene;
    traffic.start(trafficEveryMs);
    const finished = await this.#export([], this.#kills);
    traffic.stop();
    if (!finished) return;
    // As docs/data.md has it: a message whose status changes after its page was read is not read again.
    const states = this.scene.table === "messages" ? { statesUpTo: finished.startedAt - maxLagMs } : {};
    await this.#judge(finished, { ...upTo(finished), ...states });
    // Once more, when all is quiet: what came meanwhile must be there.
    await delay(maxLagMs);
    const again = await this.#export([], 0);
    if (again) await this.#judge(again, { ...upTo(again), ...states });
  }

  async handover(): Promise<void> {
    const { traffic, receiver } = this.scene;
    await receiver.start();
    traffic.start(trafficEveryMs);
    const finished = await this.#export(["--events", this.scene.events], Math.ceil(this.#kills / 2));
    if (finished) await this.#judge(finished, upTo(finished));
    await this.#follow(Math.floor(this.#kills / 2));
  }

  async follow(): Promise<void> {
    const { receiver, server, traffic } = this.scene;
    await receiver.start();
    server.setFaultShare(0);
    const finished = await this.#export(["--events", this.scene.events], 0);
    if (!finished) return;
    const asked = server.asked.length;
    traffic.start(trafficEveryMs);
    await this.#follow(this.#kills);
    const paths = server.asked.slice(asked).map(({ path }) => path.replace(/\?.*/, ""));
    const read = new Set(paths.filter((path) => !/^\/v1\/(me|webhooks)\b/.test(path)));
    // What was read whole is not read again.
    if (this.scene.extensions && read.size > maxUnread)
      this.violations.push(`not free: following took requests for rows: ${[...read].join(", ")}`);
  }

  /** The log is lost, with events in it that nobody has read: what they told must be read again. */
  async gap(): Promise<void> {
    const { receiver, deliveries, events, traffic } = this.scene;
    await receiver.start();
    traffic.start(trafficEveryMs);
    const finished = await this.#export(["--events", events], 0);
    if (!finished) return;
    await delay(1000);
    traffic.stop();
    await deliveries.settled(deliveredWithinMs);
    await receiver.end("SIGKILL");
    this.#lost = { from: finished.startedAt, to: Date.now() };
    for (const file of [events, `${events}-wal`, `${events}-shm`]) rmSync(file, { force: true });
    await receiver.start();
    await this.#follow(this.#kills);
  }

  /** Follows the receiver's log while both are killed, then comes to rest, and reads what is left of the log. */
  async #follow(kills: number): Promise<void> {
    const { random, deliveries, traffic, events } = this.scene;
    traffic.start(trafficEveryMs);
    let receiverIsBack = Promise.resolve();
    for (let life = 0; life < kills; life++) {
      const running = this.exporter.start(["--events", events, "--follow"]);
      if (random.chance(0.4)) receiverIsBack = receiverIsBack.then(() => this.#killReceiver());
      const ended = await this.exporter.disturb(running, 2000, () => this.#lookMeanwhile());
      if (ended) this.exporter.gaveUp(ended);
      await this.#look();
    }
    await receiverIsBack;
    const last = this.exporter.start(["--events", events, "--follow"]);
    await delay(1000);
    traffic.stop();
    await deliveries.settled(deliveredWithinMs);
    await delay(1500);
    last.signal("SIGTERM");
    if (!(await waitForEnd(last, 20_000))) this.violations.push("does not stop: it follows on after SIGTERM");
    const finished = await this.#export(["--events", events], 0);
    this.violations.push(...deliveries.refusals.map((refusal) => `receiver: ${refusal}`));
    if (finished) await this.#judge(finished, { upTo: Date.now() });
  }

  #wasReadable({ id }: InboxEvent): boolean {
    const at = this.scene.deliveries.acknowledgedAt.get(id) ?? Number.NEGATIVE_INFINITY;
    return at < this.#lost.from || at > this.#lost.to;
  }

  async #killReceiver(): Promise<void> {
    const { random, receiver } = this.scene;
    await delay(random.next() * 800);
    this.receiverKills += 1;
    await receiver.end(random.chance(0.8) ? "SIGKILL" : "SIGTERM");
    await delay(random.next() * 500);
    await receiver.start();
  }

  async #judge(finished: Finished, demand: Demand): Promise<void> {
    const { judge, target, table, traffic, extensions } = this.scene;
    const rows = await target.read(table);
    const inTarget = new Set(rows.map((row) => String(row.id)));
    const missing = [...traffic.inbox.tables[table]].filter(
      ([id, versions]) => versionAt(versions, finished.startedAt) >= 0 && !inTarget.has(id),
    );
    const found = [
      ...judge.judge(rows, {
        ...demand,
        ...(!extensions && { ids: told(this.scene, (event) => this.#wasReadable(event)) }),
      }),
      ...judgeReport({ finished, inTarget: inTarget.size, missing: missing.length, extensions }),
      ...target.inspect(table),
      ...this.scene.searchFolder(),
    ];
    const said = `it said ${JSON.stringify(finished.done)}, from ${toTime(finished.startedAt)} to ${toTime(finished.endedAt)}`;
    this.violations.push(...(found.length > 0 ? [said] : []), ...found);
  }
}

/** Rows that the receiver's log leads to, where there are no lists: those it tells of, and the histories of their conversations. */
function told({ traffic: { inbox }, table }: Scene, wasReadable: (event: InboxEvent) => boolean): ReadonlySet<string> {
  const rows = inbox.events.filter(wasReadable).map(({ data }) => data);
  if (table !== "messages") return new Set(rows.map(({ id }) => id).filter((id) => inbox.tables[table].has(id)));
  const conversations = rows.flatMap(({ id, conversationId, phone }) => [id, conversationId, `whatsapp:${phone}`]);
  return new Set(conversations.flatMap((id) => inbox.histories.get(String(id)) ?? []));
}

function upTo({ done }: Finished): Demand {
  return { upTo: done.completeUpTo === null ? 0 : Date.parse(done.completeUpTo) };
}

export async function runCampaign(
  name: CampaignName,
  settings: SceneSettings & { command: readonly string[]; kills: number },
): Promise<Outcome> {
  const scene = await openScene(settings);
  const campaign = new Campaign(scene, settings.command, settings.kills);
  try {
    await campaign[name]();
    const rows = new Set((await scene.target.read(scene.table)).map(({ id }) => id)).size;
    const violations = [...new Set([...campaign.violations, ...campaign.exporter.violations])];
    const { counts } = campaign.exporter;
    return { counts, receiverKills: campaign.receiverKills, rows, requests: scene.server.asked.length, violations };
  } finally {
    await scene.close();
  }
}
