/** A soak from its start to its evidence: everything at once under troubles, then calm until all that is open has an end. */
import { setTimeout as delay } from "node:timers/promises";
import { createRandom, type Random } from "../hostile/random.ts";
import type { Evidence } from "./evidence.ts";
import { Agents } from "./traffic/agent.ts";
import { Imports } from "./traffic/imports.ts";
import { drawRecipient, Zaps } from "./traffic/zaps.ts";
import { readStored } from "./world/data-file.ts";
import { readExported } from "./world/exported.ts";
import { settle } from "./world/settle.ts";
import { type Counts, Troubles } from "./world/troubles.ts";
import { startWorld, tokens, type World } from "./world/world.ts";

export type SoakSettings = { seed: number; seconds: number; folder: string; tell: (line: string) => void };

export type Soaked = {
  evidence: Evidence;
  counts: Counts;
  ledger: World["ledger"];
  importKills: number;
  calls: number;
};

/** A round of traffic. */
const roundMs = 100;
const sampleMs = 1_000;
const wavePauseMs = 20_000;
const maxActs = 4;
const tellEveryMs = 30_000;

class Soak {
  readonly #settings: SoakSettings;
  readonly #random: Random;
  readonly world: World;
  readonly zaps: Zaps;
  readonly agents: Agents;
  readonly imports: Imports;
  readonly startedAt = performance.now();
  isCalm = false;
  #acts = 0;

  constructor(settings: SoakSettings, world: World, parts: { zaps: Zaps; imports: Imports; random: Random }) {
    this.#settings = settings;
    this.world = world;
    this.zaps = parts.zaps;
    this.imports = parts.imports;
    this.#random = parts.random;
    const replicas = world.assistants.map((slot, place) => ({
      port: world.assistantPorts[place] as number,
      isUp: () => slot.isUp,
    }));
    this.agents = new Agents(replicas, tokens, createRandom(settings.seed + 3));
  }

  get #share(): number {
    return (performance.now() - this.startedAt) / (this.#settings.seconds * 1000);
  }

  get #isOver(): boolean {
    return this.#share >= 1;
  }

  async disturb(): Promise<Counts> {
    const { world } = this;
    await this.#greet();
    const [mortal, random] = [listMortal(world), createRandom(this.#settings.seed + 1)];
    const troubles = new Troubles({
      ...{ mortal, random, everyone: world.everyone, api: world.api, control: world.control },
      setFaultShare: (share) => {
        world.proxy.share = share;
      },
      restartRedis: () => world.redis.restart("SIGKILL"),
    });
    world.gate.isHarsh = world.sink.isHarsh = true;
    const traffic = [this.#runTraffic(), this.#runImports(), this.#tellNow()];
    await troubles.run(
      () => this.#isOver,
      () => this.#share,
    );
    this.isCalm = true;
    world.gate.isHarsh = world.sink.isHarsh = false;
    await troubles.end();
    await Promise.all(traffic);
    return troubles.counts;
  }

  /** Each customer on WhatsApp writes once, so that their windows are open. */
  async #greet(): Promise<void> {
    for (let number = 0; number < 40; number++) await this.#write();
  }

  #write(): Promise<unknown> {
    const { platform, to } = drawRecipient(this.#random);
    return this.world.control.ask("POST", "/inbound", {
      platform,
      from: to,
      content: this.#random.pick(["Hello?", "Where is my order?", "Thanks!"]),
    });
  }

  async #runTraffic(): Promise<void> {
    const random = this.#random;
    while (!this.#isOver) {
      if (random.chance(0.2)) this.zaps.fire();
      if (random.chance(0.1)) void this.#write();
      if (random.chance(0.08) && this.#acts < maxActs) {
        this.#acts += 1;
        void this.agents.act().finally(() => {
          this.#acts -= 1;
        });
      }
      void this.agents.lookAsPerson();
      this.zaps.replay();
      await delay(roundMs);
    }
    while (this.#acts > 0) await delay(roundMs);
  }

  async #runImports(): Promise<void> {
    while (!this.#isOver) {
      await this.imports.runWave(() => this.isCalm);
      for (const until = performance.now() + wavePauseMs; performance.now() < until && !this.#isOver; )
        await delay(roundMs);
    }
  }

  async #tellNow(): Promise<void> {
    for (let next = tellEveryMs; !this.#isOver; await delay(roundMs)) {
      if (performance.now() - this.startedAt < next) continue;
      next += tellEveryMs;
      const { world, zaps, agents } = this;
      const seconds = Math.round((performance.now() - this.startedAt) / 1000);
      this.#settings.tell(
        `${seconds} s: ${zaps.jobs.size} Zaps (${zaps.openCount} open), ${agents.proposals.length} proposals, ${world.gate.sent.size} events, ${world.proxy.wire.length} requests`,
      );
    }
  }
}

/** Of three, the last lives on; the exports die as they come. */
function listMortal({ receivers, assistants, senders, workers, exporter, thrifty }: World) {
  return [...[receivers, assistants, senders, workers].flatMap((three) => three.slice(0, -1)), exporter, thrifty];
}

export async function runSoak(settings: SoakSettings): Promise<Soaked> {
  const { seed, seconds, folder, tell } = settings;
  const begun = performance.now();
  const [random, rows] = [createRandom(seed + 2), Math.max(20, Math.min(400, seconds))];
  let [zaps, imports]: [Zaps | undefined, Imports | undefined] = [undefined, undefined];
  const world = await startWorld({
    ...{ folder, seed },
    onSender: (line) => zaps?.hear(line),
    writeWorkersFile: (baseUrl, keys) => {
      imports = new Imports({ folder, keys, baseUrl, redisUrl: "", rows, random: createRandom(seed + 4) });
      return imports.writeWorkersFile();
    },
  });
  const sampling = setInterval(() => {
    for (const slot of world.everyone) slot.sample();
  }, sampleMs);
  try {
    zaps = new Zaps(world.senders, random);
    imports = new Imports({
      folder,
      keys: world.orgs,
      baseUrl: world.baseUrl,
      redisUrl: world.redis.url,
      rows,
      random: createRandom(seed + 4),
    });
    tell(`Everything runs after ${Math.round((performance.now() - begun) / 1000)} s; seed ${seed}.`);
    const soak = new Soak(settings, world, { zaps, imports, random });
    const counts = await soak.disturb();
    const calmAt = performance.now();
    tell("Calm: what is open comes to its end.");
    await settle({ world, zaps, agents: soak.agents, tell });
    clearInterval(sampling);
    await world.close();
    const evidence = gather(soak, calmAt);
    return {
      evidence,
      counts,
      ledger: world.ledger,
      importKills: imports.kills,
      calls: soak.agents.calls,
    };
  } finally {
    clearInterval(sampling);
  }
}

function gather({ world, zaps, agents, imports, startedAt }: Soak, calmAt: number): Evidence {
  return {
    ...{ startedAt, calmAt, endedAt: performance.now() },
    lives: world.everyone.flatMap(({ lives }) => lives),
    deaths: [...world.everyone, imports].flatMap(({ deaths }) => deaths),
    wire: world.proxy.wire,
    jobs: [...zaps.jobs.values()],
    proposals: agents.proposals,
    stored: readStored(world.dataFile, world.kept),
    sentEvents: [...world.gate.sent.values()],
    handedOn: world.sink.seen,
    imports: imports.files,
    exported: readExported(`${world.folder}/out`),
    thrifty: { slot: world.thrifty.name, hourly: world.thriftyHourly },
  };
}
