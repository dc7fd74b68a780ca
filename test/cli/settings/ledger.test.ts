/** Which ledger a command takes: the option, the variable, or what is there where none is named. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { pino } from "pino";
import {
  findDefaultLedgerFile,
  findLedger,
  openLedgerIfNamed,
  openLedgerOrDefault,
} from "../../../cli/settings/ledger.ts";
import { openSqliteLedger } from "../../../src/ledger/index.ts";
import { leaseMs, messageOf } from "../../ledger/messages.ts";
import { onsync } from "../command.ts";

const folder = mkdtempSync(join(tmpdir(), "onsync-ledger-option-"));
afterAll(() => rmSync(folder, { recursive: true }));
const log = pino({ level: "silent" });

test("the option counts before the variable, and a blank variable names none", async () => {
  expect(findLedger({ ONSYNC_LEDGER: "b.db" }, { ledger: "a.db" })).toEqual({ place: "a.db", option: "--ledger" });
  expect(findLedger({ ONSYNC_LEDGER: " b.db " }, {})).toEqual({ place: "b.db", option: "ONSYNC_LEDGER" });
  expect(findLedger({ ONSYNC_LEDGER: " " }, {})).toBeNull();
  expect(await openLedgerIfNamed({}, {}, log)).toBeUndefined();
});

describe("the ledger in the user's state folder", () => {
  test("is below XDG_STATE_HOME, or below .local/state at home", () => {
    const env = { XDG_STATE_HOME: "/state", HOME: "/home/sara" };
    expect(findDefaultLedgerFile(env)).toBe("/state/onsync/sends.db");
    expect(findDefaultLedgerFile({ ...env, XDG_STATE_HOME: " " })).toBe("/home/sara/.local/state/onsync/sends.db");
  });

  test("is made for its owner alone, and is there after a restart", async () => {
    const env = { HOME: join(folder, "home") };
    const ledger = await openLedgerOrDefault(env, {}, log);
    expect((await ledger.claim(messageOf("order-1"), { leaseMs })).granted).toBe(true);
    await ledger.close();
    const file = findDefaultLedgerFile(env);
    expect([statSync(join(file, "..")), statSync(file)].map(({ mode }) => mode & 0o777)).toEqual([0o700, 0o600]);
    const again = await openLedgerOrDefault(env, {}, log);
    expect(await again.list()).toHaveLength(1);
    await again.close();
  });

  test("is not used where another is named", async () => {
    const env = { HOME: join(folder, "other"), ONSYNC_LEDGER: join(folder, "named.db") };
    await (await openLedgerOrDefault(env, {}, log)).close();
    expect(statSync(join(folder, "named.db")).isFile()).toBe(true);
    expect(statSync(join(folder, "other"), { throwIfNoEntry: false })).toBeUndefined();
  });
});

test("onsync sends list gives a hundred, or as many as are asked for", async () => {
  const file = join(folder, "many.db");
  const ledger = openSqliteLedger({ file });
  for (let index = 0; index < 105; index += 1) await ledger.claim(messageOf(`order-${index}`), { leaseMs });
  await ledger.close();
  const listed = async (...args: string[]) =>
    JSON.parse((await onsync(["sends", "list", "--json", "--ledger", file, ...args])).stdout).data.length;
  expect([await listed(), await listed("--limit", "3"), await listed("--limit", "1000")]).toEqual([100, 3, 105]);
});
