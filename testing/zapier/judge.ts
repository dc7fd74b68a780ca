/**
 * The judge: holds what runs of a Zap said against what exists at OnSync. It reads OnSync's own state, and knows nothing of
 * how the app works.
 */
import type { Snapshot } from "../../reference/index.ts";
import type { Outcome } from "./platform.ts";
import type { MadeRequest } from "./run.ts";
import type { World } from "./world.ts";

/** One message that somebody wants at a customer: of one run of a Zap, or of all runs with one Client Reference. */
export type WantedMessage = {
  id: string;
  to: string;
  /** As {@link readText} has it. */
  text: string;
  /** The Client Reference that all its runs have: with one, nothing excuses a second message. */
  reference?: string;
};

/** A run of a Zap, with how it ended each time that Zapier, or its user, ran it. */
export type ZapRun = { wanted: WantedMessage; outcomes: Outcome[] };

export type Verdict = {
  kind: "doubled" | Unknowable | "lost" | "wrong recipient" | "unwanted" | "overwritten" | "leaked";
  text: string;
};

/**
 * A second message that no app can keep from being sent, as nothing tells it from another message with the same words:
 *
 * - `crashed when done`: the run that sent the first one had no reference. Its process crashed, not at the end of its time,
 *   but when all it had left to do was to answer; the app was asked once more.
 * - `org unknown`: two keys sent it under one reference at the same time, and OnSync does not tell that they are of one org.
 */
export type Unknowable = (typeof unknowable)[number];
const unknowable = ["crashed when done", "org unknown"] as const;

/** Whether an app can be blamed for it. */
export function isViolation({ kind }: Verdict): boolean {
  return !unknowable.some((one) => one === kind);
}

type Row = Snapshot["data"]["messages"][number];
export type SentRow = { id: string; to: string; text: string };

type SentTemplate = { name?: string; language?: string; components?: { parameters?: { text?: string }[] }[] };

/** What a message says: its text, or its template with the values. */
export function writeTemplateText(name: string, language: string, values: readonly string[]): string {
  return `${name} (${language}): ${values.join(", ")}`;
}

function readText({ type, content, metadata }: Row): string {
  if (type !== "template") return String(content);
  const { template = {} } = JSON.parse(String(metadata)) as { template?: SentTemplate };
  const values = (template.components ?? []).flatMap(({ parameters = [] }) => parameters.map(({ text }) => text ?? ""));
  return writeTemplateText(template.name ?? "", template.language ?? "", values);
}

/** What has gone to customers, as OnSync has it. */
export function readSentMessages(world: World): SentRow[] {
  return world.reference
    .snapshot()
    .data.messages.filter(({ direction }) => direction === "outbound")
    .map((row) => ({ id: String(row.id), to: String(row.recipient), text: readText(row) }));
}

function isMessageOf({ to, text }: WantedMessage, message: SentRow): boolean {
  return message.to === to && message.text === text;
}

/** Which wanted message each message was made for, by the run whose request made it. */
function findMakers(world: World, zapRuns: readonly ZapRun[]): Map<string, WantedMessage> {
  const wantedByRun = new Map(zapRuns.flatMap(({ wanted, outcomes }) => outcomes.map(({ token }) => [token, wanted])));
  const makers = new Map<string, WantedMessage>();
  for (const { run, messageId } of world.tap.requests) {
    const wanted = wantedByRun.get(run);
    if (messageId !== null && wanted) makers.set(messageId, wanted);
  }
  return makers;
}

function findDoubled(
  world: World,
  sent: readonly SentRow[],
  makers: ReadonlyMap<string, WantedMessage>,
  zapRuns: readonly ZapRun[],
): Verdict[] {
  const made = new Map<WantedMessage["id"], { wanted: WantedMessage; ids: string[] }>();
  for (const { id } of sent) {
    const wanted = makers.get(id);
    if (wanted) made.set(wanted.id, { wanted, ids: [...(made.get(wanted.id)?.ids ?? []), id] });
  }
  return [...made.values()]
    .filter(({ ids }) => ids.length > 1)
    .map(({ wanted, ids }) => ({
      kind: findExcuse(world, wanted, ids, zapRuns) ?? "doubled",
      text: `${wanted.id} exists ${ids.length} times: ${ids.join(", ")}`,
    }));
}

