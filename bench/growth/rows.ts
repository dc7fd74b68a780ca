/** Does a request cost the same at a million rows as at a thousand? And with a hundred thousand conversations as with one? */
import { join } from "node:path";
import { createReference, type Reference } from "../../reference/index.ts";
import { type Filling, fillReferenceFile, toFilledId, toFilledPhone } from "../../testing/requests/reference-file.ts";
import type { MeasuredRow, Question, Scale, Table } from "../harness/question.ts";
import { createRandom, median, quantile } from "../harness/statistics.ts";

type Case = {
  name: string;
  /** @param index of a contact @param conversation of a conversation */
  request: (index: number, conversation: number) => { method?: string; path: string; body?: object };
  aim?: { atMost: number };
};
/** A data file, and what is in it. */
type Size = { name: string; filling: Filling };

const messages = (index: number) => `/conversations/${encodeURIComponent(`whatsapp:${toFilledPhone(index)}`)}/messages`;

const contactCases: Case[] = [
  {
    name: "GET /contacts?phone=",
    request: (index) => ({ path: `/contacts?phone=${encodeURIComponent(toFilledPhone(index))}` }),
  },
  { name: "GET /contacts?email=", request: (index) => ({ path: `/contacts?email=Person${index}@Example.com` }) },
  { name: "GET /contacts?externalId=", request: (index) => ({ path: `/contacts?externalId=crm_${index}` }) },
  { name: "GET /contacts/{id}", request: (index) => ({ path: `/contacts/${toFilledId(index)}` }) },
  {
    name: "POST /contacts (update by phone)",
    request: (index) => ({
      method: "POST",
      path: "/contacts",
      body: { phone: toFilledPhone(index), lastName: `Renamed${index}` },
    }),
    aim: { atMost: 1.2 },
  },
  { name: "history, latest 50", request: (_, index) => ({ path: `${messages(index)}?limit=50` }) },
];
const conversationCases: Case[] = [
  { name: "GET /conversations, the latest", request: () => ({ path: "/conversations?limit=1" }) },
  { name: "history, its 5", request: (_, index) => ({ path: `${messages(index)}?limit=5` }) },
  {
    name: "POST /messaging/send",
    request: (_, index) => ({
      ...{ method: "POST", path: "/messaging/send" },
      body: { platform: "whatsapp", to: toFilledPhone(index), messageType: "template", metadata: { template } },
    }),
  },
];
const template = {
  ...{ name: "order_follow_up", language: "en" },
  components: [{ type: "body", parameters: [{ type: "text", text: "Sara" }] }],
};

/** @returns microseconds, the whole way through routing, key, limits, SQL and JSON */
async function call(
  reference: Reference,
  { method = "GET", path, body }: ReturnType<Case["request"]>,
): Promise<number> {
  const request = new Request(`http://127.0.0.1/v1${path}`, {
    method,
    headers: { authorization: "Bearer bench-key", ...(body && { "content-type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const started = performance.now();
  const response = await reference.fetch(request);
  const text = await response.text();
  const micros = (performance.now() - started) * 1000;
  if (response.status >= 300) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return micros;
}

/** Of each size in turn, rounds of requests: their medians, and their 99th percentiles. */
async function measureCase(
  { request }: Case,
  references: readonly Reference[],
  sizes: readonly Size[],
  isSmall: boolean,
) {
  const random = createRandom(7);
  const [rounds, samples] = isSmall ? [1, 20] : [11, 200];
  const values = sizes.map((): [number[], number[]] => [[], []]);
  for (let round = -1; round < rounds; round++)
    for (const [index, { filling }] of sizes.entries()) {
      const times: number[] = [];
      for (let sample = 0; sample < samples; sample++) {
        const contact = Math.floor(random() * filling.contacts);
        const conversation = Math.floor(random() * filling.conversations);
        times.push(await call(references[index] as Reference, request(contact, conversation)));
      }
      if (round < 0) continue;
      values[index]?.[0].push(median(times));
      values[index]?.[1].push(quantile(times, 0.99));
    }
  return values;
}

async function measureSizes(
  sizes: readonly Size[],
  cases: readonly Case[],
  { isSmall, folder }: Scale,
): Promise<Table[]> {
  const references: Reference[] = [];
  try {
    for (const [index, { filling }] of sizes.entries()) {
      const data = join(folder, `${sizes.length}-${index}-${filling.conversations}.db`);
      await fillReferenceFile(data, filling);
      references.push(createReference({ data, keys: ["bench-key"], rateLimit: 1_000_000_000 }));
    }
    const tables: Table[] = [];
    for (const each of cases) {
      const values = await measureCase(each, references, sizes, isSmall);
      const rows: MeasuredRow[] = sizes.map(({ name }, index) => ({
        ...{ name, values: values[index] ?? [] },
        ...(each.aim && index === sizes.length - 1 && { aim: each.aim }),
      }));
      const measures = [{ name: "median µs", compared: true as const }, { name: "p99 µs" }];
      tables.push({ caption: each.name, what: "in the file", base: sizes[0]?.name as string, measures, rows });
    }
    return tables;
  } finally {
    for (const reference of references) await reference.close();
  }
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}

export const growthRows: Question = {
  name: "growth-rows",
  title: "From a thousand rows to a million",
  about: `The reference API on a data file with that many contacts and as many messages, a hundred to a conversation, in process, one
request after the other. The aim for the 99th percentile of POST /contacts at a million is 2,000 µs.

A change of a contact notes that its words are to be written, and one change in 256 writes the words of all, for the search index
merges what it wrote at every few of them. Before, when each change wrote its own, three runs beside these had a 99th percentile of
14 ms at a million, where it is 1.1 ms now with the waits for a processor left out, and an update put 13.6 pages into the log,
where it puts 4.0. What stands in the way of the same median as at a thousand are pages that nobody has asked for lately, which neither
a cache of 256 MiB nor a mapped file makes cheaper. Checkpoints are made on a thread of their own: one takes some 20 ms, and one request
in about 250 waited for it.`,
  measure: (scale) => {
    const sizes = [1_000, scale.isSmall ? 2_000 : 1_000_000].map((rows) => ({
      name: `${count(rows)} contacts, ${count(rows)} messages`,
      filling: { contacts: rows, conversations: rows / 100, messagesEach: 100 },
    }));
    return measureSizes(sizes, contactCases, scale);
  },
};

export const growthConversations: Question = {
  name: "growth-conversations",
  title: "From one conversation to a hundred thousand",
  about:
    "The reference API on a data file with so many conversations of five messages, in process, one request after the other.",
  measure: (scale) => {
    const sizes = (scale.isSmall ? [1, 100] : [1, 1_000, 100_000]).map((conversations) => ({
      name: `${count(conversations)} ${conversations === 1 ? "conversation" : "conversations"}`,
      filling: { contacts: conversations, conversations, messagesEach: 5 },
    }));
    return measureSizes(sizes, conversationCases, scale);
  },
};
