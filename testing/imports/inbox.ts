/** The contacts of the server of these trials. */

export type StoredContact = Record<string, unknown> & { id: string; properties: Record<string, unknown> };

export class Inbox {
  readonly contacts = new Map<string, StoredContact>();
  created = 0;

  /** As docs/onsync-api.txt has it: found by phone, e-mail or external id. */
  save(body: Record<string, unknown>): { status: number; contact?: StoredContact; owners?: string[] } {
    const properties = (body.properties ?? {}) as Record<string, unknown>;
    const owners = [...this.contacts.values()].filter(
      (contact) =>
        (body.phone !== undefined && contact.phone === body.phone) ||
        (body.email !== undefined && String(contact.email).toLowerCase() === String(body.email).toLowerCase()) ||
        (properties.externalId !== undefined && contact.properties.externalId === properties.externalId),
    );
    if (owners.length > 1) return { status: 409, owners: owners.map(({ id }) => id) };
    const known = owners[0];
    if (known) {
      const merged = { ...known.properties, ...properties };
      Object.assign(known, body, { properties: merged });
      return { status: 200, contact: known };
    }
    this.created += 1;
    const contact = {
      tags: [],
      ...body,
      id: `contact_${String(this.created).padStart(6, "0")}`,
      properties,
    } as StoredContact;
    this.contacts.set(contact.id, contact);
    return { status: 201, contact };
  }
}
