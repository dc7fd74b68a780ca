import { randomUUID } from "node:crypto";

export function createId(kind: "send" | "claim" | "ticket"): string {
  return `${kind}_${randomUUID().replaceAll("-", "")}`;
}
