/** Input that an operation does not take. */
import { expect, test } from "@jest/globals";
import type { OperationName } from "../../src/operations/index.ts";
import { onsyncPair } from "../../testing/onsync-pair.ts";
import { phone, run } from "./run-operation.ts";

test.each<[OperationName, unknown, string]>([
  [
    "send_message",
    { platform: "fax", to: phone, content: "Hi" },
    "platform: must be one of whatsapp, instagram, facebook, telegram",
  ],
  ["send_message", { platform: "whatsapp", to: phone }, "content: is required"],
  ["find_contacts", {}, "give at least one of phone, email, externalId, contactId and query"],
  ["find_contacts", { contactId: "contact_1", query: "sara" }, "query cannot be combined with contactId"],
  ["find_conversation", { platform: "whatsapp" }, "give conversationId, or platform and to, or contactId"],
  ["update_contact", { contactId: "contact_1", clear: ["id"] }, "clear.0: must be one of firstName"],
  ["update_contact", { contactId: "contact_1", tags: ["a"], addTags: ["b"] }, "tags: cannot be combined with addTags"],
  ["update_contact", { contactId: "contact_1", clear: ["tags"], addTags: ["b"] }, "clear: tags cannot be combined"],
  [
    "update_contact",
    { contactId: "contact_1", addTags: ["b"], removeTags: ["b"] },
    'removeTags: has "b", which addTags',
  ],
  ["save_contact", { phone: "+971500000000", tags: [], removeTags: ["b"] }, "tags: cannot be combined with addTags"],
  ["send_template", { to: phone, template: "a", language: "en", parameters: [""] }, "parameters.0: must not be empty"],
  ["add_tags", { contactId: "contact_1", tags: [] }, "tags: name at least one tag"],
  ["wait_for_events", { timeoutSeconds: 26 }, "timeoutSeconds: must be at most 25"],
  ["get_contact", "contact_1", "the input: must be an object"],
])("%s does not take %j", async (name, input, message) => {
  await using pair = await onsyncPair();
  await expect(run(pair.onsync, name, input)).rejects.toMatchObject({
    name: "ValidationError",
    message: expect.stringContaining(message),
  });
  expect(pair.onsync.rateLimit).toBeNull(); // no request was spent
});
