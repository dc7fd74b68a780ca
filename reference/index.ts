/**
 * The OnSync API on your own machine: every endpoint, error, limit and semantic of docs/onsync-api.txt and
 * docs/contract.md, webhook deliveries included. For trying things out, and for tests: in process (`fetch`) or on a port
 * (`listen`).
 *
 * ```ts
 * const reference = createReference();
 * const { url, close } = await reference.listen();        // http://127.0.0.1:PORT/v1
 * await reference.control.inbound({ platform: "whatsapp", from: "+971500000000", content: "Hi" });
 * await fetch(`${url}/contacts`, { headers: { Authorization: `Bearer ${reference.key}` } });
 * await reference.close();
 * ```
 */

export type { Deliver, DeliveryRequest } from "../src/http/guarded-post.ts";
export type { CarrierSettings, SummarySettings } from "./automation/input.ts";
export type { Summary } from "./automation/summaries.ts";
export type { Trigger, TriggerRun } from "./automation/triggers.ts";
export type { Connect } from "./console/connect.ts";
export type { ImportSettings, Imports } from "./console/imports.ts";
export type { ClockReading, Control, ControlledKey, ControlledOrg, Delivery } from "./control/control.ts";
export type { Behaviour, BehaviourInput } from "./deviations/behaviour.ts";
export type { Fault, FaultInput, FaultKind } from "./deviations/faults.ts";
export { Refusal } from "./http/answers.ts";
export type { Listening } from "./http/server.ts";
export type { Log, LogEntry } from "./log.ts";
export { openApiDocument } from "./openapi/index.ts";
export type { ReferenceOptions } from "./options.ts";
export { createReference, type Reference } from "./reference.ts";
export type { Snapshot } from "./snapshot.ts";
