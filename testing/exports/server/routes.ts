/** What an OnSync of its own answers to reads: pages of contacts, conversations and histories, from what its inbox knows. */
import { type Inbox, type Row, versionAt } from "../inbox/inbox.ts";

export type RouteSettings = {
  /** Whether there are lists of contacts and conversations. */
  extensions: boolean;
  /** Shorter pages than asked for, which the documentation allows. */
  maxPage: number;
  /** How late a message, or a status, may be in a history: each has its own lag, and so has the replica that answers. */
  maxLagMs: number;
  random: () => number;
  /** After a page of a list that has another: what goes on meanwhile. */
  onPage: (room: "contacts" | "conversations") => void;
};

export type Answer = { status: number; body: Record<string, unknown> };

const maxLimit = 100;
/** Lists are short, so that there is time for something to happen between their pages. */
const maxListPage = 6;
const listed = new Set(["status", "platform", "phone", "email", "externalId", "query", "limit", "cursor"]);

function createError(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message } } };
}

/** Some are late, some are not, and one is as late each time. */
function lagOf(id: string, maxLagMs: number): number {
  let hash = 0;
  for (const character of id) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0;
  return hash % 3 === 0 ? (((hash >>> 8) % 1000) / 2000) * maxLagMs : 0;
}

/** Where a row stands in a list: rows that follow have a lower place. */
type Placed = { place: string; row: Row };

function pageOf(rows: Placed[], url: URL, maxPage: number): Answer {
  const limit = Number(url.searchParams.get("limit") ?? 50);
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit)
    return createError(400, "validation_failed", "limit is 1 to 100");
  const cursor = url.searchParams.get("cursor");
  const after = cursor === null ? null : Buffer.from(cursor, "base64url").toString();
  const rest = rows
    .sort((one, other) => (one.place < other.place ? 1 : -1))
    .filter((row) => !after || row.place < after);
  const data = rest.slice(0, Math.min(limit, maxPage));
  const last = data.at(-1);
  const nextCursor = last && rest.length > data.length ? Buffer.from(last.place).toString("base64url") : null;
  return { status: 200, body: { data: data.map(({ row }) => row), nextCursor } };
}

export class Routes {
  readonly #inbox: Inbox;
  readonly #settings: RouteSettings;

  constructor(inbox: Inbox, settings: RouteSettings) {
    this.#inbox = inbox;
    this.#settings = settings;
  }

  answer(method: string, url: URL): Answer {
    const [, version, room, id, list] = url.pathname.split("/").map(decodeURIComponent);
    if (method !== "GET" || version !== "v1") return createError(404, "unknown_endpoint", "no such route");
    if (room === "contacts" && id !== undefined) return this.#contact(id);
    if (room === "conversations" && id !== undefined && list === "messages") return this.#history(id, url);
    if (room === "webhooks" && id === undefined) return { status: 200, body: { data: [] } };
    if (this.#settings.extensions && id === undefined) return this.#list(room ?? "", url);
    return createError(404, "unknown_endpoint", "no such route");
  }

  #list(room: string, url: URL): Answer {
    const unknown = [...url.searchParams.keys()].find((name) => !listed.has(name));
    if (room === "me") return this.#account();
    if (room !== "contacts" && room !== "conversations") return createError(404, "unknown_endpoint", "no such route");
    if (unknown) return createError(400, "validation_failed", `${unknown} is unknown`);
    const rows = this.#inbox.ids(room).map((id) => this.#inbox.newest(room, id));
    const asked = ["status", "platform", "phone", "email"].filter((name) => url.searchParams.has(name));
    const found = rows.filter((row) => asked.every((name) => String(row[name]) === url.searchParams.get(name)));
    // Contacts are listed by their age, conversations by what went on in them last: that changes while pages are read.
    const placed = found.map((row) => ({
      place: `${row[room === "contacts" ? "createdAt" : "lastMessageAt"]} ${row.id}`,
      row,
    }));
    const answer = pageOf(placed, url, Math.min(maxListPage, this.#settings.maxPage));
    if (answer.body.nextCursor) this.#settings.onPage(room);
    return answer;
  }

  #account(): Answer {
    const org = { id: this.#inbox.newest("contacts", this.#inbox.ids("contacts")[0] ?? "").orgId, name: "Torture LLC" };
    return { status: 200, body: { org, keyPrefix: "onsync_pk_test", scopes: ["read:contacts", "read:messages"] } };
  }

  #contact(id: string): Answer {
    if (!this.#inbox.tables.contacts.has(id)) return createError(404, "not_found", "no such contact");
    const conversations = this.#inbox.ids("conversations").map((each) => this.#inbox.newest("conversations", each));
    const conversationIds = conversations.filter(({ contactId }) => contactId === id).map((row) => row.id);
    return { status: 200, body: { ...this.#inbox.newest("contacts", id), activity: { conversationIds } } };
  }

  #history(id: string, url: URL): Answer {
    const history = this.#inbox.histories.get(id);
    if (!history) return createError(404, "not_found", "no such conversation");
    const limit = Number(url.searchParams.get("limit") ?? 50);
    if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit)
      return createError(400, "validation_failed", "limit is 1 to 100");
    const before = Date.parse(url.searchParams.get("before") ?? "9999-01-01T00:00:00Z");
    if (Number.isNaN(before)) return createError(400, "validation_failed", "before is no time");
    // One request may be answered by a replica that is up to date, and the next by one that is not.
    const { random, maxLagMs } = this.#settings;
    const at = Date.now() - (random() < 0.3 ? (random() * maxLagMs) / 2 : 0);
    const rows = history.flatMap((messageId) => this.#shown(messageId, at) ?? []);
    const older = rows.filter((row) => Date.parse(String(row.createdAt)) < before);
    older.sort((one, other) => Date.parse(String(other.createdAt)) - Date.parse(String(one.createdAt)));
    const data = older.slice(0, Math.min(limit, this.#settings.maxPage));
    return { status: 200, body: { data, nextBefore: older.length > data.length ? data.at(-1)?.createdAt : null } };
  }

  #shown(messageId: string, at: number): Row | undefined {
    const versions = this.#inbox.tables.messages.get(messageId) ?? [];
    return versions[versionAt(versions, at - lagOf(messageId, this.#settings.maxLagMs))]?.row;
  }
}
