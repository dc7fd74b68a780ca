/** Webhooks for anyone's server (package entry `./webhooks`): signature, typed events, the events themselves. */
export type { Event, EventPayload, EventType } from "../api/index.ts";
export { events, eventTypes, sampleEvent } from "../api/index.ts";
export { SignatureError } from "../client/errors.ts";
export { createEventLog, type EventLog, type WaitAnswer, type WaitOptions } from "./log.ts";
export { MalformedEventError, parseEvent } from "./receive.ts";
export { signatureHeader, signPayload, verifySignature } from "./signature.ts";
