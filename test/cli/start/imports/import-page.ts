/** The console's Import page without its page: what it asks, and what it is answered. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "@jest/globals";
import { type Started, start } from "../started.ts";

type Plan = { rows: number; valid: number; invalid: number; held: number; unchanged: number; requests: number };
type Run = { created: number; updated: number; unchanged: number; refused: number; left: number; lost: number };
type Import = {
  file: { name: string; description: string };
  state: string;
  settings: Record<string, unknown>;
  columns: { name: string; target: string; samples: string[] }[];
  plan: (Plan & { problems: { line: number; field: string }[]; clusters: { lines: number[] }[] }) | null;
  run: (Run & { refusals: { line: number; field: string }[]; failure: { message: string } | null }) | null;
};
type Answer = {
  status: number;
  import: Import;
  name: string;
  text: string;
  error: { message: string; details: unknown };
};

export let started: Started;
/** Where its files are. */
export let temporary: string;

/** To be called once in a file. */
export function startForEachTest(): void {
  beforeEach(async () => {
    temporary = mkdtempSync(join(tmpdir(), "onsync-imports-test-"));
    started = await start({}, { TMPDIR: temporary });
  });
  afterEach(async () => {
    await started.close();
    rmSync(temporary, { recursive: true });
  });
}

export async function ask(method: string, path = "", body?: string | Uint8Array | object): Promise<Answer> {
  const isFile = typeof body === "string" || body instanceof Uint8Array;
  const { api } = started.site;
  const response = await fetch(`${started.origin}/_console/import${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${api.embedded ? api.controlToken : ""}`,
      ...(body !== undefined && { "Content-Type": isFile ? "application/octet-stream" : "application/json" }),
    },
    ...(body !== undefined && { body: isFile ? (body as string) : JSON.stringify(body) }),
  });
  return { status: response.status, ...((await response.json()) as object) } as Answer;
}

export function upload(text: string | Uint8Array, name = "contacts.csv", query = "") {
  return ask("POST", `?name=${encodeURIComponent(name)}${query}`, text);
}

/** Asks until it is over. */
export async function finished(query = ""): Promise<Import> {
  for (;;) {
    const answer = await ask("GET", query);
    if (answer.import.state !== "running") return answer.import;
  }
}

export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
}

export function rowsOf(count: number): string {
  return `Name,Phone\n${Array.from({ length: count }, (_, index) => `N${index},+97150${1_000_000 + index}\n`).join("")}`;
}

export const people =
  "First Name,Mobile,Company\nSara,050 000 0000,ACME\nAli,12,\nEve,+971511111111,\nEva,+971511111111,\n";

export function fetchConsole(path: string): Promise<Response> {
  const { api } = started.site;
  return fetch(`${started.origin}/_console/${path}`, {
    headers: { Authorization: `Bearer ${api.embedded ? api.controlToken : ""}` },
  });
}
