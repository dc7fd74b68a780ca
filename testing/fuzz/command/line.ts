/** The command line, in this process: thousands of calls cost what one process costs. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { run } from "../../../cli/program.ts";
import { sampleEvent } from "../../../src/api/index.ts";
import { openSqliteLedger } from "../../../src/ledger/index.ts";
import { openSqliteStore } from "../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { toIncoming } from "../../events.ts";
import type { Entry, OpenEntry } from "../entry.ts";
import { createScratch } from "../files/scratch.ts";
import { listSecrets, secrets, startReference } from "../http/planted-reference.ts";
import { maxLogLineBytes } from "../http/server-process.ts";
import { findSecrets } from "../judge.ts";
import { brokenArguments, describedArguments } from "./arguments.ts";

type Line = { args: string[] };

/** A command that serves is asked to end when it says that it is ready, or after this time. */
const maxServingMs = 3000;

/** What a user has lying about. */
async function fillFolder(folder: string): Promise<void> {
  writeFileSync(join(folder, "contacts.csv"), "Phone,First Name\n+971500000000,Sara\n+971500000001,=1+1\nnone,\n");
  writeFileSync(join(folder, "contacts.ndjson"), '{"phone":"+971500000000"}\n[]\n');
  const store = openSqliteStore({ file: join(folder, "events.db") });
  for (const id of ["evt_1", "evt_2"]) await store.accept(toIncoming({ ...sampleEvent("message.created"), id }));
  await store.close();
  await openSqliteLedger({ file: join(folder, "sends.db") }).close();
}

type Output = { code: number; stdout: string; stderr: string };

async function runLine(args: readonly string[], env: Record<string, string>): Promise<Output> {
  const written = { stdout: "", stderr: "" };
  let asked = false;
  const ask = (): void => {
    // A second time would end this process at once.
    if (!asked) process.emit("SIGTERM", "SIGTERM");
    asked = true;
  };
  const timer = setTimeout(ask, maxServingMs);
  const write = (name: "stdout" | "stderr") => (text: string) => {
    written[name] += text;
    if (/"url":"http|Ctrl-C stops/.test(written[name])) setImmediate(ask);
    return true;
  };
  const stdin = Object.assign(
    (async function* () {
      yield '{"conversationId":"telegram:sara"}';
    })(),
    { isTTY: false },
  );
  const code = await run(args, { env, stdin, stdout: { write: write("stdout") }, stderr: { write: write("stderr") } });
  clearTimeout(timer);
  // A command that fails while it starts leaves the signals' listeners to the end of its process.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.removeAllListeners(signal);
  process.exitCode = undefined;
  return { code, ...written };
}

function judge(
  { code, stdout, stderr }: Output,
  args: readonly string[],
  canaries: ReturnType<typeof listSecrets>,
): string[] {
  const given = args.join(" ");
  const printed = `${stdout}\n${stderr}`;
  const longest = Math.max(...stderr.split("\n").map((line) => Buffer.byteLength(line)));
  const mistake = /did not foresee it|\b(?:Type|Range|Reference|Syntax)Error\b|Cannot read propert|\[object /.exec(
    printed,
  );
  const control = printed.match(/[\p{Cc}\p{Bidi_Control}]/gu)?.find((each) => !"\n\r\t".includes(each));
  return [
    ...([0, 1, 2, 3].includes(code) ? [] : [`it ends with code ${code}`]),
    // With 3 the work was done, but for what it says on stdout.
    ...(code !== 0 && (code === 3 ? printed : stderr).trim() === "" ? ["it fails and says nothing"] : []),
    ...(mistake && !given.includes(mistake[0]) ? [`it says ${mistake[0]}: ${stderr.slice(0, 400)}`] : []),
    ...(control ? [`it prints the control character ${JSON.stringify(control)}: ${stderr.slice(0, 200)}`] : []),
    ...(longest > maxLogLineBytes + 2 * Buffer.byteLength(given) ? [`it prints a line of ${longest} bytes`] : []),
    ...findSecrets(printed, given, canaries),
  ];
}

async function openCommandLine(): Promise<OpenEntry<Line>> {
  const reference = await startReference();
  const scratch = createScratch();
  const template = join(scratch.path, "template");
  mkdirSync(template);
  await fillFolder(template);
  const folder = join(scratch.path, "run");
  const before = process.cwd();
  const env = {
    ONSYNC_BASE_URL: reference.server.ready.url,
    ONSYNC_API_KEY: secrets.ownKey,
    ONSYNC_WEBHOOK_SECRETS: secrets.secret,
    ONSYNC_CONTROL_TOKEN: secrets.controlToken,
    ONSYNC_LOG_LEVEL: "silent",
    HOME: folder,
    XDG_STATE_HOME: folder,
  };
  return {
    kinds: { schema: describedArguments.map((args) => ({ args })), bytes: brokenArguments.map((args) => ({ args })) },
    try: async ({ args }) => {
      process.chdir(scratch.path);
      rmSync(folder, { recursive: true, force: true });
      cpSync(template, folder, { recursive: true });
      process.chdir(folder);
      try {
        // What a server prints on its first line is its key and its token, for whoever has started it.
        const canaries = ["start", "reference"].includes(args[0] ?? "") ? [] : listSecrets(reference);
        return judge(await runLine(args, env), args, canaries);
      } finally {
        process.chdir(before);
      }
    },
    close: async () => {
      await reference.server.stop();
      scratch.remove();
      return { harms: [], figures: "" };
    },
  };
}

export const commandLine: Entry<Line> = { name: "cli", share: 0.5, open: openCommandLine };
