/** Adding tags to a contact, and removing them. */
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { findStored, startZap, type Zap } from "../zapier/harness.ts";

let zap: Zap;
beforeEach(async () => {
  zap = await startZap();
});
afterEach(() => zap.close());

const phone = "+971500000000";

test("adding keeps those it has, removing keeps the others", async () => {
  const { id } = await zap.create("save_contact", { phone, tags: ["lead"] });
  expect(await zap.create("add_tags", { contactId: id, tags: ["expo", "lead"] })).toMatchObject({
    tags: ["lead", "expo"],
    changedTags: ["expo"],
    warning: null,
  });
  expect(await zap.create("remove_tags", { contactId: id, tags: ["lead", "vip"] })).toMatchObject({
    tags: ["expo"],
    changedTags: ["lead"],
    warning: null,
  });
});

test("a single tag need not be a list, and none at all is refused by the field's label", async () => {
  const { id } = await zap.create("save_contact", { phone });
  expect(await zap.create("add_tags", { contactId: id, tags: "expo" })).toMatchObject({ tags: ["expo"] });
  const shown = await zap.failure("creates.add_tags.operation.perform", {
    inputData: { contactId: id, tags: ["", null] },
  });
  expect(shown.text).toContain("Tags: ");
});

test("two at once: no tag is lost silently", async () => {
  const { id } = await zap.create("save_contact", { phone });
  const results = await Promise.all(
    ["a", "b", "c"].map((tag) => zap.create("add_tags", { contactId: id, tags: [tag] })),
  );
  const { tags } = await findStored(zap, id);
  const lost = ["a", "b", "c"].filter((tag) => !(tags as string[]).includes(tag));
  const warned = results.some(({ warning }) => warning !== null);
  expect(lost.length === 0 || warned).toBe(true);
});

test("steps on one contact run one after the other", async () => {
  const { default: App } = await import("../../index.ts");
  const lock = { key: "tags-{{bundle.inputData.contactId}}", scope: ["auth"] };
  expect(App.creates.add_tags?.operation).toMatchObject({ lock });
  expect(App.creates.remove_tags?.operation).toMatchObject({ lock });
});
