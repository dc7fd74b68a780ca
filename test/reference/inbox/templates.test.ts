/** Templates that are sent: refused as WhatsApp refuses them, with nothing sent and nothing made; filled in otherwise. */
import { describe, expect, test } from "@jest/globals";
import { type Body, still } from "../caller.ts";
import { expectError } from "../expect-error.ts";

function text(value: string, more: object = {}) {
  return { type: "text", text: value, ...more };
}

function body(...values: string[]) {
  return { type: "body", parameters: values.map((value) => text(value)) };
}

const registered: [name: string, more: object][] = [
  ["plain", { components: [{ type: "BODY", text: "Hello." }] }],
  ["two", { components: [{ type: "BODY", text: "{{2}} before {{1}}, {{2}} again" }] }],
  ["named", { components: [{ type: "BODY", text: "Hi {{name}}, from {{city}}" }] }],
  [
    "titled",
    {
      components: [
        { type: "HEADER", text: "For {{1}}" },
        { type: "BODY", text: "Hi {{1}}" },
      ],
    },
  ],
  [
    "picture",
    {
      components: [
        { type: "HEADER", format: "IMAGE" },
        { type: "BODY", text: "Look" },
      ],
    },
  ],
  [
    "link",
    {
      components: [
        { type: "BODY", text: "Follow it" },
        {
          type: "BUTTONS",
          buttons: [
            { type: "QUICK_REPLY", text: "Stop" },
            { type: "URL", text: "Track", url: "https://example.com/{{1}}" },
          ],
        },
      ],
    },
  ],
  ["waiting", { status: "PENDING", components: [{ type: "BODY", text: "Hello." }] }],
  ["refused", { status: "rejected", components: [{ type: "BODY", text: "Hello." }] }],
  ["loud", { status: "APPROVED", components: [{ type: "BODY", text: "Hello." }] }],
  ["empty", { components: [] }],
];

async function world() {
  const api = still();
  for (const [name, more] of registered) await api.reference.control.templates.save({ name, ...more });
  await api.reference.control.templates.save({ name: "plain", language: "ar", components: [] });
  await api.reference.control.templates.save({ name: "elsewhere", platform: "instagram" });
  return api;
}

function send(api: ReturnType<typeof still>, template: object) {
  return api.call("POST", "/v1/messaging/send", {
    platform: "whatsapp",
    to: "+971500000000",
    messageType: "template",
    metadata: { template: { language: "en", ...template } },
  });
}

function button(more: object) {
  return { type: "button", sub_type: "url", index: "1", parameters: [text("1187")], ...more };
}

const image = { type: "header", parameters: [{ type: "image", image: { link: "https://example.com/a.png" } }] };

