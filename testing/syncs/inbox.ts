/**
 * An inbox of its own for the adversary of syncs: contacts as the documentation has them, with events of every change, and with
 * answers that are lost, refused and put off. It shares no code with the client or the reference.
 */

export type InboxContact = {
  id: string;
  firstName: string | null;
  lastName: string | null;
  phone: string | null;
  email: string | null;
  tags: string[];
  channel: string | null;
  properties: Record<string, string | number | boolean>;
  orgId: string;
  createdAt: string;
  updatedAt: string;
};

export type InboxEvent = { position: number; body: string; visible: boolean };

type Body = Record<string, unknown> & { properties?: Record<string, unknown> | null };
type Answer = { status: number; body: object; headers?: Record<string, string> };

const limit = 1_000_000;

export class TroubledInbox {
  readonly contacts = new Map<string, InboxContact>();
  readonly events: InboxEvent[] = [];
  /** `METHOD path`, for each that arrived. */
  readonly requests: string[] = [];
  hasList = true;
  /** Of requests, how many lose their answer, are refused with 503 or with 429. */
  trouble = 0;
  /** Whether events that are made now are delivered later. */
  delaysEvents = false;
  /** Called before each request's work and after it. */
  onStep: () => Promise<void> = async () => {};
  readonly #random: () => number;
  readonly #now: () => number;
  #made = 0;

  constructor(random: () => number, now: () => number) {
    this.#random = random;
    this.#now = now;
  }

