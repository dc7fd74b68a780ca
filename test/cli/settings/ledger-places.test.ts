/** What is said of a ledger that cannot be opened, and that a receiver closes the sends of its ledger. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { startListening } from "../../../cli/listen/start-listening.ts";
import type { Environment } from "../../../cli/output/io.ts";
import { createLog, toLogFunction } from "../../../cli/output/log.ts";
import { openLedgerIfNamed, openLedgerOrDefault } from "../../../cli/settings/ledger.ts";
import type { MessageInput } from "../../../src/api/index.ts";
import { createFingerprint } from "../../../src/client/send/reference.ts";
import { openSqliteLedger } from "../../../src/ledger/index.ts";
import { sampleEvent, signPayload } from "../../../src/webhooks/index.ts";
import { rejection } from "../../../testing/scripted.ts";
import { leaseMs, messageOf } from "../../ledger/messages.ts";

const log = createLog({}, "silent");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "onsync-ledger-of-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the ledger of a command", () => {
  test("that cannot be opened is told by the name of the option or variable that says where it is", async () => {
    const other = join(folder, "notes.txt");
    writeFileSync(other, "Customers:\n".repeat(20));
    const messageFrom = async (env: Environment, ledger?: string) =>
      ((await rejection(openLedgerIfNamed(env, ledger === undefined ? {} : { ledger }, log))) as Error).message;
    expect(await messageFrom({}, other)).toMatch(/^--ledger: The send ledger .*notes\.txt cannot be used/);
    expect(await messageFrom({ ONSYNC_LEDGER: other })).toMatch(/^ONSYNC_LEDGER: The send ledger .*notes\.txt cannot/);
    const state = { XDG_STATE_HOME: other };
    const refusal = (await rejection(openLedgerOrDefault(state, {}, log))) as Error;
    expect(refusal.message).toMatch(
      /notes\.txt\/onsync\/sends\.db cannot be made \(\w+\): name another place with --ledger/,
    );
  });
});

test("onsync listen --ledger closes an open send by its event, under the base URL as clients write it", async () => {
  const file = join(folder, "sends.db");
  const ledger = openSqliteLedger({ file });
  const event = sampleEvent("message.created");
  const sent = {
    ...event,
    data: { ...event.data, direction: "outbound", metadata: { clientReference: "order-1" } },
  };
  const { platform, to } = messageOf("order-1");
  const text = { platform, to, messageType: "text", content: sent.data.content } as MessageInput;
  const noted = messageOf("order-1", { scope: "https://staging.example.com/v1", fingerprint: createFingerprint(text) });
  await ledger.claim(noted, { leaseMs });
  const secret = "a-secret-of-the-endpoint";
  const io = {
    env: { ONSYNC_WEBHOOK_SECRETS: secret, ONSYNC_BASE_URL: "https://staging.example.com/v1/" },
    stdin: (async function* () {})(),
    stdout: { write: () => true },
    stderr: { write: () => true },
  };
  const data = join(folder, "events.db");
  const options = {
    port: 0,
    host: "127.0.0.1",
    attempts: 1,
    retry: 1,
    concurrency: 1,
    keepDays: 1,
    data,
    ledger: file,
  };
  const listening = await startListening({ io, options, logger: log, log: toLogFunction(log) });
  try {
    const body = JSON.stringify(sent);
    const headers = { "content-type": "application/json", "x-onsync-signature": signPayload(body, secret) };
    expect((await fetch(listening.url, { method: "POST", headers, body })).status).toBe(200);
    const entry = () => ledger.find(noted);
    for (let tries = 0; tries < 20_000 && (await entry())?.state !== "sent"; tries++) await new Promise(setImmediate);
    expect(await entry()).toMatchObject({ state: "sent", messageId: sent.data.id });
  } finally {
    await listening.close();
    await ledger.close();
  }
});
