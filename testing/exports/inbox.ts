/**
 * An OnSync of its own for tests of exports: lists and histories as docs/contract.md has them, in memory, with a hook before each
 * answer, so that a test can have messages arrive, move and go while they are read. It shares no code with the client.
 */
import { fetchTransport, type Transport } from "../../src/client/index.ts";

type Item = Record<string, unknown> & { id: string };
export type StoredMessage = Item & { conversationId: string; createdAt: string; status?: string };

export type InboxOptions = {
  /** Which of the endpoints beyond the documentation are there. */
  extensions?: { contacts?: boolean; conversations?: boolean; account?: boolean };
  /** Told of each request before it is answered. */
  before?: (request: { path: string; query: URLSearchParams; count: number }) => unknown;
  /** Largest page of a list. */
  listSize?: number;
  org?: string;
};

const start = Date.parse("2024-12-01T10:00:00.000Z");

export class Inbox {
  readonly contacts: Item[] = [];
  readonly conversations = new Map<string, Item & { updatedAt: string; lastMessageAt: string | null }>();
  readonly messages = new Map<string, StoredMessage[]>();
  readonly paths: string[] = [];
  readonly options: InboxOptions;
  now = start;
  #made = 0;

  constructor(options: InboxOptions = {}) {
    this.options = options;
  }

  /** A moment later, by its clock. */
  #tick(): string {
    this.now += 1_000;
    return new Date(this.now).toISOString();
  }

  addContact(fields: Record<string, unknown> = {}): Item {
    this.#made += 1;
    const at = this.#tick();
    const contact = {
      ...{ id: `contact_${String(this.#made).padStart(6, "0")}`, firstName: `Sara ${this.#made}`, tags: ["lead"] },
      ...{
        properties: { language: "en" },
        orgId: this.options.org ?? "org_1",
        createdAt: at,
        updatedAt: at,
        ...fields,
      },
    };
    this.contacts.push(contact);
    return contact;
  }

  /** @param at unless given, a second later than what was made before */
  addMessage(conversationId: string, fields: Partial<StoredMessage> & { at?: number } = {}): StoredMessage {
    this.#made += 1;
    const { at, ...rest } = fields;
    const createdAt = at === undefined ? this.#tick() : new Date(at).toISOString();
    const message: StoredMessage = {
      ...{ id: `msg_${String(this.#made).padStart(6, "0")}`, conversationId, type: "text", direction: "inbound" },
      ...{ content: `Hi ${this.#made}`, metadata: { source: "test" }, createdAt, ...rest },
    };
    const history = this.messages.get(conversationId) ?? [];
    history.push(message);
    this.messages.set(conversationId, history);
    const known = this.conversations.get(conversationId);
    const lastMessageAt = [known?.lastMessageAt ?? createdAt, createdAt].sort().at(-1) ?? createdAt;
    this.conversations.set(conversationId, {
      ...{ id: conversationId, platform: "whatsapp", contactId: `of ${conversationId}`, status: "open", createdAt },
      ...known,
      ...{ updatedAt: lastMessageAt, lastMessageAt },
    });
    return message;
  }

  /** So many conversations of so many messages each. */
  fill(conversations: number, messages: number): this {
    for (let number = 0; number < messages; number++)
      for (let conversation = 0; conversation < conversations; conversation++)
        this.addMessage(`whatsapp:+9715${String(conversation).padStart(8, "0")}`);
    return this;
  }

  get allMessages(): StoredMessage[] {
    return [...this.messages.values()].flat();
  }

  get transport(): Transport {
    return fetchTransport((request) => this.answer(request));
  }

  async answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const path = decodeURIComponent(pathname.replace(/^\/v1/, ""));
    this.paths.push(path);
    const own = await this.options.before?.({ path, query: searchParams, count: this.paths.length });
    return own instanceof Response ? own : this.#route(path, searchParams);
  }

  #route(path: string, query: URLSearchParams): Response {
    const { contacts = true, conversations = true, account = true } = this.options.extensions ?? {};
    if (path === "/me" && account)
      return this.#json({ org: { id: this.options.org ?? "org_1", name: "Expo" }, keyPrefix: "", scopes: [] });
    if (path === "/contacts" && contacts)
      return this.#list([...this.contacts].reverse(), ({ createdAt, id }) => `${createdAt} ${id}`, query);
    if (path === "/conversations" && conversations) {
      const sorted = [...this.conversations.values()].sort((a, b) => (order(a) < order(b) ? 1 : -1));
      return this.#list(sorted, order, query);
    }
    const contact = /^\/contacts\/(.+)$/.exec(path)?.[1];
    const found = this.contacts.find(({ id }) => id === contact);
    if (found) return this.#json(found);
    const conversation = /^\/conversations\/(.+)\/messages$/.exec(path)?.[1];
    const history = conversation === undefined ? undefined : this.messages.get(conversation);
    if (history) return this.#history(history, query);
    const code = contact !== undefined || conversation !== undefined ? "not_found" : "unknown_endpoint";
    return this.#json({ error: { code, message: "There is none.", details: [] } }, 404);
  }

  /** Newest first, from behind what the cursor names on. */
  #list<Listed extends Item>(sorted: Listed[], orderOf: (item: Listed) => string, query: URLSearchParams): Response {
    const cursor = query.get("cursor");
    const limit = Math.min(Number(query.get("limit") ?? 50), this.options.listSize ?? 100);
    const rest = cursor === null ? sorted : sorted.filter((item) => orderOf(item) < cursor);
    const data = rest.slice(0, limit);
    const last = data.at(-1);
    return this.#json({ data, nextCursor: last && rest.length > data.length ? orderOf(last) : null });
  }

  #history(history: StoredMessage[], query: URLSearchParams): Response {
    const before = query.get("before");
    const limit = Number(query.get("limit") ?? 50);
    const older = history
      .filter(({ createdAt }) => before === null || Date.parse(createdAt) < Date.parse(before))
      .sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt) || (a.id < b.id ? 1 : -1));
    const data = older.slice(0, limit);
    return this.#json({ data, nextBefore: older.length > data.length ? (data.at(-1)?.createdAt ?? null) : null });
  }

  #json(body: object, status = 200): Response {
    const answer = { ...body, requestId: "req_1", timestamp: new Date(this.now).toISOString() };
    return Response.json(answer, {
      status,
      headers: { ratelimit: '"org";r=999999;t=1', "ratelimit-policy": '"org";q=1000000;w=3600' },
    });
  }
}

function order({ updatedAt, id }: { updatedAt: string; id: string }): string {
  return `${updatedAt} ${id}`;
}