/** @param ids of the messages, in the order in which they were made */
function findExcuse(
  world: World,
  wanted: WantedMessage,
  ids: readonly string[],
  zapRuns: readonly ZapRun[],
): Unknowable | undefined {
  const sends = ids.flatMap((id) => world.tap.requests.find(({ messageId }) => messageId === id) ?? []);
  if (wanted.reference !== undefined) return areStrangers(world, sends) ? "org unknown" : undefined;
  const crashed = new Set(
    zapRuns.flatMap(({ outcomes }) =>
      outcomes.flatMap((one) => (one.kind === "killed" && one.wasDone ? one.token : [])),
    ),
  );
  // Each but the last: OnSync had answered whoever sent it, and then its process crashed.
  const isExcused = sends.slice(0, -1).every(({ run }) => {
    const last = world.tap.requests.findLast((each) => each.run === run);
    return crashed.has(run) && (last?.fault === null || last?.fault === "slow");
  });
  return isExcused ? "crashed when done" : undefined;
}

/** Whether no two of them have one key, none could have seen another in the history, and OnSync tells no key its org. */
function areStrangers({ tap, tellsOrg }: World, sends: readonly MadeRequest[]): boolean {
  const firstAt = Math.min(...sends.map(({ at }) => at));
  const sawNone = sends.every((send) => {
    const before = tap.requests.slice(0, tap.requests.indexOf(send));
    const look = before.findLast(({ run, method }) => run === send.run && method === "GET");
    return look !== undefined && look.at <= firstAt;
  });
  return !tellsOrg && sawNone && new Set(sends.map(({ key }) => key)).size === sends.length;
}

/** A run that ended well says which message it sent: that is there, and is its own. */
function findLost(
  sent: readonly SentRow[],
  makers: ReadonlyMap<string, WantedMessage>,
  zapRuns: readonly ZapRun[],
): Verdict[] {
  return zapRuns.flatMap(({ wanted, outcomes }) =>
    outcomes.flatMap((outcome): Verdict[] => {
      if (outcome.kind !== "success") return [];
      const { id } = outcome.output as { id?: unknown };
      const message = sent.find((row) => row.id === id);
      const maker = makers.get(String(id));
      if (!message) return [{ kind: "lost", text: `${wanted.id} ended well, and its message ${id} does not exist` }];
      if (!isMessageOf(wanted, message) || (maker && maker.id !== wanted.id))
        return [
          {
            kind: "lost",
            text: `${wanted.id} ended well with ${maker?.id ?? "a message"}: "${message.text}" to ${message.to}`,
          },
        ];
      return [];
    }),
  );
}

function findUnwanted(sent: readonly SentRow[], zapRuns: readonly ZapRun[]): Verdict[] {
  return sent
    .filter((message) => !zapRuns.some(({ wanted }) => isMessageOf(wanted, message)))
    .map((message) => {
      const isKnown = zapRuns.some(({ wanted }) => wanted.text === message.text);
      return { kind: isKnown ? "wrong recipient" : "unwanted", text: `"${message.text}" went to ${message.to}` };
    });
}

/** Holds everything that was sent in a world against what was wanted there. */
export function judgeSends(world: World, zapRuns: readonly ZapRun[]): Verdict[] {
  const sent = readSentMessages(world);
  const makers = findMakers(world, zapRuns);
  return [
    ...findDoubled(world, sent, makers, zapRuns),
    ...findLost(sent, makers, zapRuns),
    ...findUnwanted(sent, zapRuns),
  ];
}

export type ContactRow = Snapshot["data"]["contacts"][number];

export function readContacts(world: World): ContactRow[] {
  return world.reference.snapshot().data.contacts;
}

const contactFields = ["first_name", "last_name", "phone", "email", "external_id", "tags", "channel", "properties"];

/**
 * What contacts have lost since.
 * @param mayChange whether a change was asked for; else what was there must stay
 */
export function judgeContacts(
  before: readonly ContactRow[],
  after: readonly ContactRow[],
  mayChange: (contact: ContactRow, field: string) => boolean = () => false,
): Verdict[] {
  const isEmpty = (value: unknown) => value == null || value === "[]" || value === "{}";
  return before.flatMap((contact) => {
    const now = after.find(({ id }) => id === contact.id);
    return contactFields
      .filter((field) => !isEmpty(contact[field]) && now?.[field] !== contact[field] && !mayChange(contact, field))
      .map((field) => ({
        kind: "overwritten" as const,
        text: `${field} of ${contact.id}: ${contact[field]} became ${now ? now[field] : "nothing"}`,
      }));
  });
}

/** @param secrets what the log may show nothing of: keys, secrets, and what is personal */
export function judgeLogs(world: World, secrets: Readonly<Record<string, string>>): Verdict[] {
  return Object.entries(secrets).flatMap(([name, secret]) => {
    const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
    const line = world.logs.find((entry) => forms.some((form) => JSON.stringify(entry).includes(form)));
    return line ? [{ kind: "leaked" as const, text: `${name}, in: ${JSON.stringify(line).slice(0, 300)}` }] : [];
  });
}