  /** What a webhook's receiver has kept, as far as it has come. */
  readonly source = {
    end: async () => ({ log: "log", position: this.#lastVisible() }),
    read: async ({ after, limit: most }: { after: number; limit: number }) => {
      const found = this.events.filter(({ position, visible }) => visible && position > after).slice(0, most);
      const upTo = found.at(-1)?.position ?? Math.max(after, this.#lastVisible());
      return { events: found, upTo, more: found.length === most, gap: false };
    },
  };

  #lastVisible(): number {
    return this.events.filter(({ visible }) => visible).at(-1)?.position ?? 0;
  }

  /** Delivers what was put off: as it comes in last, whenever it was made. */
  deliver(): void {
    const late = this.events.filter(({ visible }) => !visible);
    for (const event of late) this.events.splice(this.events.indexOf(event), 1);
    for (const event of late)
      this.events.push({ ...event, position: (this.events.at(-1)?.position ?? 0) + 1, visible: true });
  }

  #emit(type: string, contact: InboxContact): void {
    const position = (this.events.at(-1)?.position ?? 0) + 1;
    const body = JSON.stringify({
      ...{ id: `evt_${position}_${this.#random()}`, type, orgId: contact.orgId },
      ...{ createdAt: contact.updatedAt, data: contact },
    });
    this.events.push({ position, body, visible: !this.delaysEvents });
    // A delivery may come twice.
    if (this.#random() < 0.1) this.events.push({ position: position + 1, body, visible: !this.delaysEvents });
  }

  /** What a person does in the inbox, or a customer who writes. */
  add(fields: Partial<InboxContact>): InboxContact {
    this.#made += 1;
    const now = new Date(this.#now()).toISOString();
    const contact: InboxContact = {
      ...{ id: `contact_${String(this.#made).padStart(5, "0")}`, firstName: null, lastName: null, phone: null },
      ...{ email: null, tags: [], channel: null, properties: {}, orgId: "org_1", createdAt: now, updatedAt: now },
      ...fields,
    };
    this.contacts.set(contact.id, contact);
    this.#emit("contact.created", structuredClone(contact));
    return contact;
  }

  change(contact: InboxContact, change: Body): void {
    const before = JSON.stringify(contact);
    const { properties, ...fields } = change;
    Object.assign(contact, fields);
    for (const [name, value] of Object.entries(properties ?? {}))
      if (value === null) delete contact.properties[name];
      else contact.properties[name] = value as string;
    if (JSON.stringify(contact) === before) return;
    contact.updatedAt = new Date(this.#now()).toISOString();
    this.#emit("contact.updated", structuredClone(contact));
  }

  async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = url.pathname.replace(/^\/v1/, "");
    this.requests.push(`${request.method} ${path}`);
    await this.onStep();
    const fault = this.#random() < this.trouble ? this.#random() : 1;
    if (fault < 0.25)
      return this.#respond({ status: 429, body: fail("rate_limited"), headers: { "retry-after": "1" } });
    if (fault < 0.5) return this.#respond({ status: 503, body: fail("unavailable") });
    const text = await request.text();
    const answer = this.#work(request.method, path, url.searchParams, text === "" ? {} : (JSON.parse(text) as Body));
    await this.onStep();
    if (fault < 0.75) throw new TypeError("the connection was closed");
    if (fault < 0.9) return new Response("<html>Bad gateway</html>", { status: 502 });
    return this.#respond(answer);
  }

  #respond({ status, body, headers = {} }: Answer): Response {
    const envelope = { requestId: `req_${this.requests.length}`, timestamp: new Date(this.#now()).toISOString() };
    return new Response(JSON.stringify({ ...body, ...envelope }), {
      status,
      headers: {
        ...{ "content-type": "application/json", ratelimit: `"org";r=${limit - 1};t=1` },
        ...{ "ratelimit-policy": `"org";q=${limit};w=3600`, ...headers },
      },
    });
  }

  #work(method: string, path: string, query: URLSearchParams, body: Body): Answer {
    const id = /^\/contacts\/(.+)$/.exec(path)?.[1];
    if (method === "POST" && path === "/contacts") return this.#save(body);
    if (id === undefined) {
      if (method !== "GET" || path !== "/contacts" || !this.hasList)
        return { status: 404, body: fail("unknown_endpoint") };
      return this.#list(query);
    }
    const contact = this.contacts.get(id);
    if (!contact) return { status: 404, body: fail("not_found") };
    if (method === "GET") return { status: 200, body: contact };
    const taken = this.#findHolders(body).filter((other) => other !== contact);
    if (taken.length > 0) return { status: 409, body: failDuplicate(taken) };
    this.change(contact, body);
    return { status: 200, body: contact };
  }

  #list(query: URLSearchParams): Answer {
    const wanted = [...query].filter(([name]) => ["phone", "email", "externalId"].includes(name));
    const all = [...this.contacts.values()]
      .filter((contact) =>
        wanted.every(([name, value]) =>
          name === "externalId" ? contact.properties.externalId === value : contact[name as "phone"] === value,
        ),
      )
      .reverse();
    const from = Number(query.get("cursor") ?? 0);
    const until = from + Math.min(Number(query.get("limit") ?? 50), 3);
    return {
      status: 200,
      body: { data: all.slice(from, until), nextCursor: until < all.length ? String(until) : null },
    };
  }

  #findHolders(body: Body): InboxContact[] {
    const externalId = body.properties?.externalId;
    return [...this.contacts.values()].filter(
      (contact) =>
        (typeof body.phone === "string" && contact.phone === body.phone) ||
        (typeof body.email === "string" && contact.email?.toLowerCase() === body.email.toLowerCase()) ||
        (typeof externalId === "string" && contact.properties.externalId === externalId),
    );
  }

  #save(body: Body): Answer {
    const holders = this.#findHolders(body);
    if (holders.length > 1) return { status: 409, body: failDuplicate(holders) };
    const known = holders[0];
    if (known) {
      this.change(known, body);
      return { status: 200, body: known };
    }
    const { properties = {}, ...fields } = body;
    return { status: 201, body: this.add({ ...fields, properties: properties as InboxContact["properties"] }) };
  }
}

function fail(code: string, details: object[] = []): object {
  return { error: { code, message: code, details } };
}

function failDuplicate(holders: readonly InboxContact[]): object {
  return fail(
    "duplicate",
    holders.map(({ id }) => ({
      path: ["phone"],
      code: "duplicate",
      message: `belongs to contact ${id}`,
      contactId: id,
    })),
  );
}
