/**
 * Webhooks for anyone's server (package entry `./webhooks`): signature and typed events; a receiver, an event store and a
 * dispatcher that hands events on in order; sinks.
 */
export type { Event, EventPayload, EventType } from "../api/index.ts";
export { events, eventTypes, sampleEvent } from "../api/index.ts";
export { SignatureError } from "../client/errors.ts";
export type { Retries } from "./backoff.ts";
export { type Dispatcher, type DispatcherOptions, type EventLogger, startDispatcher } from "./dispatcher.ts";
export { createDurableLog } from "./durable-log.ts";
export { orderKey } from "./key.ts";
export { createEventLog, type EventLog, type EventReader, type WaitAnswer, type WaitOptions } from "./log.ts";
export { MalformedEventError, parseEvent } from "./receive.ts";
export { createReceiver, type Receiver, type ReceiverOptions, type Secrets } from "./receiver.ts";
export { openRedisStore, type RedisStoreOptions } from "./redis/index.ts";
export { type RedisSinkOptions, redisSink } from "./redis/sink.ts";
export { addSecret, generateSecret, retireOtherSecrets, secretsOf } from "./secrets.ts";
export { signatureHeader, signPayload, verifySignature } from "./signature.ts";
export { type HttpSinkOptions, httpSink } from "./sinks/http.ts";
export { type PubSubSinkOptions, pubSubSink } from "./sinks/pubsub.ts";
export { functionSink, type HandOn, type Sink, SinkUnavailableError } from "./sinks/sink.ts";
export { type SqsSinkOptions, sqsSink } from "./sinks/sqs.ts";
export { openSqliteStore, type SqliteStoreOptions } from "./sqlite/index.ts";
export {
  EventConflictError,
  type EventName,
  type EventState,
  type EventStore,
  type StoredEvent,
  type StoreStats,
  type Taken,
} from "./store.ts";
