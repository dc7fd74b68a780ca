/** docs/control-api.md names every request of the control API and every field, and its examples work in their order. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import * as z from "zod";
import * as automation from "../../reference/automation/input.ts";
import * as inputs from "../../reference/control/input.ts";
import { controlRoutes } from "../../reference/control/routes/index.ts";
import { FaultInput } from "../../reference/deviations/faults.ts";
import { type Body, still } from "../reference/caller.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/control-api.md"), "utf8");
const rows = [...page.matchAll(/^\| `([A-Z]+) (\/\S+)` \| (?:`(\{.*\})`)? ?\|/gm)].map(([, method, path, body]) => ({
  method: String(method),
  path: String(path),
  body: body === undefined ? undefined : (JSON.parse(body) as object),
}));

test("every request is there, and no other", () => {
  const documented = rows.map(({ method, path }) => `${method} ${path}`);
  expect(documented.toSorted()).toEqual(controlRoutes.map(({ method, path }) => `${method} ${path}`).toSorted());
});

test("every field of what they take is named", () => {
  const schemas = [...Object.values(inputs), ...Object.values(automation), FaultInput];
  const fields = new Set(schemas.flatMap((schema) => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : [])));
  expect(fields.size).toBeGreaterThan(30);
  expect([...fields].filter((field) => !new RegExp(`\\b${field}\\b`).test(page))).toEqual([]);
});

test("the examples work as they stand, one after the other", async () => {
  await using api = still({ control: true, deliver: async () => ({ status: 200 }) });
  const { body: webhook } = await api.call("POST", "/v1/webhooks", {
    url: "https://example.com",
    events: ["contact.created"],
  });
  await api.call("POST", "/v1/contacts", { email: "sara@example.com" });
  const { body: sent } = await api.call("POST", "/v1/messaging/send", {
    ...{ platform: "telegram", to: "482", messageType: "text", content: "Hi" },
  });
  await api.reference.settled();
  const [delivery] = await api.reference.control.deliveries();
  /** The latest of each kind. */
  const ids: Record<string, string> = {
    messages: sent.id,
    conversations: encodeURIComponent(sent.conversationId),
    webhooks: webhook.id,
    deliveries: String(delivery?.id),
  };
  const answers: Record<string, Body> = {};
  for (const { method, path, body } of rows) {
    const kind = path.split("/")[1] as string;
    const answer = await api.call(method, `/_control${path.replace("{id}", String(ids[kind]))}`, body);
    answers[`${method} ${path}`] = [answer.status < 300, answer.body.error?.message];
    if (method === "POST" && typeof answer.body?.id === "string") ids[kind] = answer.body.id;
  }
  expect(Object.entries(answers).filter(([, [isDone]]) => !isDone)).toEqual([]);
});

test.each([
  ["/trigger-runs", 1000],
  ["/summaries", 1000],
  ["/deliveries", 10_000],
])("%s lists %i at most", async (path, most) => {
  await using api = still({ control: true });
  expect((await api.call("GET", `/_control${path}?limit=${most}`)).status).toBe(200);
  const more = await api.call("GET", `/_control${path}?limit=${most + 1}`);
  expect([more.status, more.body.error.details]).toMatchObject([400, [{ path: ["limit"] }]]);
});
