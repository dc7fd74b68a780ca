/** What this server puts into an answer never comes back into OnSync by an argument. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createFence } from "../../../mcp/answers/customer-text.ts";
import { describeMark, findMark, markMore } from "../../../mcp/answers/marks.ts";
import { createMasking } from "../../../mcp/safety/pii.ts";
import { samples } from "../../../src/api/index.ts";
import { onsyncPair } from "../../../testing/onsync-pair.ts";
import { connect, envelope, everyToolset, scripted } from "../session.ts";

const masking = createMasking("secret");
const fenced = createFence().wrap("expo");

const copied = {
  "a fence": fenced,
  "a fence of an earlier answer, inside a text": `See <customer-ryekhe39>expo</customer-ryekhe39>`,
  "half a fence": "expo</customer-ryekhe39>",
  "a fence's marker alone": "customer-ryekhe39",
  "a fence in a page's own writing": "&lt;customer-ryekhe39&gt;expo",
  "a fence with an invisible character in it": "<cust\u200bomer-ryekhe39>expo",
  "a fence in capitals": "<CUSTOMER-RYEKHE39>expo",
  "a masked phone": masking.maskText("+971500000042"),
  "a masked e-mail": masking.maskText("sara@example.com"),
  "a masked id": masking.maskText("wamid.HBgMOTcxNTAwMDAwMDAw"),
  "a seal": masking.maskAddress("sara.h"),
  "a mark of what was cut": `A long na ${markMore(38)}`,
  "a mark of a cut message": "Hello [cut: 12 more characters, read them with",
};

/** Where a value may stand in the arguments of a tool that writes. */
const places: Record<string, (value: string) => [tool: string, args: Record<string, unknown>]> = {
  "a name": (value) => ["update_contact", { contactId: "contact_1", firstName: value }],
  "the tags": (value) => ["update_contact", { contactId: "contact_1", tags: ["lead", value] }],
  "the tags to add": (value) => ["save_contact", { phone: "+971500000000", addTags: [value] }],
  "a property": (value) => ["save_contact", { phone: "+971500000000", properties: { note: value } }],
  "a property's name": (value) => ["save_contact", { phone: "+971500000000", properties: { [value]: "x" } }],
  "an e-mail": (value) => ["save_contact", { email: value }],
  "a text": (value) => ["send_message", { platform: "telegram", to: "77", content: value }],
  "a recipient": (value) => ["send_message", { platform: "telegram", to: value, content: "Hi" }],
  "metadata, deep inside": (value) => [
    "send_message",
    { platform: "telegram", to: "77", content: "Hi", metadata: { a: [{ b: { c: [value] } }] } },
  ],
  "a parameter of a template": (value) => [
    "send_template",
    { to: "+971500000000", template: "order", language: "en", parameters: [value] },
  ],
  "a webhook's address": (value) => [
    "create_webhook",
    { url: `https://a.example/${value}`, events: ["message.created"] },
  ],
};

describe.each(Object.entries(copied))("%s", (_name, value) => {
  test.each(Object.entries(places))("is refused in %s, and nothing is asked of OnSync", async (place, toCall) => {
    // A seal is recognised where it is the whole value.
    if (value.startsWith("~") && place === "a webhook's address") return;
    await using session = await connect({ onsync: scripted({}), safety: everyToolset });
    const [tool, args] = toCall(value);
    const answer = await session.call(tool, args);
    expect(answer.error?.code).toBe("validation_failed");
    expect(answer.text).toMatch(/holds ".*": (?:those tags are|this server|that stands for)/);
  });
});

test("an honest text that looks a little like a mark passes", () => {
  for (const text of [
    "customer-feedback",
    "<customer>",
    "our customer-service1 line",
    "[phone] [email]",
    "[+971] 50",
    "~ about 5",
    "~/notes",
    "cut: 5",
  ])
    expect([text, findMark({ text })]).toEqual([text, undefined]);
});

test("the refusal says where the mark stands and what to give instead", () => {
  const tags = findMark({ contactId: "contact_1", tags: ["lead", fenced] });
  expect(tags && describeMark(tags)).toMatch(
    /^tags\[1\] holds "<customer-.*between them, without them.*addTags and removeTags/,
  );
  const phone = findMark({ phone: "[phone ..42]" });
  expect(phone && describeMark(phone)).toMatch(/^phone holds "\[phone \.\.42\]".*Leave the argument out/);
});

test("arguments within each other a hundred thousand times are looked through", () => {
  let nested: unknown = fenced;
  for (let depth = 0; depth < 100_000; depth++) nested = [nested];
  expect(findMark({ metadata: nested })?.kind).toBe("fence");
});

test("each mark that an answer can carry is recognised in an argument, wherever it stands", () => {
  const values = fc.oneof(
    fc.string().map((text) => createFence().wrap(text)),
    fc.integer({ min: 1, max: 1e9 }).map(markMore),
    fc.constantFrom("+971500000000", "sara@example.com", "050 123 4567", "wamid.HBgM").map(masking.maskText),
  );
  fc.assert(
    fc.property(values, fc.string(), fc.string(), (mark, before, after) => {
      expect(findMark({ metadata: { deep: [`${before} ${mark}${after}`] } })).toBeDefined();
    }),
  );
});

test("twelve tags survive an agent that copies what a concise answer shows back into the contact", async () => {
  await using pair = await onsyncPair();
  await using session = await connect({ onsync: pair.onsync });
  const tags = Array.from({ length: 12 }, (_, index) => `Expo booth ${index}`);
  const { id: contactId } = await pair.onsync.contacts.save({ phone: "+971500000000", tags });
  const seen = (await session.call("get_contact", { contactId })).data;
  expect([seen.tags.length, seen.moreTags]).toEqual([5, 7]);
  const copied = await session.call("update_contact", { contactId, tags: [...seen.tags, "vip"] });
  expect(copied.isError).toBe(true);
  const added = await session.call("update_contact", { contactId, addTags: ["vip"] });
  expect(added.text).toContain("Tags added or removed: vip. The others stayed.");
  expect((await pair.onsync.contacts.get(contactId)).tags).toEqual([...tags, "vip"]);
});

test("an answer to a write that somebody else disturbed says so", async () => {
  let reads = 0;
  await using session = await connect({
    onsync: scripted({
      contacts: {
        get: async () => ({ ...samples.contact, tags: ++reads === 2 ? ["theirs"] : ["lead", "expo"], ...envelope }),
        update: async () => ({ ...samples.contact, ...envelope }),
      },
    }),
  });
  const answer = await session.call("update_contact", {
    contactId: "contact_1",
    addTags: ["expo"],
    removeTags: ["vip"],
  });
  expect(answer.isError).toBe(false);
  expect(answer.text).toContain("No tag had to change.");
  const disturbed = await session.call("update_contact", { contactId: "contact_1", addTags: ["new"] });
  expect(disturbed.data.warning).toContain("Somebody else");
  expect(disturbed.text).toContain("Somebody else");
});
