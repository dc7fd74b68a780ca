/** Phone numbers as people type and map them: read as they are meant, or refused with the field's label; never another number. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { chooseRuns } from "../../../testing/jest/runs.ts";
import { readPhone } from "../../../zapier/input/phone.ts";
import { type Row, startZap, type Zap } from "../harness.ts";

const uae = "+971500000000";
const london = "+442079460958";

test.each<[typed: string, country: string | undefined, number: string]>([
  ["+971 (50) 000-0000", undefined, uae],
  ["+44 (0)20 7946 0958", undefined, london],
  ["+44 (0) 20 7946 0958", undefined, london],
  ["+44 020 7946 0958", undefined, london],
  ["+49 (0)30 123456", undefined, "+4930123456"],
  ["+39 06 1234 5678", undefined, "+390612345678"],
  ["+39 (0)6 1234 5678", undefined, "+390612345678"],
  ["+225 07 07 07 07 07", undefined, "+2250707070707"],
  ["00971500000000", undefined, uae],
  ["00 971 50 000 0000", "US", uae],
  ["0044 (0)20 7946 0958", undefined, london],
  ["+٩٧١ ٥٠ ٠٠٠ ٠٠٠٠", undefined, uae],
  ["+۹۷۱۵۰۰۰۰۰۰۰۰", undefined, uae],
  ["＋９７１５０００００００００", undefined, "+9715000000000"],
  ["\u202a+971\u00a050\u200b000\u20110000\u202c", undefined, uae],
  ["tel:+971500000000", undefined, uae],
  ["050 000 0000", "AE", uae],
  ["٠٥٠٠٠٠٠٠٠٠", "AE", uae],
  ["(020) 7946 0958", "GB", london],
  ["020 7946 0958", "uk", london],
  ["971500000000", "AE", uae],
  ["212 555 0100", "US", "+12125550100"],
  ["011 971 50 000 0000", "US", uae],
  // A number that the plan of its country does not know, or does not know yet, is passed on as it was typed.
  ["+15550001111", undefined, "+15550001111"],
  ["+97150000000", undefined, "+97150000000"],
  ["+999123456789", undefined, "+999123456789"],
])("%s, with the default country %s, is %s", async (typed, country, number) => {
  expect(await readPhone("phone", typed, country)).toBe(number);
});

test.each<[why: string, typed: string, country: string | undefined, text: string]>([
  ["a mobile prefix of Argentina, which is another one abroad", "+54 11 15 2233 4455", undefined, "+5491122334455"],
  ["a trunk prefix that is not 0", "+7 8 912 345 67 89", undefined, "+79123456789"],
  ["a bracketed zero in a number that does not exist", "+44 (0)1", undefined, "country code"],
  ["a national number that does not exist", "050 000", "AE", "AE"],
  ["a number of another country without its plus", "971500000000", "US", "US"],
  ["a country that there is not", "050 000 0000", "Dubai", "Default Country"],
])("%s: %s is refused", async (_why, typed, country, text) => {
  await expect(readPhone("phone", typed, country)).rejects.toMatchObject({
    name: "ValidationError",
    details: [{ path: ["phone"], message: expect.stringContaining(text) }],
  });
});

test.each([
  "050 000 0000",
  "971500000000",
  "+1 800 FLOWERS",
  "+971500000000 ext. 5",
  "+971500000000 / +971511111111",
  "x",
])("%s, without a default country, is left to the API's own rule, which refuses it", async (typed) => {
  expect(await readPhone("phone", typed, undefined)).not.toMatch(/^\+[1-9]\d{6,14}$/);
});

const separator = fc.constantFrom("", " ", "-", ".", "\u00a0", "\u200e", "\u2011", ") ", " (");
const digits = fc.stringMatching(/^[1-9]\d{6,14}$/);

test("property: a number with its country code keeps its digits, however it is written, but for a 0 after the code", async () => {
  await fc.assert(
    fc.asyncProperty(
      digits,
      fc.array(separator, { minLength: 15, maxLength: 15 }),
      fc.boolean(),
      async (number, between, zeros) => {
        const written = [...number].map((digit, index) => digit + between[index]).join("");
        const read = await readPhone("phone", `${zeros ? "00" : "+"}${written}`, undefined).catch(() => null);
        const withoutZero = [1, 2, 3].map((at) => `+${number.slice(0, at)}${number.slice(at).replace(/^0/, "")}`);
        expect([null, `+${number}`, ...withoutZero]).toContain(read);
      },
    ),
    { numRuns: chooseRuns(500) },
  );
});

describe("where a person types a number", () => {
  let zap: Zap;
  beforeAll(async () => {
    zap = await startZap();
  });
  afterAll(() => zap.close());

  const connected = (country: string): { authData: Record<string, string> } => ({
    authData: { api_key: zap.reference.key, base_url: zap.url, default_country: country },
  });
  const typed = "+44 (0)20 7946 0958";

  test("contacts are saved, found and changed by it", async () => {
    const { id, phone } = await zap.create("save_contact", { phone: typed });
    expect(phone).toBe(london);
    expect(await zap.search("find_contact", { phone: "0044 20 7946 0958" })).toMatchObject([{ id }]);
    expect(await zap.create("update_contact", { contactId: id, phone: "050 000 0000" }, connected("ae"))).toMatchObject(
      {
        phone: uae,
      },
    );
  });

  test("messages go to it on WhatsApp, and to an address as it stands elsewhere", async () => {
    await zap.reference.control.inbound({ platform: "whatsapp", from: uae, content: "Hi" });
    const send = (input: Row) => zap.create("send_message", { content: "Hi", ...input }, connected("AE"));
    expect(await send({ platform: "whatsapp", to: "050 000 0000" })).toMatchObject({ customerAddress: uae });
    expect(await send({ platform: "telegram", to: "0500000000" })).toMatchObject({ customerAddress: "0500000000" });
    expect(await zap.search("find_conversation", { platform: "whatsapp", to: "00971 50 000 0000" })).toHaveLength(1);
    expect(
      await zap.create("send_template", {
        to: "00971 50 000 0000",
        template: "order_follow_up",
        language: "en",
        parameter_1: "Sara",
        parameter_2: "10482",
      }),
    ).toMatchObject({ customerAddress: uae });
  });

  test("what is ambiguous halts with the field's label, and nothing is asked for", async () => {
    zap.logs.length = 0;
    const shown = await zap.failure("creates.save_contact.operation.perform", {
      inputData: { phone: "+54 11 15 2233 4455" },
    });
    expect(shown).toMatchObject({ name: "HaltedError", text: expect.stringContaining("Phone: ") });
    expect(shown.text.length).toBeLessThanOrEqual(250);
    expect(zap.logs.join("")).not.toContain("/contacts");
  });

  test("a default country that there is not is told when the account is connected", async () => {
    const shown = await zap.failure("authentication.test", connected("Dubai"));
    expect(shown.text).toContain("Default Country: ");
    expect(await zap.run("authentication.test", connected("ae"))).toMatchObject({ host: expect.any(String) });
    expect(await zap.run("authentication.test", connected(" "))).toMatchObject({ host: expect.any(String) });
  });
});
