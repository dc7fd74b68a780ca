/** What the tests of operations share: one call by name, and a customer. */
import type { OnSync } from "../../src/client/index.ts";
import { type OperationContext, type OperationName, operations, runOperation } from "../../src/operations/index.ts";

// biome-ignore lint/suspicious/noExplicitAny: each test knows the shape of the answer it asks for
type Answer = any;

export function run(onsync: OnSync, name: OperationName, input: unknown, context?: OperationContext): Promise<Answer> {
  return runOperation<never, never>(operations[name] as never, onsync, input, context);
}

export const phone = "+971500000000";
export const conversationId = `whatsapp:${phone}`;
export const sara = {
  firstName: "Sara",
  phone,
  email: "sara@example.com",
  tags: ["lead"],
  properties: { externalId: "crm_8740", source: "Expo booth" },
};
export const inbound = { platform: "whatsapp", from: phone, content: "Hi, can you confirm my order?" } as const;
