/** A contact that is saved through a fault, and how many there are then. */
import type { still } from "../caller.ts";

export const contact = { phone: "+971500000000" };

export function save(api: ReturnType<typeof still>) {
  return api.call("POST", "/v1/contacts", contact);
}

export async function saved(api: ReturnType<typeof still>): Promise<number> {
  return (await api.call("GET", "/v1/contacts")).body.data.length;
}
