/** Imports of two orgs, one after the other: files of contacts, and the command that has workers do them, killed now and then. */
import { readFileSync, writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Random } from "../../hostile/random.ts";
import type { Death, ImportFile } from "../evidence.ts";
import { runCommand } from "./run-command.ts";

export type ImportSettings = {
  folder: string;
  redisUrl: string;
  baseUrl: string;
  /** By org, its key. */
  keys: Readonly<Record<string, string>>;
  rows: number;
  random: Random;
};

const killShare = 0.4;
const latestKillMs = 8_000;
/** One that has not come to its end by then never will: the judge is told. */
const maxTries = 12;
/** Workers that were killed are followed within half a minute; a command that takes longer than this hangs. */
const hangsAfterMs = 150_000;

type Line = { org?: string; done?: true; rows: number; refused: number; open: number; errors: string | null };

export class Imports {
  readonly files: ImportFile[] = [];
  readonly #settings: ImportSettings;
  /** Of the command: it never came to its end. */
  readonly deaths: Death[] = [];
  #waves = 0;
  kills = 0;

  constructor(settings: ImportSettings) {
    this.#settings = settings;
  }

  /** What a worker must know: no key is in the queue. */
  writeWorkersFile(): string {
    const { folder, keys, baseUrl } = this.#settings;
    const path = join(folder, "workers.json");
    const lines = Object.entries(keys).map(([org, key]) => ({ org, key, file: `${org}.csv`, baseUrl, budget: "40%" }));
    writeFileSync(path, JSON.stringify(lines), { mode: 0o600 });
    return path;
  }

  /** A file for each org, imported to its end. @param isCalm whether nothing is killed any more */
  async runWave(isCalm: () => boolean): Promise<void> {
    const { folder, keys, baseUrl, redisUrl, random } = this.#settings;
    this.#waves += 1;
    const wave = Object.keys(keys).map((org) => this.#drawFile(org, this.#waves));
    this.files.push(...wave.map(({ file }) => file));
    const lines = wave.map(({ file: { org }, path }) => ({
      org,
      key: keys[org],
      file: path,
      baseUrl,
      budget: "40%",
      tags: "add",
    }));
    const orgs = join(folder, `wave-${this.#waves}.json`);
    writeFileSync(orgs, JSON.stringify(lines), { mode: 0o600 });
    const args = ["import", "contacts", "--orgs", orgs, "--queue", redisUrl, "--yes", "--json"];
    for (let tries = 0; tries < maxTries && wave.some(({ file }) => file.done === null); tries++) {
      const isKilled = !isCalm() && random.chance(killShare);
      if (isKilled) this.kills += 1;
      const env = { HOME: folder, TMPDIR: folder, ONSYNC_LOG_LEVEL: "fatal" };
      const killAfterMs = isKilled ? random.next() * latestKillMs : hangsAfterMs;
      const { code, out, err } = await runCommand(args, env, killAfterMs);
      for (const line of out.split("\n")) this.#read(line, wave);
      if (code !== null || isKilled) continue;
      const how = `it had not come to its end after ${hangsAfterMs / 1000} s`;
      this.deaths.push({ slot: "the import command", at: performance.now(), how, said: err.slice(-500) });
    }
  }

  #read(text: string, wave: readonly { file: ImportFile }[]): void {
    if (!text.startsWith("{")) return;
    const line = JSON.parse(text) as Line;
    const file = wave.find((each) => each.file.org === line.org)?.file;
    if (!line.done || !file) return;
    const { rows, refused, open, errors } = line;
    file.done = { rows, refused, open, refusedLines: errors === null ? [] : this.#readRefused(errors) };
  }

  #readRefused(errors: string): number[] {
    const { folder } = this.#settings;
    const lines = readFileSync(isAbsolute(errors) ? errors : join(folder, errors), "utf8")
      .trim()
      .split(/\r?\n/);
    const read = (line: string) => line.split(",").map((cell) => cell.replaceAll('"', ""));
    const column = read(lines[0] ?? "").indexOf("line");
    return lines.slice(1).map((line) => Number(read(line)[column]));
  }

  /** Simple cells, so that a line is a line: what a file can be made of is tried elsewhere. */
  #drawFile(org: string, wave: number): { file: ImportFile; path: string } {
    const { folder, rows, random } = this.#settings;
    const file: ImportFile = { org, expected: new Map(), refusedLines: [], rows, done: null };
    const lines = ["First Name,Last Name,Phone,External ID,Tags"];
    for (let number = 0; number < rows; number++) {
      const id = `crm_${org}_${wave}_${number}`;
      const phone = random.chance(0.05) ? "12" : `+9715${String(10_000_000 + wave * 10_000 + number)}`;
      const [firstName, tag] = [
        random.pick(["Sara", "Omar", "Müller", "日本"]),
        random.chance(0.5) ? random.pick(["lead", "vip"]) : "",
      ];
      lines.push([firstName, `Number ${number}`, phone, id, tag].join(","));
      if (phone === "12") file.refusedLines.push(lines.length);
      else file.expected.set(id, { phone, firstName, lastName: `Number ${number}`, tags: tag === "" ? [] : [tag] });
    }
    const path = join(folder, `wave-${wave}-${org}.csv`);
    writeFileSync(path, `${lines.join("\n")}\n`);
    return { file, path };
  }
}
