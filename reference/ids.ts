/** Ids: a prefix and a ULID, sortable by the time they were made. */
import { randomFillSync } from "node:crypto";
import { monotonicFactory } from "ulid";

export type IdPrefix = "contact" | "msg" | "wh" | "evt" | "req" | "org" | "user" | "key" | "dlv" | "fault" | "trigger";
export type Ids = (prefix: IdPrefix) => string;

/** A number from 0 up to 1 for each character of an id. Bytes are asked for many at once: the asking is what costs. */
function createRandom(): () => number {
  const bytes = new Uint8Array(4096);
  let used = bytes.length;
  return () => {
    if (used === bytes.length) {
      randomFillSync(bytes);
      used = 0;
    }
    return (bytes[used++] as number) / 256;
  };
}

/** @param now milliseconds since 1970: ids follow the reference's clock */
export function createIds(now: () => number): Ids {
  const ulid = monotonicFactory(createRandom());
  return (prefix) => `${prefix}_${ulid(now())}`;
}
