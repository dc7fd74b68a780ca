/** The hidden triggers that fill dropdowns. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { startZap, type Zap } from "../zapier/harness.ts";

let zap: Zap;
beforeEach(async () => {
  zap = await startZap();
});
afterEach(() => zap.close());

const phone = "+971500000000";
const conversationId = `whatsapp:${phone}`;

test("dropdowns show contacts and conversations by name", async () => {
  const { id } = await zap.create("save_contact", { phone, firstName: "Sara" });
  await zap.reference.control.inbound({ platform: "whatsapp", from: phone, content: "Hi" });
  expect(await zap.run("triggers.contact_list.operation.perform")).toEqual([{ id, name: `Sara, ${phone}` }]);
  expect(await zap.run("triggers.conversation_list.operation.perform")).toEqual([
    { id: conversationId, name: `${conversationId} (assigned)` },
  ]);
});

test("without the extensions dropdowns are empty, and the field takes what is typed", async () => {
  const plain = await startZap({ extensions: false });
  for (const key of ["contact_list", "conversation_list", "template_list"])
    expect(await plain.run(`triggers.${key}.operation.perform`)).toEqual([]);
  await plain.close();
});

describe("with more than a page holds", () => {
  const method = "triggers.contact_list.operation.perform";
  const open = (page: number) => zap.run(method, { meta: { page } });
  const fill = async (contacts: number) => {
    const { key, fetch } = zap.reference;
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    for (let each = 0; each < contacts; each++) {
      const body = JSON.stringify({ properties: { externalId: `crm_${each}` } });
      await fetch(new Request(`${zap.url}/contacts`, { method: "POST", headers, body }));
    }
  };

  test("a dropdown goes on where it stopped, shows each choice once, and ends", async () => {
    await fill(205);
    const pages = [await open(0), await open(1), await open(2), await open(3)];
    expect(pages.map(({ length }) => length)).toEqual([100, 100, 5, 0]);
    expect(new Set(pages.flat().map(({ id }) => id)).size).toBe(205);
    // It is opened again.
    expect(await open(0)).toEqual(pages[0]);
    expect(await open(1)).toEqual(pages[1]);
  });

  test("a list of one page ends after it, though another dropdown has left its place behind", async () => {
    zap.place.kept = "the place of another list";
    await fill(1);
    expect([await open(0), await open(1)]).toEqual([[expect.objectContaining({ id: expect.any(String) })], []]);
  });

  test("conversations go on, too", async () => {
    for (let each = 0; each < 101; each++)
      await zap.reference.control.inbound({ platform: "telegram", from: `customer-${each}`, content: "Hi" });
    const list = (page: number) => zap.run("triggers.conversation_list.operation.perform", { meta: { page } });
    expect([(await list(0)).length, (await list(1)).length]).toEqual([100, 1]);
  });

  test("where Zapier keeps no place the first page is there", async () => {
    await fill(101);
    zap.cacheOutOfReach = true;
    expect(await open(0)).toHaveLength(100);
    expect(await open(1)).toEqual([]);
  });
});

test.each(["contact_list", "conversation_list", "template_list"])(
  "with a key that may not read what %s shows, the field takes what is typed",
  async (key) => {
    const { key: apiKey } = await zap.reference.control.createKey({ scopes: ["write:contacts"] });
    const authData = { api_key: apiKey, base_url: zap.url };
    expect(await zap.run(`triggers.${key}.operation.perform`, { authData })).toEqual([]);
  },
);
