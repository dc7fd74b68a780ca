import type { Check } from "../../../cli/doctor/check.ts";
import { examine } from "../../../cli/doctor/examine.ts";
import type { ReferenceOptions } from "../../../reference/index.ts";
import type { OnSync } from "../../../src/client/index.ts";
import { onsyncPair } from "../../../testing/onsync-pair.ts";

export async function listChecks(subject: OnSync, skewMs: number | null = 0): Promise<Check[]> {
  const checks: Check[] = [];
  for await (const check of examine({ onsync: subject, skewMs: () => skewMs, now: () => 0 })) checks.push(check);
  return checks;
}

export function findChecks(checks: Check[], name: Check["name"]) {
  return checks.filter((check) => check.name === name);
}

export function toStatuses(checks: Check[]) {
  return Object.fromEntries(checks.map(({ name, status }) => [name, status]));
}

export async function examineReference(options: ReferenceOptions): Promise<Check[]> {
  await using pair = await onsyncPair(options);
  return await listChecks(pair.onsync);
}
