/** What a contact is called. */
export function contactName({ firstName, lastName, phone, email, properties, id }) {
  return [firstName, lastName].filter(Boolean).join(" ") || phone || email || properties?.externalId || id;
}
