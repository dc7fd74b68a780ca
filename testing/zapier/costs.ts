/** What each step of a Zap costs of the org's 1,000 requests an hour: it is run against the reference, and they are counted. */
import zapier from "zapier-platform-core";
import { createReference, type Reference } from "../../reference/index.ts";
import { costSteps, type Ids, phone } from "./cost-steps.ts";

type Handler = (event: object) => Promise<unknown>;

/** A contact with a conversation of a thousand messages, and a template. */
async function fill(reference: Reference, url: string): Promise<Ids> {
  const headers = { authorization: `Bearer ${reference.key}`, "content-type": "application/json" };
  const body = JSON.stringify({ phone, email: "sara@example.com", firstName: "Sara", tags: ["lead", "expo"] });
  const saved = await reference.fetch(new Request(`${url}/contacts`, { method: "POST", headers, body }));
  const { id } = (await saved.json()) as { id: string };
  for (let sent = 0; sent < 1000; sent++)
    await reference.control.inbound({ platform: "whatsapp", from: phone, content: `message ${sent}.` });
  for (const from of ["omar", "lina", "noor", "yusuf", "mona"])
    await reference.control.inbound({ platform: "telegram", from, content: "Hi" });
  return { contactId: id };
}

/** What the app's steps cost, in the order of `costSteps`; `null` where the app has no such step. */
export async function measureCosts(app: object): Promise<(number | null)[]> {
  const { createAppHandler } = zapier as unknown as { createAppHandler: (app: object) => Handler };
  const handler = createAppHandler(app);
  const reference = createReference();
  const listening = await reference.listen();
  const cache = {};
  const costs: (number | null)[] = [];
  try {
    const ids = await fill(reference, listening.url);
    for (const { of, part = "perform", bundle } of costSteps) {
      const [kind = "", key = ""] = of.split(".");
      const items = (app as Record<string, Record<string, unknown>>)[kind] ?? {};
      if (items[key] === undefined) {
        costs.push(null);
        continue;
      }
      let requests = 0;
      const event = {
        command: "execute",
        method: `${of}.operation.${part}`,
        bundle: {
          authData: { api_key: reference.key, base_url: listening.url },
          inputData: {},
          meta: {},
          ...bundle(ids),
        },
        zcacheTestObj: cache,
        cursorTestObj: {},
        calledFromCliInvoke: true,
        customLogger: (_message: string, { log_type }: { log_type?: string }) => {
          if (log_type === "http") requests++;
        },
      };
      // A search that ends without a match halts: it has cost what it has cost.
      await handler(event).catch(() => undefined);
      costs.push(requests);
    }
  } finally {
    await listening.close();
    await reference.close();
  }
  return costs;
}
