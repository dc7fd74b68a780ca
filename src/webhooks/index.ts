/**
 * Webhooks for anyone's server (package entry `./webhooks`): signature and typed events; a receiver, an event store and a
 * dispatcher that hands events on in order; sinks.
 */
export type { Event, EventPayload, EventType } from "../api/index.ts";
export { events, eventTypes, sampleEvent } from "../api/index.ts";
export { signatureHeader, signPayload, verifySignature } from "../api/signature.ts";
export { SignatureError } from "../client/errors/index.ts";
export { type Dispatcher, type DispatcherOptions, startDispatcher } from "./dispatcher/dispatcher.ts";
export type { HandOnEvent, HandOnOutcome } from "./dispatcher/hand-on.ts";
export type { Retries } from "./dispatcher/retry-delay.ts";
export { createDurableLog } from "./log/durable-log.ts";
export { createEventLog, type EventLog, type EventReader, type WaitAnswer, type WaitOptions } from "./log/event-log.ts";
export type { EventLogger } from "./logger.ts";
export { orderKey } from "./order-key.ts";
export type { DeliveryEvent, DeliveryOutcome, RefusalReason } from "./receiver/delivery.ts";
export { MalformedEventError } from "./receiver/event.ts";
export { createReceiver, type Receiver, type ReceiverOptions } from "./receiver/receiver.ts";
export {
  addSecret,
  generateSecret,
  loadSecrets as secretsOf,
  retireOtherSecrets,
  type Secrets,
} from "./receiver/secrets.ts";
export { parseEvent } from "./receiver/verify.ts";
export { type HttpSinkOptions, httpSink } from "./sinks/http.ts";
export { type PubSubSinkOptions, pubSubSink } from "./sinks/pubsub.ts";
export { type RedisSinkOptions, redisSink } from "./sinks/redis.ts";
export { functionSink, type HandOn, type Sink, SinkUnavailableError } from "./sinks/sink.ts";
export { type SqsSinkOptions, sqsSink } from "./sinks/sqs.ts";
export type { RedisStoreOptions } from "./store/redis/context.ts";
export { openRedisStore } from "./store/redis/redis-store.ts";
export type { SqliteStoreOptions } from "./store/sqlite/context.ts";
export { openSqliteStore } from "./store/sqlite/sqlite-store.ts";
export {
  type ClaimedEvent as Taken,
  EventConflictError,
  type EventName,
  type EventState,
  type EventStore,
  type StoredEvent,
  type StoreStats,
} from "./store/store.ts";
