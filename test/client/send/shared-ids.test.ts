/** What clients on one ledger tell each other of the ids that a server gives its conversations. */
import { expect, test } from "@jest/globals";
import { createMemoryLedger, type SendLedger } from "../../../src/client/index.ts";
import { json, refused, scriptedOnSync } from "../../../testing/scripted.ts";
import { history, look, lost, message, post, text } from "../../../testing/scripted-send.ts";
import { VirtualClock } from "../../../testing/virtual-clock.ts";

type Shared = { clock: VirtualClock; ledger: SendLedger };

/** A ledger that other processes see as well. */
function share(): Shared {
  const clock = new VirtualClock();
  return { clock, ledger: { ...createMemoryLedger({ clock }), durable: true } };
}

/** A client that sends once, and is told the conversation's id. */
async function learn(shared: Shared, conversationId: string): Promise<void> {
  const { onsync } = scriptedOnSync([json(201, { ...message("msg_1"), conversationId })], shared);
  await onsync.messages.send(text);
}

const other = { ...text, to: "+971500000001" };
const notFound = refused(404, "not_found");

/** Another client's send, whose answer is lost, and its replay six minutes later. */
async function replayLost(shared: Shared) {
  const settling = Array.from({ length: 5 }, () => notFound);
  const sent = json(201, message("msg_2", "order-17"));
  const script = scriptedOnSync([notFound, lost, ...settling, notFound, sent], shared);
  const send = () =>
    script.onsync.messages.send(other, { clientReference: "order-17" }).catch((error: unknown) => error);
  await send();
  await shared.clock.sleep(6 * 60_000);
  return { outcome: await send(), sends: script.lines().filter((line) => line === post).length };
}

test("an id that one has learnt is where the other looks", async () => {
  const shared = share();
  await learn(shared, "conv_1");
  const sent = json(201, message("msg_2", "order-17"));
  const { onsync, lines } = scriptedOnSync([history(message("msg_0", "order-16")), sent], shared);
  await onsync.messages.send(text, { clientReference: "order-17" });
  expect(lines()).toEqual([look.replace("whatsapp%3A%2B971500000000", "conv_1"), post]);
});

test("a form that one has seen to be the documented one proves to the other that nothing was sent", async () => {
  const shared = share();
  await learn(shared, "whatsapp:+971500000000");
  expect(await replayLost(shared)).toMatchObject({ outcome: { id: "msg_2" }, sends: 2 });
});

test("a form that one has seen to be another proves nothing to the other, which does not send again", async () => {
  const shared = share();
  await learn(shared, "conv_1");
  expect(await replayLost(shared)).toMatchObject({ outcome: { name: "UnknownOutcomeError" }, sends: 1 });
});

test("where nobody has seen an id, a replay is not sent again", async () => {
  expect(await replayLost(share())).toMatchObject({ outcome: { name: "UnknownOutcomeError" }, sends: 1 });
});