describe("refused", () => {
  test.each<[string, Body, (string | number)[], RegExp]>([
    ["a name nobody registered", { name: "nobody" }, ["name"], /not registered/],
    ["a name in other letters", { name: "Plain" }, ["name"], /not registered/],
    ["another language", { name: "plain", language: "en_US" }, ["language"], /must be one of ar, en|ar, en/],
    ["a template of another platform", { name: "elsewhere" }, ["name"], /not registered/],
    ["one that waits for approval", { name: "waiting" }, ["name"], /is pending/],
    ["one that was rejected", { name: "refused" }, ["name"], /is rejected/],
    ["no value for two variables", { name: "two" }, ["components"], /2 values for the body, and has 0/],
    ["one value for two variables", { name: "two", components: [body("a")] }, ["components", 0, "parameters"], /has 1/],
    [
      "three values for two variables",
      { name: "two", components: [body("a", "b", "c")] },
      ["components", 0, "parameters"],
      /has 3/,
    ],
    ["a value for none", { name: "plain", components: [body("a")] }, ["components", 0, "parameters"], /0 values/],
    [
      "a value for a template without a body",
      { name: "empty", components: [body("a")] },
      ["components", 0, "parameters"],
      /must be left out/,
    ],
    ["an empty value", { name: "two", components: [body("a", "")] }, ["components", 0, "parameters"], /empty value/],
    [
      "a picture in the text",
      { name: "two", components: [{ type: "body", parameters: [text("a"), { type: "image" }] }] },
      ["components", 0, "parameters"],
      /must be texts/,
    ],
    [
      "a name that no variable has",
      {
        name: "named",
        components: [
          { type: "body", parameters: [text("a", { parameter_name: "name" }), text("b", { parameter_name: "town" })] },
        ],
      },
      ["components", 0, "parameters"],
      /must name city/,
    ],
    [
      "names for numbers",
      {
        name: "titled",
        components: [
          { type: "header", parameters: [text("a")] },
          { type: "body", parameters: [text("b", { parameter_name: "first" })] },
        ],
      },
      ["components", 1, "parameters"],
      /by position/,
    ],
    ["no value for the header", { name: "titled", components: [body("a")] }, ["components"], /the header/],
    ["no picture", { name: "picture" }, ["components"], /one image/],
    [
      "a text for a picture",
      { name: "picture", components: [{ type: "header", parameters: [text("a")] }] },
      ["components", 0, "parameters"],
      /one image/,
    ],
    [
      "two bodies",
      { name: "two", components: [body("a", "b"), body("a", "b")] },
      ["components", 1, "parameters"],
      /second body/,
    ],
    ["no value for the button", { name: "link" }, ["components"], /button 1/],
    [
      "a value for another button",
      { name: "link", components: [button({}), button({ index: "0" })] },
      ["components", 1, "parameters"],
      /must be left out/,
    ],
    [
      "a footer with values",
      { name: "plain", components: [{ type: "footer", parameters: [text("a")] }] },
      ["components", 0, "parameters"],
      /must be left out/,
    ],
  ])("%s", async (_what, template, path, sentence) => {
    await using api = await world();
    const { error } = expectError(await send(api, template), "template_rejected");
    expect(error.details[0].path).toEqual(["metadata", "template", ...path]);
    expect(`${error.message} ${error.details[0].message}`).toMatch(sentence);
    expect(error.message).toContain("Nothing was sent");
    expect((await api.call("GET", "/v1/conversations")).body.data).toEqual([]);
    expect((await api.call("GET", "/v1/contacts")).body.data).toEqual([]);
  });

  test("a template of another org is refused", async () => {
    await using api = await world();
    const { id: orgId } = await api.reference.control.createOrg({ name: "Other" });
    await api.reference.control.templates.save({ name: "theirs", orgId });
    expectError(await send(api, { name: "theirs" }), "template_rejected");
  });
});

describe("the text of a sent template", () => {
  test.each<[string, Body, string | null]>([
    ["without variables", { name: "plain" }, "Hello."],
    ["approved in capitals", { name: "loud" }, "Hello."],
    [
      "by position, each variable as often as it stands",
      { name: "two", components: [body("a", "b")] },
      "b before a, b again",
    ],
    [
      "a value that looks like a variable",
      { name: "two", components: [body("{{2}}", "$&")] },
      "$& before {{2}}, $& again",
    ],
    [
      "by name, in any order",
      {
        name: "named",
        components: [
          {
            type: "BODY",
            parameters: [text("Dubai", { parameter_name: "city" }), text("Sara", { parameter_name: "name" })],
          },
        ],
      },
      "Hi Sara, from Dubai",
    ],
    ["named variables by position", { name: "named", components: [body("Sara", "Dubai")] }, "Hi Sara, from Dubai"],
    [
      "an amount of money",
      {
        name: "two",
        components: [
          { type: "body", parameters: [text("a"), { type: "currency", currency: { fallback_value: "$100" } }] },
        ],
      },
      "$100 before a, $100 again",
    ],
    [
      "a header with a value",
      { name: "titled", components: [{ type: "header", parameters: [text("Sara")] }, body("Sara")] },
      "Hi Sara",
    ],
    ["a picture", { name: "picture", components: [image] }, "Look"],
    ["a button with a value", { name: "link", components: [button({})] }, "Follow it"],
    [
      "a quick reply with a payload",
      { name: "link", components: [button({}), button({ sub_type: "quick_reply", index: "0" })] },
      "Follow it",
    ],
    ["without a body", { name: "empty" }, null],
    ["a body without values, written out", { name: "plain", components: [{ type: "body", parameters: [] }] }, "Hello."],
  ])("%s", async (_what, template, content) => {
    await using api = await world();
    const answer = await send(api, template);
    expect(answer).toMatchObject({ status: 201, body: { type: "template", content } });
    expect(answer.body.metadata.template).toEqual({ language: "en", components: [], ...template });
  });
});
