/**
 * What each option leaves an assistant, tried on the server by calling the tools, listed or not: what has become of the
 * account tells, not what the server says of itself.
 */
import { expect, test } from "@jest/globals";
import { createMasking } from "../../../mcp/safety/pii.ts";
import { getPower, optionRows, type Power, powers } from "../../../mcp/safety/powers.ts";
import type { SafetySettings } from "../../../mcp/safety/settings.ts";
import { tools } from "../../../mcp/tools/index.ts";
import { createMemoryLedger } from "../../../src/client/index.ts";
import { type OperationName, operations } from "../../../src/operations/index.ts";
import { onsyncPair } from "../../../testing/onsync-pair.ts";
import { type Answer, connect } from "../session.ts";

const phone = "+971500000001";
const other = "+971500000999";

/** An account with one customer who has just written and one webhook, and an assistant that the settings restrict. */
async function open(safety: SafetySettings) {
  // It stands for one that lasts.
  const ledger = { ...createMemoryLedger(), durable: true };
  const pair = await onsyncPair({}, { ledger });
  const { reference, onsync } = pair;
  await reference.control.inbound({ platform: "whatsapp", from: phone, content: "Hello there, is anybody in?" });
  const customer = await onsync.contacts.save({
    phone,
    email: "sara@example.com",
    properties: { externalId: "crm_1" },
  });
  const webhook = await onsync.webhooks.create({ url: "https://example.com/hook", events: ["message.created"] });
  const session = await connect({ onsync, safety, ledger });
  const look = async () => ({
    contacts: (await onsync.contacts.list()).data,
    sent: (await onsync.messages.list(`whatsapp:${phone}`)).data.filter(({ direction }) => direction === "outbound"),
    elsewhere: (await onsync.conversations.list()).data.map(({ id }) => id),
    webhooks: (await onsync.webhooks.list()).data.map(({ id, url }) => ({ id, url })),
  });
  return {
    ...session,
    look,
    customerId: customer.id,
    webhookId: webhook.id,
    async [Symbol.asyncDispose]() {
      await session.client.close();
      await pair[Symbol.asyncDispose]();
    },
  };
}
type World = Awaited<ReturnType<typeof open>>;
type Call = [tool: string, args: Record<string, unknown>];

const hello = { platform: "whatsapp", to: phone, content: "Hi" };
const webhook = { url: "https://collect.example.com/", events: ["message.created"] };

/** For each power every call that would use it, whatever tool it goes through. */
const attempts: Record<Power, (world: Pick<World, "customerId" | "webhookId">) => Call[]> = {
  reads: () => [
    ["find_contacts", { phone }],
    ["list_messages", { conversationId: `whatsapp:${phone}` }],
  ],
  writesContacts: ({ customerId }) => [
    ["update_contact", { contactId: customerId, firstName: "Sara" }],
    ["save_contact", { phone, lastName: "Hussein" }],
    ["save_contact", { phone: "+971500000002", email: "new@example.com", properties: { externalId: "crm_2" } }],
    ["save_contact", { phone, email: "SARA@example.com", tags: ["known"] }],
  ],
  movesContacts: ({ customerId }) => [
    ["update_contact", { contactId: customerId, phone: other }],
    ["update_contact", { contactId: customerId, email: "mallory@example.com" }],
    ["update_contact", { contactId: customerId, properties: { externalId: "crm_9" } }],
    ["update_contact", { contactId: customerId, properties: { whatsapp: other } }],
    ["update_contact", { contactId: customerId, properties: { second: "mallory@example.com" } }],
    ["update_contact", { contactId: customerId, clear: ["phone"] }],
    ["update_contact", { contactId: customerId, clear: ["properties.externalId"] }],
    ["update_contact", { contactId: customerId, properties: { externalId: null } }],
    ["save_contact", { email: "sara@example.com", phone: other }],
    ["save_contact", { properties: { externalId: "crm_1" }, phone: other }],
    ["save_contact", { phone, email: "mallory@example.com" }],
    ["save_contact", { phone, properties: { externalId: "crm_9" } }],
    ["save_contact", { phone, properties: { telegramId: "482910377" } }],
  ],
  writesToCustomers: () => [["send_message", hello]],
  opensChannels: ({ webhookId }) => [
    ["create_webhook", webhook],
    ["delete_webhook", { webhookId }],
  ],
};

/** What is left of a power: all of it, nothing, or as much as the check of that name lets through. */
type Left = "all" | "none" | "previewed" | "proposed" | "to some" | "one" | "masked";

const everything = ["account", "contacts", "conversations", "sending", "webhooks", "events"] as const;
const recipients = { allowRecipients: [phone] };

