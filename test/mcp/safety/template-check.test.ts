/** A template is looked up before it is sent, where the API lists templates. */
import { expect, test } from "@jest/globals";
import { createTemplateCheck, findTemplateMismatch } from "../../../mcp/safety/template-check.ts";
import { samples, type Template, type TemplateComponent } from "../../../src/api/index.ts";
import { ExtensionUnavailableError } from "../../../src/client/errors/index.ts";
import type { OnSync } from "../../../src/client/index.ts";
import { connect, envelope, scripted } from "../session.ts";

function template(changes: Partial<Template> = {}): Template {
  return { ...samples.template, ...changes };
}

const send = { template: "order_follow_up", language: "en", parameters: ["Sara"] };

test.each([
  ["fits", [template()], undefined],
  ["another name", [template({ name: "welcome" })], 'no template "order_follow_up". There are: welcome (en)'],
  ["another language", [template({ language: "ar" })], 'not there in language "en". There is: order_follow_up (ar)'],
  ["not approved", [template({ status: "PENDING" })], "is pending: only approved ones"],
  ["approved, in capitals", [template({ status: "APPROVED" })], undefined],
  [
    "two variables",
    [template({ components: [{ type: "body", text: "{{1}} {{2}}" }] })],
    "takes 2 parameters, and 1 are given",
  ],
  ["no body", [template({ components: [] })], "takes 0 parameters"],
] as const)("%s", (_case, templates, complaint) => {
  const found = findTemplateMismatch([...templates], send);
  if (complaint === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(complaint);
});

const invoice = template({
  components: [
    { type: "HEADER", format: "IMAGE" },
    { type: "BODY", text: "Hi {{name}}" },
    { type: "BUTTONS", buttons: [{ type: "URL", text: "Pay", url: "https://example.com/{{1}}" }] },
  ],
});
const header = { type: "header", parameters: [{ type: "image", image: { link: "https://example.com/a.png" } }] };
const button = { type: "button", sub_type: "url", index: "0", parameters: [{ type: "text", text: "1187" }] };

test.each<[string, TemplateComponent[], string | undefined]>([
  ["with all that it takes", [header, button], undefined],
  ["without its header", [button], "takes 1 image in the header, and 0 are given"],
  ["without its button's value", [header], "takes 1 value in the button at index 0, and 0 are given"],
  ["with another header", [{ ...header, parameters: [{ type: "video" }] }, button], "takes 1 image in the header"],
])("a template with header and button, %s", (_case, components, complaint) => {
  const found = findTemplateMismatch([invoice], { ...send, components });
  if (complaint === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(complaint);
});

async function world(list: () => Promise<Template[]>) {
  const time = { now: 0 };
  const counts = { lists: 0, sends: 0 };
  const session = await connect({
    now: () => time.now,
    onsync: scripted({
      templates: {
        list: async () => {
          counts.lists++;
          return { data: await list(), ...envelope };
        },
      },
      messages: {
        send: async () => {
          counts.sends++;
          return { ...samples.sentTemplate, ...envelope };
        },
      },
    }),
  });
  const call = (changes = {}) => session.call("send_template", { to: "+971500000000", ...send, ...changes });
  return { time, counts, call, [Symbol.asyncDispose]: () => session.client.close() };
}

test("a template that does not fit is not sent, and the answer says what would", async () => {
  await using one = await world(async () => [template()]);
  const refused = await one.call({ parameters: [] });
  expect(refused.error?.code).toBe("template_mismatch");
  expect(refused.text).toContain("Nothing was sent.");
  expect(refused.text).toContain("Hi {{1}}, your order is on its way.");
  expect((await one.call()).isError).toBe(false);
  expect(one.counts.sends).toBe(1);
});

test("the list is kept for five minutes, and read again before anything is refused by it", async () => {
  let templates = [template()];
  await using one = await world(async () => templates);
  await one.call();
  await one.call();
  expect(one.counts).toEqual({ lists: 1, sends: 2 });
  templates = [template(), template({ name: "new_one" })];
  expect((await one.call({ template: "new_one" })).isError).toBe(false);
  expect(one.counts).toEqual({ lists: 2, sends: 3 });
  one.time.now = 5 * 60_000;
  await one.call();
  expect(one.counts.lists).toBe(3);
});

test.each([
  ["is not served", () => Promise.reject(new ExtensionUnavailableError("none", { extension: "GET /templates" }))],
  ["is empty", () => Promise.resolve([])],
])("where the list %s, OnSync decides", async (_case, list) => {
  await using one = await world(list);
  expect((await one.call({ template: "anything" })).isError).toBe(false);
  expect(one.counts.sends).toBe(1);
});

test("ten templates are named, and how many there are more", () => {
  const named = (count: number) => Array.from({ length: count }, (_, index) => template({ name: `t${index}` }));
  expect(findTemplateMismatch(named(10), send)).toMatch(/t9 \(en\)\.$/);
  expect(findTemplateMismatch(named(11), send)).toMatch(/t9 \(en\) and 1 more\.$/);
});

test("a list that was answered is kept, of the platform that has templates, and a new one is read within five seconds", async () => {
  const limits: unknown[] = [];
  const list: OnSync["templates"]["list"] = async (_query, options) => {
    limits.push(options?.deadlineMs);
    return { data: [template()], ...envelope };
  };
  const check = createTemplateCheck(scripted({ templates: { list } }), () => 0);
  const unknown = { ...send, template: "none" };
  check.keep([{ ...template(), platform: "telegram" } as unknown as Template]);
  expect([await check(unknown), limits]).toEqual([undefined, []]);
  const { platform: _platform, ...bare } = template();
  check.keep([bare as Template]);
  expect(await check(send)).toBeUndefined();
  expect(limits).toEqual([]);
  expect(await check(unknown)).toContain('no template "none"');
  expect(limits).toEqual([5_000]);
});
