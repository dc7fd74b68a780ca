/** A CRM's file in a folder, and the contacts of a reference beside it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@jest/globals";
import { contactsOf } from "../../../testing/imports/against-reference.ts";
import type { VirtualPair } from "../../../testing/virtual-pair.ts";

export const head = "External ID,First Name,Last Name,Phone,Email,Tags,Notes";
export const sara = "crm_1,Sara,Hussein,+971500000001,sara@example.com,lead,ours";

export function write(folder: string, rows: readonly string[], name = "crm.csv"): void {
  writeFileSync(join(folder, name), [head, ...rows, ""].join("\n"));
}

export function read(folder: string, name = "crm.csv"): string[] {
  return readFileSync(join(folder, name), "utf8").trimEnd().split("\n").slice(1);
}

export async function only(pair: VirtualPair) {
  const [contact, ...others] = await contactsOf(pair.reference);
  expect(others).toEqual([]);
  if (!contact) throw new Error("there is no contact");
  return contact as { id: string; firstName: string; tags: string[] } & Record<string, unknown>;
}
