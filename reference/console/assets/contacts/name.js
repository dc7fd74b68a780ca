/** What a contact is called. */
export function getContactName({ firstName, lastName, phone, email, properties, id }) {
  return [firstName, lastName].filter(Boolean).join(" ") || phone || email || properties?.externalId || id;
}
