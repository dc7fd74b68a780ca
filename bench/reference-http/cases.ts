/** The requests that bench/reference-http makes, and what there must be first. */
export const key = "bench-key";
export const contacts = 1000;

export type Call = { method: "GET" | "POST"; path: string; body?: string };

export function formatPhone(index: number): string {
  return `+9715${String(index % contacts).padStart(8, "0")}`;
}

function save(index: number, lastName: string): Call {
  const body = {
    firstName: "Person",
    lastName,
    phone: formatPhone(index),
    properties: { source: "bench", visits: index },
  };
  return { method: "POST", path: "/v1/contacts", body: JSON.stringify(body) };
}

/** Makes the contact of that number. */
export function createContact(index: number): Call {
  return save(index, `No${index}`);
}

/** By name: the n-th request of its kind. `ids` are those of the contacts there are. */
export const cases: Record<string, (n: number, ids: readonly string[]) => Call> = {
  "GET /contacts/{id}": (n, ids) => ({ method: "GET", path: `/v1/contacts/${ids[n % ids.length]}` }),
  "GET /contacts?phone=": (n) => ({ method: "GET", path: `/v1/contacts?phone=${encodeURIComponent(formatPhone(n))}` }),
  "POST /contacts": (n) => save(n, `Renamed${n}`),
  "POST /messaging/send": (n) => ({
    method: "POST",
    path: "/v1/messaging/send",
    body: JSON.stringify({
      platform: "instagram",
      to: `customer${n % contacts}`,
      messageType: "text",
      content: `Your order ${n} has been shipped.`,
    }),
  }),
};