/** The promise, row by row, in the order of the powers. */
const promise: [option: string, SafetySettings, Record<Power, Left>][] = [
  ["no option", {}, expectLeft("all", "all", "all", "all", "none")],
  ["`--toolsets webhooks`", { toolsets: ["webhooks"] }, expectLeft("none", "none", "none", "none", "all")],
  ["`--toolsets contacts`", { toolsets: ["contacts"] }, expectLeft("all", "all", "all", "none", "none")],
  ["`--toolsets` with every group", { toolsets: everything }, expectLeft("all", "all", "all", "all", "all")],
  ["`--read-only`", { readOnly: true, toolsets: everything }, expectLeft("all", "none", "none", "none", "none")],
  ["`--send off`", { send: "off", toolsets: everything }, expectLeft("all", "all", "none", "none", "none")],
  [
    "`--send confirm`",
    { send: "confirm", toolsets: everything },
    expectLeft("all", "all", "none", "previewed", "none"),
  ],
  ["`--send person`", { send: "person", toolsets: everything }, expectLeft("all", "all", "none", "proposed", "none")],
  ["`--redact-pii`", { redactPii: true, toolsets: everything }, expectLeft("masked", "all", "none", "all", "none")],
  [
    "`--allow-recipients`",
    { ...recipients, toolsets: everything },
    expectLeft("all", "all", "none", "to some", "none"),
  ],
  [
    "`--sends-per-minute`",
    { caps: { perMinute: 1 }, toolsets: everything },
    expectLeft("all", "all", "all", "one", "all"),
  ],
  ["`--sends-per-day`", { caps: { perDay: 1 }, toolsets: everything }, expectLeft("all", "all", "all", "one", "all")],
];

function expectLeft(...left: [Left, Left, Left, Left, Left]): Record<Power, Left> {
  const [reads, writesContacts, movesContacts, writesToCustomers, opensChannels] = left;
  return { reads, writesContacts, movesContacts, writesToCustomers, opensChannels };
}

/** Whether a call changed anything, and what was said. */
async function attempt(world: World, [tool, args]: Call): Promise<{ changed: boolean; answer: Answer }> {
  const before = JSON.stringify(await world.look());
  const answer = await world.call(tool, args);
  return { changed: JSON.stringify(await world.look()) !== before, answer };
}

const refusals = /^(not_offered|read_only|sending_off|channels_off|address_fixed)$/;

/** Does what the option is to leave of the power, and what it is not. */
async function expectOfCall(world: World, left: Left, call: Call): Promise<void> {
  const [tool, args] = call;
  const { changed, answer } = await attempt(world, call);
  if (left === "none") expect(answer.error?.code).toMatch(refusals);
  else expect(answer.isError).toBe(false);
  if (operations[tool as OperationName].effect !== "reads")
    expect(changed).toBe(!["none", "previewed", "proposed"].includes(left));
  if (left === "proposed") expect((await attempt(world, call)).changed).toBe(false);
  if (left === "masked") expect(answer.text).toBe(createMasking().maskText(answer.text));
  if (left === "previewed") {
    const { confirmToken } = answer.data;
    expect((await attempt(world, [tool, { ...args, confirmToken }])).changed).toBe(true);
  }
  if (left === "to some") expect((await attempt(world, [tool, { ...args, to: other }])).changed).toBe(false);
  if (left === "one") expect((await attempt(world, [tool, { ...args, content: "Again" }])).changed).toBe(false);
}

/** The tools of a group that is not chosen do nothing, whatever is left of their power. */
function isChosen([tool]: Call, { toolsets }: SafetySettings): boolean {
  const groups = operations[tool as OperationName].toolsets;
  return toolsets === undefined || groups.some((group) => toolsets.includes(group));
}

const cells = promise.flatMap(([option, safety, left]) =>
  (Object.keys(powers) as Power[]).map((power) => ({ option, safety, power, left: left[power], does: powers[power] })),
);

test.each(cells)("$option leaves of what $does: $left", async (cell) => {
  const { safety, power, left } = cell;
  const { length } = attempts[power]({ customerId: "", webhookId: "" });
  // What has an effect may keep the next attempt from having one.
  let world = await open(safety);
  try {
    for (let index = 0; index < length; index++) {
      const call = attempts[power](world)[index] as Call;
      await expectOfCall(world, isChosen(call, safety) ? left : "none", call);
      if (left === "none" || index === length - 1) continue;
      await world[Symbol.asyncDispose]();
      world = await open(safety);
    }
  } finally {
    await world[Symbol.asyncDispose]();
  }
});

test("every option of the table is among those tried here, and every tool has a power that is", () => {
  const tried = promise.map(([option]) => option).join(" ");
  for (const { option } of optionRows.slice(1))
    for (const name of option.split(", ")) expect(tried).toContain(name.replace(/`$/, ""));
  for (const { operation } of tools) expect(Object.keys(attempts)).toContain(getPower(operation));
});

test("an option takes away what another leaves, whatever they are combined with", async () => {
  const choices: SafetySettings[] = [
    { send: "off" },
    { send: "confirm" },
    { send: "person" },
    { redactPii: true },
    recipients,
  ];
  const combined = choices.flatMap((one) => choices.map((two) => ({ ...one, ...two, toolsets: everything })));
  for (const safety of [...combined, ...combined.map((each) => ({ ...each, caps: { perDay: 9 } }))]) {
    await using world = await open(safety);
    const before = await world.look();
    for (const call of [...attempts.movesContacts(world), ...attempts.opensChannels(world)])
      expect((await world.call(...call)).isError).toBe(true);
    expect(await world.look()).toEqual(before);
  }
});

test("a tool is asked for by its own name as well as by its group's", async () => {
  await using world = await open({ toolsets: ["contacts", "list_webhooks"] });
  expect(world.tools.map(({ name }) => name)).toContain("list_webhooks");
  expect((await world.call("list_webhooks")).isError).toBe(false);
  expect((await world.call("delete_webhook", { webhookId: world.webhookId })).error?.code).toBe("not_offered");
});
