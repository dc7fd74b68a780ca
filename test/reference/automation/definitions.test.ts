/** What a Smart Trigger may be, told by the control API over HTTP. */
import { expect, test } from "@jest/globals";
import { still } from "../caller.ts";

const tag = { addTags: ["x"] };
const template = { template: "order_follow_up", language: "en", parameters: ["Sara"] };

test.each<[string, object, string, RegExp]>([
  ["a name", { actions: tag }, "name", /required/],
  ["something to do", { name: "T", actions: {} }, "actions", /at least one of addTags, assign and reply/],
  ["a known direction", { name: "T", when: { direction: "up" }, actions: tag }, "when.direction", /inbound/],
  ["a known platform", { name: "T", when: { platforms: ["fax"] }, actions: tag }, "when.platforms.0", /whatsapp/],
  ["a phrase that says something", { name: "T", when: { contains: [" "] }, actions: tag }, "when.contains.0", /blank/],
  ["known fields only", { name: "T", wen: {}, actions: tag }, "wen", /not a known|unknown|remove/i],
  ["a tag", { name: "T", actions: { addTags: [] } }, "actions.addTags", /must have a tag/],
  ["somebody", { name: "T", actions: { assign: {} } }, "actions.assign", /at least one of id, name and email/],
  ["a text or a template", { name: "T", actions: { reply: {} } }, "actions.reply", /needs a text or a template/],
  ["not both", { name: "T", actions: { reply: { ...template, text: "Hi" } } }, "actions.reply.template", /one of them/],
  [
    "a language",
    { name: "T", actions: { reply: { template: "order_follow_up" } } },
    "actions.reply.language",
    /required/,
  ],
  [
    "a template that there is",
    { name: "T", actions: { reply: { ...template, template: "no" } } },
    "actions.reply.template",
    /not the name of a template/,
  ],
  [
    "in a language that there is",
    { name: "T", actions: { reply: { ...template, language: "fr" } } },
    "actions.reply.language",
    /one of en/,
  ],
  [
    "with its values",
    { name: "T", actions: { reply: { ...template, parameters: [] } } },
    "actions.reply.parameters",
    /must have 1 values/,
  ],
])("needs %s, and the error names the field", async (_what, body, path, message) => {
  await using api = still({ control: true });
  const answer = await api.call("POST", "/_control/triggers", body);
  expect(answer.status).toBe(400);
  const detail = answer.body.error.details.find((each: { path: string[] }) => each.path.join(".") === path);
  expect(detail?.message).toMatch(message);
  expect((await api.call("GET", "/_control/triggers")).body.data).toEqual([]);
});

test("has a name of its own in its org, and there are 100 at most", async () => {
  await using api = still({ control: true });
  for (let n = 1; n <= 100; n++) await api.reference.control.triggers.create({ name: `T${n}`, actions: tag });
  const [first] = await api.reference.control.triggers.list();
  const renamed = await api.call("PATCH", `/_control/triggers/${first?.id}`, { name: "T2" });
  expect(renamed.body.error.details).toMatchObject([{ path: ["name"] }]);
  const more = await api.call("POST", "/_control/triggers", { name: "T101", actions: tag });
  expect([more.status, more.body.error.message]).toEqual([400, expect.stringContaining("100 triggers")]);
  await api.call("DELETE", `/_control/triggers/${first?.id}`);
  expect((await api.call("POST", "/_control/triggers", { name: "T101", actions: tag })).status).toBe(201);
});

test("is made, read, changed and removed over HTTP", async () => {
  await using api = still({ control: true });
  const made = await api.call("POST", "/_control/triggers", {
    name: "Orders",
    when: { platforms: ["whatsapp", "whatsapp"], contains: ["order"] },
    actions: { assign: { email: "LAYLA@example.com" }, reply: template },
  });
  expect(made).toMatchObject({
    status: 201,
    body: {
      orgId: api.reference.orgId,
      enabled: true,
      when: { direction: "inbound", platforms: ["whatsapp"], contains: ["order"] },
      actions: { assign: { name: "Layla Haddad" }, reply: template },
      runs: 0,
    },
  });
  const path = `/_control/triggers/${made.body.id}`;
  expect(await api.call("PATCH", path, { enabled: false })).toMatchObject({
    status: 200,
    body: { enabled: false, name: "Orders" },
  });
  expect((await api.call("GET", "/_control/triggers")).body.data).toMatchObject([{ id: made.body.id, enabled: false }]);
  expect(await api.call("DELETE", path)).toMatchObject({ status: 200, body: { deleted: true } });
  for (const method of ["PATCH", "DELETE"]) {
    expect((await api.call(method, path, method === "PATCH" ? {} : undefined)).status).toBe(404);
  }
  expect((await api.call("GET", "/_control/trigger-runs?limit=1")).body.data).toEqual([]);
});
