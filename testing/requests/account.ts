/** The account that calls and tools are counted on: 250 contacts, one of them with a conversation of 250 messages. */
import type { Reference } from "../../reference/index.ts";
import type { OnSync } from "../../src/client/index.ts";

export const phone = "+971500000000";
/** A customer who has not written. */
export const silent = "+971500000044";
export const conversationId = `whatsapp:${phone}`;

export type Account = { onsync: OnSync; contactId: string };

/** @returns the id of the contact who writes */
export async function fillAccount({ control, fetch, key }: Reference): Promise<string> {
  const save = async (contact: object): Promise<string> => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const body = JSON.stringify(contact);
    const answer = await fetch(new Request("http://127.0.0.1/v1/contacts", { method: "POST", headers, body }));
    return ((await answer.json()) as { id: string }).id;
  };
  for (let index = 1; index < 250; index++)
    await save({ email: `lead${index}@example.com`, firstName: `Lead ${index}` });
  const contactId = await save({ phone, email: "sara@example.com", firstName: "Sara", tags: ["lead", "expo"] });
  for (let index = 1; index <= 250; index++)
    await control.inbound({ platform: "whatsapp", from: phone, content: `Message ${index}.` });
  return contactId;
}
