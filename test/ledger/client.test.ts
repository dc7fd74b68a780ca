/** Clients that share a ledger, as two processes do: each has a handle of its own on the file. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createReference, type Reference } from "../../reference/index.ts";
import {
  createOnSync,
  fetchTransport,
  type MessageInput,
  type OnSync,
  type SendLedger,
  type TransportRequest,
  type TransportResponse,
} from "../../src/client/index.ts";
import { openSqliteLedger } from "../../src/ledger/index.ts";
import { networkError, rejection } from "../../testing/scripted.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";

const order = {
  platform: "whatsapp",
  to: "+971500000000",
  messageType: "text",
  content: "Order 1187 has left.",
} satisfies MessageInput;
const options = { clientReference: "order-1187-left" };

type Answering = (request: TransportRequest, answer: () => Promise<TransportResponse>) => Promise<TransportResponse>;
type Peer = { onsync: OnSync; ledger: SendLedger; requests: string[]; answering: Answering };

let folder: string;
let clock: VirtualClock;
let reference: Reference;
let peers: Peer[];

function createPeer(ledgerScope?: string): Peer {
  const ledger = openSqliteLedger({ file: join(folder, "sends.db"), clock });
  const inner = fetchTransport((request) => reference.fetch(request));
  const peer: Peer = {
    ledger,
    requests: [],
    answering: (_request, answer) => answer(),
    onsync: createOnSync({
      apiKey: reference.key,
      baseUrl: "http://127.0.0.1/v1",
      transport: (request) => {
        peer.requests.push(request.method);
        return clock.busy(() => peer.answering(request, () => inner(request)));
      },
      clock,
      ledger,
      ledgerScope,
      random: () => 1,
    }),
  };
  peers.push(peer);
  return peer;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "onsync-ledger-clients-"));
  clock = new VirtualClock();
  reference = createReference({
    clock: clock.now,
    sleep: (ms, signal) => clock.sleepInside(ms, signal).catch(() => {}),
  });
  peers = [];
  await reference.control.inbound({ platform: "whatsapp", from: order.to, content: "Where is it?" });
});
afterEach(async () => {
  for (const { ledger } of peers) await ledger.close();
  await reference.close();
  rmSync(folder, { recursive: true });
});

/** What the server has, asked for without a ledger. */
async function messagesSent(): Promise<string[]> {
  const transport = fetchTransport((request) => reference.fetch(request));
  const onlooker = createOnSync({ apiKey: reference.key, baseUrl: "http://127.0.0.1/v1", transport });
  const { data } = await onlooker.messages.list("whatsapp:+971500000000", { limit: 100 });
  return data.filter(({ direction }) => direction === "outbound").map(({ id }) => id);
}

const lost = networkError("ECONNRESET", "read");

describe("two clients on one file", () => {
  test("one finds by its reference the message whose answer the other lost, and sends nothing", async () => {
    const [one, other] = [createPeer(), createPeer()];
    one.answering = async ({ method }, answer) => {
      if (method === "POST") await answer();
      // The line stays dead: it cannot look either.
      if (method === "POST" || one.requests.includes("POST")) throw lost;
      return answer();
    };
    expect(await rejection(one.onsync.messages.send(order, options))).toMatchObject({
      name: "UnknownOutcomeError",
      outcome: "unknown",
    });
    expect(await other.ledger.list({ states: ["unknown"] })).toMatchObject([{ reference: "order-1187-left" }]);

    const [id] = await messagesSent();
    expect(await other.onsync.messages.send(order, options)).toMatchObject({ id, alreadySent: true });
    expect(other.requests).toEqual(["GET"]);
    const before = one.requests.length;
    expect(await one.onsync.messages.send(order, options)).toMatchObject({ id, alreadySent: true });
    expect(one.requests).toHaveLength(before);
    expect(await messagesSent()).toEqual([id]);
  });

  test("one sends the message whose request the other lost, when the grace is over and not before", async () => {
    const [one, other] = [createPeer(), createPeer()];
    one.answering = async ({ method }, answer) => {
      if (method === "POST") throw lost;
      return answer();
    };
    expect(await rejection(one.onsync.messages.send(order, options))).toMatchObject({ name: "UnknownOutcomeError" });
    const [{ leaseMs = 0, ageMs = 0 } = {}] = await other.ledger.list();
    await clock.sleep(leaseMs + 5 * 60_000 - ageMs - 1_000);
    expect(await rejection(other.onsync.messages.send(order, options))).toMatchObject({ name: "UnknownOutcomeError" });
    expect(await messagesSent()).toEqual([]);

    await clock.sleep(1_000);
    const both = await Promise.all(
      [one, other].map(async (peer) => {
        peer.answering = (_request, answer) => answer();
        return peer.onsync.messages.send(order, options).catch((error: unknown) => error);
      }),
    );
    expect(await messagesSent()).toHaveLength(1);
    const [id] = await messagesSent();
    expect(both.filter((answer) => (answer as { id?: string }).id === id)).not.toEqual([]);
    expect(await other.onsync.messages.send(order, options)).toMatchObject({ id, alreadySent: true });
  });

  test("of two that send one reference at once, one sends and the other has its message", async () => {
    const [one, other] = [createPeer(), createPeer()];
    const answers = await Promise.all([one, other].map(({ onsync }) => onsync.messages.send(order, options)));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(answers.filter(({ alreadySent }) => alreadySent)).toHaveLength(1);
    expect(await messagesSent()).toEqual([answers[0]?.id]);
  });

  test("another text under the reference is a conflict, whichever of them sends it", async () => {
    const [one, other] = [createPeer(), createPeer()];
    const { id } = await one.onsync.messages.send(order, options);
    const another = { ...order, content: "Order 1187 is late." };
    expect(await rejection(other.onsync.messages.send(another, options))).toMatchObject({
      name: "ReferenceConflictError",
      messageId: id,
    });
    expect(other.requests).toEqual([]);
  });

  test("the file holds neither the text nor the key", async () => {
    const peer = createPeer();
    await peer.onsync.messages.send(order, options);
    const entries = JSON.stringify(await peer.ledger.list());
    expect(entries).toContain("order-1187-left");
    for (const secret of [order.content, reference.key]) {
      expect(entries).not.toContain(secret);
      for (const beside of ["", "-wal"])
        expect(readFileSync(join(folder, `sends.db${beside}`)).includes(secret)).toBe(false);
    }
  });

  test("two orgs that share the file and a base URL are kept apart by ledgerScope", async () => {
    const [one, other] = [createPeer("org_1"), createPeer("org_2")];
    await one.onsync.messages.send(order, options);
    expect(await other.ledger.find({ scope: "org_2", reference: options.clientReference })).toBeNull();
    expect(await one.ledger.find({ scope: "org_1", reference: options.clientReference })).toMatchObject({
      state: "sent",
    });
  });
});
