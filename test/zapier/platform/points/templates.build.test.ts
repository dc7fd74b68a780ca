/** On Zapier's build: a template is sent with its own values, in the language that is meant. */
import { beforeEach, describe, expect, test } from "@jest/globals";
import { customer, expectHalted, type Field, useSteps } from "./steps.ts";

const steps = useSteps();
const send = "creates.send_template";

beforeEach(async () => {
  const save = (name: string, language: string, text: string) =>
    steps.world.reference.control.templates.save({
      name,
      language,
      status: "approved",
      components: [{ type: "body", text }],
    });
  await save("stale", "en", "Dear {{1}}, about {{2}}");
  await save("right", "en", "Hello {{1}}");
  await save("named", "en", "Hello {{customer}}");
  await save("bilingual", "ar", "مرحبا {{1}}");
  await save("bilingual", "en", "Hello {{1}}");
});

/** The fields of a template's values, and values for them. */
async function fill(template: string, value: string, language = "en") {
  const always = new Set((await steps.fields(send)).map(({ key }) => key));
  const fields = await steps.fields(send, { template, language });
  const own = fields.filter(({ key, hidden }) => !always.has(key) && key !== "language" && hidden !== true);
  return { fields: own, values: Object.fromEntries(own.map(({ key }) => [key, value])) };
}

/** What stays in a Zap when its template is changed: Zapier clears the fields that depend on it. */
function keepLeftovers(fields: readonly Field[], values: Record<string, string>) {
  const cleared = new Set(fields.filter(({ dependsOn }) => dependsOn?.includes("template")).map(({ key }) => key));
  return Object.fromEntries(Object.entries(values).filter(([key]) => !cleared.has(key)));
}

const posts = () => steps.requests().filter(({ path }) => path.startsWith("/v1/messaging/send"));

describe("8: a template", () => {
  test.each([
    ["stale", "right"],
    ["stale", "named"],
    ["named", "right"],
  ])("chosen after %s, %s is sent with its own values", async (before, template) => {
    const old = await fill(before, "Stale");
    const mine = await fill(template, "Right");
    const input = { to: customer, template, language: "en", ...keepLeftovers(old.fields, old.values), ...mine.values };
    const outcome = await steps.run(send, input);
    expect(
      posts()
        .map(({ body }) => body)
        .join(),
    ).not.toContain("Stale");
    expect(outcome).toMatchObject({ kind: "success" });
    expect(steps.sentTexts()).toEqual([`${template} (en): Right`]);
  });

  test("without its values is refused before anything is sent", async () => {
    expectHalted(await steps.run(send, { to: customer, template: "stale", language: "en", parameter_1: "Sara" }));
    expect(posts()).toEqual([]);
  });

  test("that is not there is refused before anything is sent", async () => {
    expectHalted(await steps.run(send, { to: customer, template: "no_such", language: "en", parameter_1: "Sara" }));
    expect(posts()).toEqual([]);
  });

  test("in two languages is sent in English unless told otherwise", async () => {
    const fields = await steps.fields(send, { template: "bilingual" });
    const language = fields.find(({ key }) => key === "language");
    expect(language?.default).toBe("en");
  });

  test("with a value of a far too large number is sent without it or refused, quickly", async () => {
    const { values } = await fill("right", "Right");
    const outcome = await steps.run(send, {
      to: customer,
      template: "right",
      language: "en",
      ...values,
      parameter_9999999: "x",
    });
    expect(["success", "halted"]).toContain(outcome.kind);
  });
});

describe("a text outside WhatsApp's 24 hours", () => {
  const silent = "+971500000066";
  const instead = { outsideWindow: "template", template: "right", language: "en", parameter_1: "Sara" };

  test.each<[string, Record<string, unknown>]>([
    ["creates.send_message", { platform: "whatsapp", to: silent }],
    ["creates.reply_to_conversation", { conversationId: `whatsapp:${silent}` }],
  ])("halts, is left out, or is a template, as %s says", async (step, recipient) => {
    const input = { ...recipient, content: "Your order is on its way" };
    expectHalted(await steps.run(step, input));
    expect(await steps.succeed(step, { ...input, outsideWindow: "continue" })).toMatchObject({ sent: false });
    expect(steps.sentTexts()).toEqual([]);
    expect(await steps.succeed(step, { ...input, ...instead })).toMatchObject({ sent: true, templateName: "right" });
    expect(steps.sentTexts()).toEqual(["right (en): Sara"]);
  });
});
