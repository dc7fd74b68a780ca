/** Ids: a prefix and a ULID, sortable by the time they were made. */
import { monotonicFactory } from "ulid";

export type IdPrefix = "contact" | "msg" | "wh" | "evt" | "req" | "org" | "user" | "key" | "dlv" | "fault";
export type Ids = (prefix: IdPrefix) => string;

/** @param now milliseconds since 1970: ids follow the reference's clock */
export function createIds(now: () => number): Ids {
  const ulid = monotonicFactory();
  return (prefix) => `${prefix}_${ulid(now())}`;
}
