/**
 * What can go wrong, as one tree. Each error knows whether the same call may be made again (`retryable`) and what to do
 * (`advice`: one sentence for a person or an agent). Recognise them by name (`guards.ts`): `instanceof` fails where the
 * client is bundled twice. No error carries the API key.
 */
export * from "./api-errors.ts";
export * from "./call-errors.ts";
export { type ErrorFields, OnSyncError } from "./onsync-error.ts";
