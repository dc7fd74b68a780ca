/** Subscriptions in a file: what a restart keeps, and who delivers where several servers share it. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterAll, expect, test } from "@jest/globals";
import type { EventSubscription } from "../../../mcp/events/subscription.ts";
import { openSubscriptionFile } from "../../../mcp/events/subscription-file.ts";
import { createMcpHttp } from "../../../mcp/index.ts";
import { createEventLog } from "../../../src/webhooks/log/event-log.ts";
import { messageEvent } from "../../../testing/events.ts";
import { bearer, token } from "../http/requests.ts";
import { ask } from "../protocol/modern.ts";
import { scripted } from "../session.ts";
import { createEndpoint, secret, url } from "./endpoint.ts";

const folder = mkdtempSync(join(tmpdir(), "onsync-subscriptions-"));
afterAll(() => rmSync(folder, { recursive: true }));

const name = "message.created";

function serve(file: string, endpoint: ReturnType<typeof createEndpoint>, events = createEventLog()) {
  const store = openSubscriptionFile(file);
  const http = createMcpHttp({
    onsync: scripted({}),
    events,
    token,
    eventSubscriptions: store,
    deliver: endpoint.deliver,
  });
  return { http, store, events };
}

test("a restart goes on delivering without being asked, and grants a week at most", async () => {
  const file = join(folder, "restart.db");
  const endpoint = createEndpoint();
  const events = createEventLog();
  const before = serve(file, endpoint, events);
  const params = { name, delivery: { url, secret }, ttlMs: null };
  const { result } = await ask(before.http, "events/subscribe", params, { headers: bearer });
  expect(Date.parse(result.refreshBefore) - Date.now()).toBeGreaterThan(6.9 * 86_400_000);
  before.http.close();
  for (let n = 0; n < 50; n++) await turn();
  events.append(messageEvent("evt_1"));
  const after = serve(file, endpoint, events);
  expect((await endpoint.take(1))[0]).toMatchObject({ id: "evt_1", subscription: result.id });
  after.http.close();
});

test("the file is its owner's alone, since it holds secrets", () => {
  const file = join(folder, "private.db");
  openSubscriptionFile(file).close();
  expect(statSync(file).mode & 0o077).toBe(0);
});

test("another program's file is refused", () => {
  const file = join(folder, "other.db");
  writeFileSync(file, "not a database, and much longer than the header of one would be".repeat(20));
  expect(() => openSubscriptionFile(file)).toThrow();
});

test("of several servers on one file one has the right to deliver, until it is silent for a minute", () => {
  const [one, two] = [openSubscriptionFile(join(folder, "shared.db")), openSubscriptionFile(join(folder, "shared.db"))];
  one.put({ id: "sub_1" } as EventSubscription);
  expect(one.lease("sub_1", "one", 0, 60_000)).toBe(true);
  expect(two.lease("sub_1", "two", 59_999, 120_000)).toBe(false);
  expect(one.lease("sub_1", "one", 59_999, 120_000)).toBe(true);
  expect(two.lease("sub_1", "two", 120_000, 180_000)).toBe(true);
  expect(one.lease("sub_1", "one", 120_001, 180_000)).toBe(false);
  one.close();
  two.close();
});
