/** The questions that docs/data.md asks a warehouse, answered by its SQL and by plain reckoning over the same messages. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import type { Message } from "../../src/api/index.ts";
import { createMemoryLedger } from "../../src/client/index.ts";
import { exportTables } from "../../src/data/export/records.ts";
import { createBudget, runExport } from "../../src/data/index.ts";
import { createRandom } from "../../testing/hostile/random.ts";
import { onsyncPair } from "../../testing/onsync-pair.ts";
import { describeOnDatabases, type Rows } from "../data/export/targets/database/on-databases.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/data.md"), "utf8");

/** The SQL of the page, by what its fence calls it. */
const questions = new Map([...page.matchAll(/^```sql (.+)\n([\s\S]+?)^```$/gm)].map(([, name, sql]) => [name, sql]));

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Nothing lies on the edge between two answers, so that it does not matter when the question is asked. */
function makeMessages(now: number): Message[] {
  const random = createRandom(1187);
  const messages: Message[] = [];
  for (let conversation = 0; conversation < 40; conversation++) {
    const platform = random.pick(["whatsapp", "instagram", "telegram"] as const);
    let at = now - random.whole(1, 4000) * 1000 * 60;
    for (let left = random.whole(1, 8); left > 0; left--) {
      const direction = random.pick(["inbound", "outbound"] as const);
      const isOutbound = direction === "outbound";
      const campaign =
        isOutbound && random.chance(0.5) ? random.pick(["expo", "spring sale", 'it\'s "new"']) : undefined;
      const age = now - at;
      // A minute from every edge.
      if ([hourMs, dayMs].some((edge) => Math.abs(age - edge) < 60_000)) at -= 120_000;
      if (at > now - 60_000) break;
      messages.push({
        id: `msg_made_${String(messages.length).padStart(4, "0")}`,
        conversationId: `${platform}:made${conversation}`,
        ...{ platform, type: "text", direction, content: "…", metadata: campaign ? { campaign } : { source: "x" } },
        ...(isOutbound && { status: random.pick(["queued", "sent", "delivered", "read", "failed"] as const) }),
        createdAt: new Date(at).toISOString(),
      });
      at += random.whole(1, 600) * 1000;
    }
  }
  return messages;
}

/** Messages by a key, each group in the order in which they were written. */
function groupBy(messages: readonly Message[], keyOf: (message: Message) => string): Map<string, Message[]> {
  const groups = new Map<string, Message[]>();
  for (const message of messages.toSorted((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt)))
    groups.set(keyOf(message), [...(groups.get(keyOf(message)) ?? []), message]);
  return new Map([...groups].sort(([one], [other]) => (one < other ? -1 : 1)));
}

const at = ({ createdAt }: Message) => Date.parse(createdAt);
const isAnswer = ({ direction, status }: Message) => direction === "outbound" && status !== "failed";
const round = (value: number) => Math.round(value * 10 + 1e-9) / 10;

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  return low === undefined || high === undefined ? null : round((low + high) / 2);
}

function reckonFirstResponses(messages: readonly Message[]): Rows {
  const waits = new Map<string, (number | null)[]>();
  for (const history of groupBy(messages, ({ conversationId }) => conversationId).values())
    for (const [index, message] of history.entries()) {
      if (message.direction !== "inbound" || history[index - 1]?.direction === "inbound") continue;
      const answer = history.slice(index).find(isAnswer);
      const known = waits.get(String(message.platform)) ?? [];
      waits.set(String(message.platform), [...known, answer ? (at(answer) - at(message)) / 60_000 : null]);
    }
  return [...waits]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([platform, times]) => {
      const answered = times.filter((time) => time !== null);
      return { platform, questions: times.length, answered: answered.length, minutes: median(answered) };
    });
}

function reckonUnanswered(messages: readonly Message[], now: number): Rows {
  const counts = { "under an hour": 0, "under a day": 0, longer: 0 };
  for (const history of groupBy(messages, ({ conversationId }) => conversationId).values()) {
    const lastAnswer = history.findLastIndex(isAnswer);
    const first = history.slice(lastAnswer + 1).find(({ direction }) => direction === "inbound");
    if (!first) continue;
    const age = now - at(first);
    counts[age < hourMs ? "under an hour" : age < dayMs ? "under a day" : "longer"] += 1;
  }
  const rows = Object.entries(counts).map(([waiting, conversations]) => ({ waiting, conversations }));
  return rows.filter(({ conversations }) => conversations > 0);
}

