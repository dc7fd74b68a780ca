/** Steps that fail, with everything secret that a bundle can hold in it. */
import { afterEach, beforeEach, expect } from "@jest/globals";
import type { FaultInput } from "../../../reference/index.ts";
import { type Shown, startZap, type Zap } from "../harness.ts";

/** The app of the test that runs. */
export let zap: Zap;

/** To be called once in a file: each of its tests gets an app of its own. */
export function startForEachTest(): void {
  beforeEach(async () => {
    zap = await startZap();
  });
  afterEach(() => zap.close());
}

export const phone = "+971500000000";
export const secret = "whsec_of_the_subscription";

/** Everything secret that a bundle can hold is in it, so that an error which carries the bundle is noticed. */
export function bundle(inputData: Record<string, unknown>) {
  return { inputData, subscribeData: { id: "wh_1", secret } };
}

export function failToRead() {
  return zap.failure("searches.find_contact.operation.perform", bundle({ phone }));
}

export function failToSave() {
  return zap.failure("creates.save_contact.operation.perform", bundle({ phone, firstName: "Sara" }));
}

export function failToSend() {
  return zap.failure(
    "creates.send_message.operation.perform",
    bundle({ platform: "telegram", to: "sara", content: "Hi" }),
  );
}

export function addFault(input: FaultInput) {
  return zap.reference.control.faults.add(input);
}

export async function countMessages() {
  return (await zap.search("find_messages", { conversationId: "telegram:sara" })).length;
}

export function expectNoSecrets(...shown: Shown[]) {
  const everything = JSON.stringify(shown) + zap.logs.join("\n");
  expect(everything).not.toContain(secret);
  expect(everything).not.toContain(zap.reference.key);
  expect(JSON.stringify(shown)).not.toContain("What happened");
}
