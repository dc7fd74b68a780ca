/** How long the parts of an answer may be: what an agent asked for first, then narrower until the answer fits. */

export type Detail = "concise" | "full";

export type SizeLimits = {
  /** Characters of a message. */
  message: number;
  /** Characters of a contact's field. */
  field: number;
  /** Tags of a contact. */
  tags: number;
  /** Properties of a contact. */
  properties: number;
  /** Entries of any other list or map. */
  items: number;
  /** Lists and maps within each other. */
  depth: number;
};

/** The first that keep the answer within its tokens are taken. */
export const sizeLimits: Record<Detail, readonly SizeLimits[]> = {
  concise: [
    { message: 600, field: 120, tags: 5, properties: 6, items: 50, depth: 6 },
    { message: 300, field: 80, tags: 5, properties: 6, items: 50, depth: 6 },
    { message: 150, field: 60, tags: 5, properties: 6, items: 20, depth: 6 },
    { message: 80, field: 40, tags: 0, properties: 0, items: 10, depth: 4 },
    { message: 40, field: 20, tags: 0, properties: 0, items: 5, depth: 2 },
    { message: 10, field: 12, tags: 0, properties: 0, items: 2, depth: 2 },
  ],
  full: [
    { message: Number.POSITIVE_INFINITY, field: 4096, tags: 100, properties: 100, items: 100, depth: 6 },
    { message: 2000, field: 500, tags: 100, properties: 100, items: 100, depth: 6 },
    { message: 600, field: 200, tags: 100, properties: 50, items: 50, depth: 6 },
    { message: 300, field: 80, tags: 50, properties: 20, items: 20, depth: 6 },
    { message: 150, field: 60, tags: 20, properties: 10, items: 10, depth: 4 },
    { message: 80, field: 40, tags: 5, properties: 6, items: 5, depth: 2 },
    { message: 20, field: 12, tags: 0, properties: 0, items: 2, depth: 1 },
  ],
};

/** How many of the limits leave a page of more than 20 rows readable: before narrower ones, there are fewer rows. */
export const readableLimits = 3;

/** Rows of a page, where an agent asks for no other number. */
export const defaultRows = 20;
