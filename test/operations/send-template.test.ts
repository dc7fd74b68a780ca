/** A template with a header, buttons and named variables, against the reference API, which checks them as WhatsApp does. */
import { expect, test } from "@jest/globals";
import { onsyncPair } from "../../testing/onsync-pair.ts";
import { phone, run } from "./run-operation.ts";

const link = "https://example.com/box.jpg";
const invoice = {
  name: "invoice",
  components: [
    { type: "HEADER", format: "DOCUMENT" },
    { type: "BODY", text: "Hi {{name}}, your invoice." },
    { type: "BUTTONS", buttons: [{ type: "URL", text: "Pay", url: "https://example.com/{{1}}" }] },
  ],
};
const components = [
  { type: "header", parameters: [{ type: "document", document: { link, filename: "invoice.pdf" } }] },
  { type: "body", parameters: [{ type: "text", text: "Sara", parameter_name: "name" }] },
  { type: "button", sub_type: "url", index: "0", parameters: [{ type: "text", text: "1187" }] },
];

test("send_template sends a document, a named variable and a button's value as they are given", async () => {
  await using pair = await onsyncPair();
  await pair.reference.control.templates.save(invoice);
  const sent = await run(pair.onsync, "send_template", { to: phone, template: "invoice", language: "en", components });
  expect(sent).toMatchObject({ content: "Hi Sara, your invoice.", metadata: { template: { components } } });
});

test.each(["image", "video"])("send_template sends a header's %s beside values in order", async (media) => {
  await using pair = await onsyncPair();
  await pair.reference.control.templates.save({
    name: "look",
    components: [
      { type: "HEADER", format: media.toUpperCase() },
      { type: "BODY", text: "Hi {{1}}" },
    ],
  });
  const header = { type: "header", parameters: [{ type: media, [media]: { link } }] };
  const sent = await run(pair.onsync, "send_template", {
    to: phone,
    template: "look",
    language: "en",
    parameters: ["Sara"],
    components: [header],
  });
  expect(sent.content).toBe("Hi Sara");
  expect(sent.metadata.template.components).toContainEqual(header);
});

test("send_template refuses values of the body that are given twice, before any request", async () => {
  await using pair = await onsyncPair();
  await expect(
    run(pair.onsync, "send_template", {
      to: phone,
      template: "invoice",
      language: "en",
      parameters: ["Sara"],
      components,
    }),
  ).rejects.toMatchObject({ name: "ValidationError", message: expect.stringContaining("not in both") });
});