function reckonCampaigns(messages: readonly Message[]): Rows {
  const sent = messages.filter(({ direction, metadata }) => direction === "outbound" && metadata?.campaign);
  return [...groupBy(sent, ({ metadata }) => String(metadata?.campaign))].map(([campaign, ofIt]) => {
    const conversations = new Set(ofIt.map(({ conversationId }) => conversationId));
    const replied = new Set(
      ofIt
        .filter((message) =>
          messages.some(
            (each) =>
              each.conversationId === message.conversationId && each.direction === "inbound" && at(each) > at(message),
          ),
        )
        .map(({ conversationId }) => conversationId),
    );
    return { campaign, messages: ofIt.length, conversations: conversations.size, replied: replied.size };
  });
}

function reckonWindows(messages: readonly Message[], now: number): Rows {
  const inbound = messages.filter(({ platform, direction }) => platform === "whatsapp" && direction === "inbound");
  return [...groupBy(inbound, ({ conversationId }) => conversationId)]
    .map(([conversationId, history]) => ({ conversationId, closes_at: at(history.at(-1) as Message) + dayMs }))
    .filter(({ closes_at }) => closes_at > now)
    .sort((a, b) => a.closes_at - b.closes_at || (a.conversationId < b.conversationId ? -1 : 1));
}

function reckonDelivery(messages: readonly Message[]): Rows {
  const ended = messages.filter(
    ({ direction, status }) => direction === "outbound" && ["delivered", "read", "failed"].includes(String(status)),
  );
  return [...groupBy(ended, ({ platform }) => String(platform))].map(([platform, ofIt]) => {
    const failed = ofIt.filter(({ status }) => status === "failed").length;
    return { platform, sent: ofIt.length, failed, percent: round((100 * (ofIt.length - failed)) / ofIt.length) };
  });
}

/** What a driver gives, as numbers and milliseconds. */
function normalize(rows: Rows): Rows {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => {
        if (name === "closes_at") return [name, value instanceof Date ? value.getTime() : Date.parse(`${value}`)];
        return [name, typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value];
      }),
    ),
  );
}

test("the page asks five questions", () => {
  expect([...questions.keys()]).toEqual([
    "first response time",
    "unanswered by age",
    "messages by campaign",
    "window expiry",
    "delivery rate",
  ]);
});

describeOnDatabases((createPlace) => {
  test("each question's SQL gives what is reckoned from the demo data and from many conversations more", async () => {
    await using pair = await onsyncPair({ seed: "demo" }, { maxAttempts: 1 });
    const now = Date.now();
    const place = await createPlace();
    const target = await place.open();
    const budget = createBudget({ ledger: createMemoryLedger(), scope: "test", share: 1 });
    await runExport({ tables: ["messages"], target, apiKey: pair.reference.key, onsync: pair.onsync, budget });
    const demo: Message[] = [];
    for await (const { id } of pair.onsync.conversations.iterate())
      for await (const message of pair.onsync.messages.iterate(id)) demo.push(message);
    const made = makeMessages(now);
    const answers = async () => {
      const found: Record<string, Rows> = {};
      for (const [name, sql] of questions) found[String(name)] = normalize(await place.query(String(sql)));
      return found;
    };
    const reckon = (messages: readonly Message[]) => ({
      "first response time": reckonFirstResponses(messages),
      "unanswered by age": reckonUnanswered(messages, now),
      "messages by campaign": reckonCampaigns(messages),
      "window expiry": reckonWindows(messages, now),
      "delivery rate": reckonDelivery(messages),
    });
    expect(demo.length).toBeGreaterThan(10);
    expect(await answers()).toEqual(reckon(demo));
    await target.commit([{ table: exportTables.messages, rows: made }], new Map());
    await target.close();
    const reckoned = reckon([...demo, ...made]);
    expect(await answers()).toEqual(reckoned);
    for (const rows of Object.values(reckoned)) expect(rows.length).toBeGreaterThan(1);
  });
});
