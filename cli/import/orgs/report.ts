/** What is told of the imports of several orgs: a plan for all, one line of progress for all, one line of what came of each. */
import type { ImportProgress, ImportResult, Refusal, Row } from "../../../src/data/index.ts";
import { createTerminalLine, type Io, print, printIfPossible } from "../../output/io.ts";
import { formatTable } from "../../output/table.ts";
import { printWrapped } from "../../output/wrap.ts";
import { formatCount, formatTime, toPlanEvent } from "../plan-text.ts";
import type { PlannedOrg } from "./place.ts";

const minuteMs = 60_000;
const terminalMs = 500;

export async function printOrgsPlan(io: Io, planned: readonly PlannedOrg[], json: boolean): Promise<void> {
  if (json) {
    const events = planned.map((each) =>
      "failure" in each
        ? { plan: true, org: each.org, error: each.failure }
        : { ...toPlanEvent(each.ready.plan, each.ready.planned), org: each.org },
    );
    return print(io.stdout, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  }
  const plans = planned.flatMap((each) => ("ready" in each ? [{ org: each.org, ...each.ready }] : []));
  const rows = plans.map(({ org, plan, name }) => [
    ...[org, name],
    ...[plan.rows, plan.invalid, plan.held, plan.unchanged, plan.requests].map((count) =>
      count.toLocaleString("en-US"),
    ),
    plan.requests === 0 ? "" : formatTime(plan.finishesAt),
  ]);
  const head = ["org", "file", "rows", "not valid", "share an identifier", "unchanged", "requests", "done at"];
  const total = plans.reduce((sum, { plan }) => sum + plan.requests, 0);
  const last = plans
    .map(({ plan }) => plan.finishesAt)
    .sort()
    .at(-1);
  const lines = [
    formatTable([head, ...rows]),
    ...planned.flatMap((each) => ("failure" in each ? [`${each.org} cannot be imported: ${each.failure}\n`] : [])),
    total === 0
      ? "Nothing is to be sent.\n"
      : `${formatCount(total, "request")}: the last is done at ${formatTime(last ?? "")}\n`,
  ];
  await printWrapped(io.stdout, lines.join(""));
}

type State = { org: string; progress: ImportProgress; planned: PlannedOrg; exitCode: 0 | 1 | 3 | null };

export class OrgsReport {
  readonly #io: Io;
  readonly #json: boolean;
  readonly #states: readonly State[];
  readonly #line: ReturnType<typeof createTerminalLine>;
  readonly #timer: NodeJS.Timeout;

  constructor(io: Io, planned: readonly PlannedOrg[], json: boolean) {
    this.#io = io;
    this.#json = json;
    this.#line = createTerminalLine(io);
    this.#states = planned.map((each) => {
      const left = "ready" in each ? each.ready.plan.requests : 0;
      const progress = { rows: 0, created: 0, updated: 0, unchanged: 0, refused: 0, left };
      return { org: each.org, progress, planned: each, exitCode: null };
    });
    const onTerminal = !json && io.stderr.isTTY === true;
    const show = () => void this.#show(onTerminal).catch(() => {});
    this.#timer = setInterval(show, onTerminal ? terminalMs : minuteMs);
    this.#timer.unref();
  }

  /** What is told of one org. @param index its place in the file */
  of(index: number) {
    const state = this.#states[index] as State;
    const { org } = state;
    return {
      onProgress: (progress: ImportProgress) => {
        state.progress = progress;
      },
      onRefused: ({ line }: Row, { field, reason, requestId }: Refusal) => {
        if (this.#json) this.#tell({ refused: true, org, line, field, reason, requestId });
      },
      onNote: ({ line }: Row, text: string) =>
        this.#json ? this.#tell({ note: true, org, line, text }) : this.#write(`${org}: line ${line}: ${text}\n`),
      finish: ({ complete, ...counts }: ImportResult, errors: string | null) => {
        state.exitCode = !complete ? 1 : counts.refused > 0 ? 3 : 0;
        state.progress = { ...counts, left: 0 };
        if (this.#json) this.#tell({ [complete ? "done" : "stopped"]: true, org, ...counts, errors });
        else this.#write(`${org}: ${formatEnd(complete, counts, errors)}\n`);
      },
      fail: (error: string) => {
        state.exitCode = 1;
        if (this.#json) this.#tell({ failed: true, org, error });
        else this.#write(`${org}: Failed: ${error}\n`);
      },
    };
  }

  /** @returns 1 where an org's import failed or was stopped, 3 where rows were refused */
  finish(): 0 | 1 | 3 {
    this.close();
    const codes = this.#states.map(({ exitCode }) => exitCode);
    if (!codes.includes(1)) return codes.includes(3) ? 3 : 0;
    if (!this.#json) this.#write("Run the same command again to go on with those that are not done\n");
    return 1;
  }

  close(): void {
    this.#line.clear();
    clearInterval(this.#timer);
  }

  #write(text: string): void {
    this.#line.clear();
    void print(this.#io.stdout, text).catch(() => {});
  }

  #tell(event: object): void {
    this.#write(`${JSON.stringify(event)}\n`);
  }

  async #show(onTerminal: boolean): Promise<void> {
    if (!this.#json) {
      const text = formatProgress(this.#states);
      if (onTerminal) this.#line.show(text);
      else await printIfPossible(this.#io.stderr, `${text}\n`);
      return;
    }
    for (const { org, progress, planned, exitCode } of this.#states) {
      if (exitCode !== null || !("ready" in planned)) continue;
      const end = await planned.ready.planned.budget.estimate(progress.left);
      this.#tell({ progress: true, org, ...progress, finishesAt: new Date(end).toISOString() });
    }
  }
}

function formatProgress(states: readonly State[]): string {
  const sum = (count: (progress: ImportProgress) => number) =>
    states.reduce((total, { progress }) => total + count(progress), 0).toLocaleString("en-US");
  const ended = states.filter(({ exitCode }) => exitCode !== null).length;
  return `${ended} of ${formatCount(states.length, "org")} done: ${sum(({ created }) => created)} created, ${sum(({ updated }) => updated)} updated, ${sum(({ unchanged }) => unchanged)} unchanged, ${sum(({ refused }) => refused)} refused; ${sum(({ left }) => left)} requests left`;
}

export function formatEnd(complete: boolean, counts: Omit<ImportResult, "complete">, errors: string | null): string {
  const { rows, created, updated, unchanged, refused, requests, lost } = counts;
  const parts = [
    `${complete ? "Done" : "Stopped"}: ${formatCount(rows, "row")}, ${created} created, ${updated} updated, ${unchanged} unchanged, ${refused} refused; ${formatCount(requests, "request")}`,
    ...(lost > 0 ? [`${lost} sent again after an answer was lost`] : []),
    ...(errors === null ? [] : [`what was refused is in ${errors}`]),
  ];
  return parts.join("; ");
}
