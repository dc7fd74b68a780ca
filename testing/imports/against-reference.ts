/** Imports against the reference API on a virtual clock, and what they leave there. */
import type { FaultInput, Reference } from "../../reference/index.ts";
import { openRows } from "../../src/data/index.ts";
import { peerOf, type VirtualPair, virtualPair } from "../virtual-pair.ts";

export const head = "First Name,Phone,Email,External ID,Tags";

export async function pairOf(
  options: Parameters<typeof virtualPair>[0] = {},
  client: Parameters<typeof virtualPair>[1] = {},
): Promise<VirtualPair> {
  return virtualPair(options, { maxAttempts: 1, ...client });
}

export async function contactsOf(reference: Reference) {
  const found: Record<string, unknown>[] = [];
  for await (const contact of peerOf(reference).contacts.iterate()) found.push(contact);
  return found.reverse();
}

export async function fault(pair: VirtualPair, input: FaultInput): Promise<void> {
  await pair.reference.control.faults.add(input);
}

export async function refusedRows(file: string | null) {
  if (file === null) return [];
  const rows = await openRows(file);
  const found: Record<string, unknown>[] = [];
  for await (const { cells } of rows.rows())
    found.push(Object.fromEntries(rows.columns.map((name, index) => [name, cells[index]])));
  return found;
}
