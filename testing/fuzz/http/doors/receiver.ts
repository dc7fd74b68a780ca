/** The receiver of webhooks, and the port that Prometheus reads. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import * as z from "zod";
import { eventSchema, eventTypes } from "../../../../src/api/index.ts";
import { signatureHeader, signPayload } from "../../../../src/api/signature.ts";
import { changedBytes } from "../../inputs/bytes.ts";
import { fromSchema, type Schema } from "../../inputs/schema.ts";
import { hostileText, writeJson } from "../../inputs/text.ts";
import { createCanary } from "../../judge.ts";
import { createDoor, type OpenDoor } from "../door.ts";
import { type HttpInput, toBytes } from "../requests.ts";
import { onsyncScript, startServer } from "../server-process.ts";

const secret = "whsec-of-the-receiver-that-nobody-reads-4711";
const metricsToken = "metrics-token-that-nobody-else-has-4711";

/** @param bytes a body, each character a byte */
function deliver(bytes: string, type: string, signs: boolean): HttpInput {
  const body = Buffer.from(bytes, "latin1");
  const signature = signs ? signPayload(body, secret) : "0".repeat(64);
  const headers = [`Content-Type: ${type}`, `${signatureHeader}: ${signature}`, `Content-Length: ${body.length}`];
  return { bytes: toBytes("POST", "/", headers) + bytes, ends: false };
}

const jsonPieces = [
  '"',
  "{",
  "[",
  "}",
  "null",
  "\\ud83d",
  "\\u0000",
  "1e400",
  "\xff",
  "\xed\xa0\x80",
  "\xef\xbb\xbf",
  "__proto__",
  "[".repeat(5000),
  '"id":"a",',
  "a".repeat(300_000),
];

/** Deliveries whose signature is right, whatever is in them, and a few whose is not. */
function describeDeliveries(): fc.Arbitrary<HttpInput> {
  const schemas = eventTypes.map(
    (type) => z.toJSONSchema(eventSchema(type), { io: "input", unrepresentable: "any" }) as Schema,
  );
  const event = fc.oneof(...schemas.map(fromSchema));
  const named = fc
    .tuple(event, hostileText, hostileText, fc.nat(1000))
    .map(([each, id, type, number]) =>
      typeof each === "object" && each !== null
        ? { ...each, id: number % 5 === 0 ? id : `evt_${number}`, ...(number % 7 === 0 && { type }) }
        : each,
    );
  const whole = fc.oneof(event, named).map((each) => Buffer.from(writeJson(each)).toString("latin1"));
  const body = fc.oneof({ weight: 2, arbitrary: whole }, { weight: 1, arbitrary: changedBytes(whole, jsonPieces) });
  const type = fc.oneof(
    { weight: 15, arbitrary: fc.constant("application/json") },
    fc.constantFrom("text/plain", "application/vnd.a+json; charset=utf-16"),
  );
  return fc.tuple(body, type, fc.nat(9)).map(([bytes, contentType, chance]) => deliver(bytes, contentType, chance > 0));
}

async function openListener(
  described: Pick<OpenDoor, "port" | "requests" | "credentials" | "health">,
): Promise<OpenDoor> {
  const folder = mkdtempSync(join(tmpdir(), "onsync-fuzz-"));
  const env = { ONSYNC_WEBHOOK_SECRETS: secret, ONSYNC_METRICS_TOKEN: metricsToken, ONSYNC_LOG_LEVEL: "debug" };
  const args = ["--data", join(folder, "events.db"), "--metrics-port", "0", "--port", "0", "--json"];
  const restart = () => startServer([onsyncScript, "listen", ...args], env);
  return {
    ...described,
    server: await restart(),
    restart,
    canaries: [createCanary("the endpoint's secret", secret), createCanary("the token of the metrics", metricsToken)],
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

export const receiver = createDoor("receiver", 3, () =>
  openListener({
    port: ({ port }) => port,
    requests: describeDeliveries(),
    credentials: [],
    health: toBytes("GET", "/healthz", []),
  }),
);

const metricsCredentials = [`Authorization: Bearer ${metricsToken}`];

const scrapes = fc
  .tuple(
    fc.constantFrom("GET", "HEAD", "POST", "OPTIONS"),
    fc.constantFrom("/metrics", "/metrics?a=%ff", "/", "/metrics/", "*", "http://127.0.0.1/metrics"),
    fc.constantFrom(metricsCredentials, metricsCredentials, [], ["Origin: http://127.0.0.1"]),
  )
  .map(([method, target, headers]) => ({ bytes: toBytes(method, target, headers), ends: false }));

export const metrics = createDoor("metrics", 1, () =>
  openListener({
    port: ({ ready }) => Number(new URL(ready.metricsUrl as string).port),
    requests: scrapes,
    credentials: metricsCredentials,
    health: toBytes("GET", "/metrics", metricsCredentials),
  }),
);
