/** What a contact is called. */
export const contactName = ({ firstName, lastName, phone, email, properties, id }) =>
  [firstName, lastName].filter(Boolean).join(" ") || phone || email || properties?.externalId || id;
