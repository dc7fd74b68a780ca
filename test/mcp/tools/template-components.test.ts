/** A template with a picture and a button: an agent is told what it takes, and sends it. */
import { expect, test } from "@jest/globals";
import { createReference } from "../../../reference/index.ts";
import { createOnSync } from "../../../src/client/index.ts";
import { fetchTransport } from "../../../src/client/transport/fetch.ts";
import { connect } from "../session.ts";

test("list_templates names what a template takes beside its text, and send_template sends it", async () => {
  const reference = createReference();
  await reference.control.templates.save({
    name: "parcel",
    components: [
      { type: "HEADER", format: "IMAGE" },
      { type: "BODY", text: "Hi {{1}}" },
      { type: "BUTTONS", buttons: [{ type: "URL", text: "Track", url: "https://example.com/{{1}}" }] },
    ],
  });
  const onsync = createOnSync({
    apiKey: reference.key,
    baseUrl: "http://127.0.0.1/v1",
    transport: fetchTransport((request) => reference.fetch(request)),
  });
  const session = await connect({ onsync });
  const listed = await session.call("list_templates");
  expect(listed.text).toContain("components: 1 image in the header, 1 value in the button at index 0");
  // A host may show the model the data alone.
  const componentsToFill = ["header image=", "button 0="];
  expect(listed.data.data).toContainEqual(
    expect.objectContaining({ name: "parcel", variables: ["1"], componentsToFill }),
  );

  const send = { to: "+971500000000", template: "parcel", language: "en", parameters: ["Sara"] };
  const refused = await session.call("send_template", send);
  expect(refused.text).toContain("It takes 1 image in the header, and 0 are given");
  const components = [
    { type: "header", parameters: [{ type: "image", image: { link: "https://example.com/a.png" } }] },
    { type: "button", sub_type: "url", index: "0", parameters: [{ type: "text", text: "1187" }] },
  ];
  const sent = await session.call("send_template", { ...send, components });
  expect(sent.data).toMatchObject({ type: "template" });
  await session.client.close();
  await reference.close();
});
