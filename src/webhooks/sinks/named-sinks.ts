/**
 * The sinks that `--sink` opens by a name such as `sqs:QUEUE_URL`. A new sink is a file in this folder, an entry in this
 * table, and a line in `src/webhooks/index.ts` for those who import it.
 */
import type { ProxyOptions } from "../../http/proxy.ts";
import type { EventLogger } from "../logger.ts";
import type { Sink } from "./sink.ts";

export type SinkSettings = {
  proxy: ProxyOptions;
  /** The Redis that has the stream. @throws Error when nobody says which it is */
  findRedisUrl(): string;
  log: EventLogger;
};

type NamedSink = {
  /** What stands after the colon, as the help names it. */
  target: string;
  /** Whether a text can be a target; every text by default. */
  isTarget?(text: string): boolean;
  /** Imports the sink when it is opened, and not before: most of them need a package that only some have. */
  open(target: string, settings: SinkSettings): Promise<Sink>;
};

export const namedSinks: Readonly<Record<string, NamedSink>> = {
  sqs: {
    target: "QUEUE_URL",
    isTarget: (text) => URL.canParse(text),
    async open(queueUrl, { proxy }) {
      const { sqsSink } = await import("./sqs.ts");
      return sqsSink({ queueUrl, ...proxy });
    },
  },
  pubsub: {
    target: "TOPIC",
    async open(topic) {
      const { pubSubSink } = await import("./pubsub.ts");
      return pubSubSink({ topic });
    },
  },
  redis: {
    target: "STREAM",
    async open(stream, { findRedisUrl, log }) {
      const { redisSink } = await import("./redis.ts");
      return redisSink({ url: findRedisUrl(), stream, log });
    },
  },
};

/** Every form of a name, as a sentence lists them: `sqs:QUEUE_URL, pubsub:TOPIC or redis:STREAM`. */
export const sinkNameForms = new Intl.ListFormat("en-GB", { type: "disjunction" }).format(
  Object.entries(namedSinks).map(([kind, { target }]) => `${kind}:${target}`),
);

/** @returns what opens the sink of that name; `null` where there is none */
export function findNamedSink(name: string): ((settings: SinkSettings) => Promise<Sink>) | null {
  const [, kind = "", target = ""] = /^(\w+):(.+)$/.exec(name) ?? [];
  const sink = Object.hasOwn(namedSinks, kind) ? namedSinks[kind] : undefined;
  if (!sink || sink.isTarget?.(target) === false) return null;
  return (settings) => sink.open(target, settings);
}
