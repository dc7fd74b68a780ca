import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openLedger } from "../../src/ledger/index.ts";
import { findFreePort } from "../../testing/network/free-port.ts";
import { rejection } from "../../testing/scripted.ts";
import { leaseMs, messageOf } from "./messages.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "onsync-open-ledger-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a path opens a file that keeps its entries", async () => {
  const file = join(folder, "sends.db");
  const ledger = await openLedger(file);
  expect((await ledger.claim(messageOf("order-1"), { leaseMs })).granted).toBe(true);
  await ledger.close();
  const again = await openLedger(file);
  expect(await again.list()).toHaveLength(1);
  await again.close();
});

const secret = "s3cret-of-redis";
test.each([
  ["", /^ONSYNC_LEDGER: It is blank: write the path of a file, redis:/],
  ["  ", /^ONSYNC_LEDGER: It is blank/],
  [`redis://:${secret}@host:99999`, /^ONSYNC_LEDGER: It is not an address of Redis: write redis:/],
  [`redis://:${secret}@host/orders`, /^ONSYNC_LEDGER: Its database is not a number/],
  [`redis:${secret}`, /^ONSYNC_LEDGER: It names no Redis/],
  ["redis://", /^ONSYNC_LEDGER: It (names no Redis|is not an address)/],
  [`postgres://:${secret}@host/db`, /^ONSYNC_LEDGER: It is an address of another kind \(postgres\)/],
  ["none/of/these/sends.db", /^ONSYNC_LEDGER: The send ledger none\/of\/these\/sends\.db cannot be used: /],
])("%j is refused under the name of its option, without its password", async (target, message) => {
  for (const options of [{}, { password: secret }]) {
    const error = (await rejection(openLedger(target, { option: "ONSYNC_LEDGER", ...options }))) as Error;
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain(secret);
  }
});

test.each(["redis", "rediss"])(
  "nobody at a %s:// address is told with its host, without its password",
  async (scheme) => {
    const target = `${scheme}://user:${secret}@127.0.0.1:${await findFreePort()}/0`;
    const { message } = (await rejection(openLedger(target))) as Error;
    expect(message).toMatch(/^--ledger: There is no Redis to work with at 127\.0\.0\.1:\d+: /);
    expect(message).not.toContain(secret);
  },
);

test("neither SQLite nor Redis is loaded before a ledger is opened", () => {
  const entry = join(import.meta.dirname, "../../src/ledger/index.ts");
  const program = `
    await import(${JSON.stringify(entry)});
    const { createRequire } = await import("node:module");
    const loaded = process.moduleLoadList.filter((name) => /sqlite/.test(name));
    const cached = Object.keys(createRequire(${JSON.stringify(entry)}).cache).filter((name) => /node_modules.(@?redis)/.test(name));
    console.log(JSON.stringify([...loaded, ...cached]));`;
  const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" });
  expect(JSON.parse(printed)).toEqual([]);
});
