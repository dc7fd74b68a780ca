/** The reference API in memory with one contact, in a process of its own. */
import { createReference } from "../../reference/index.ts";

const key = "bench-key";
const reference = createReference({ keys: [key], rateLimit: 1_000_000_000 });
const { url } = await reference.listen();
const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
const body = JSON.stringify({ phone: "+971500000000", firstName: "Sara" });
const saved = await fetch(`${url}/contacts`, { method: "POST", headers, body });
process.send?.({ url, contactId: ((await saved.json()) as { id: string }).id });
