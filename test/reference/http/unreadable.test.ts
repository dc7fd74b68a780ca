/** What is no request at all: every answer over a socket is JSON with `requestId` and `timestamp`, Node's own included. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openPort } from "../../../cli/start/port.ts";
import { answerUnreadableRequests, toUnreadableAnswer } from "../../../reference/http/unreadable.ts";
import { createReference, type Reference } from "../../../reference/index.ts";
import { exchange, expectEnvelope, type RawAnswer } from "./raw-socket.ts";

const cases: [what: string, bytes: string | Buffer, status: number, code: string][] = [
  ["no HTTP at all", "\x00\x01\x02 hello\r\n\r\n", 400, "validation_failed"],
  ["a method nobody has", "BREW /v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "validation_failed"],
  ["a request line without a version", "GET /v1/me\r\n\r\n", 400, "validation_failed"],
  ["no Host header", "GET /v1/me HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "validation_failed"],
  [
    "a Host header with a space",
    "GET /v1/me HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n",
    400,
    "validation_failed",
  ],
  [
    "a Host header that is no host",
    "GET /v1/me HTTP/1.1\r\nHost: .0.0.1\r\nConnection: close\r\n\r\n",
    400,
    "validation_failed",
  ],
  ["a header without a colon", "GET /v1/me HTTP/1.1\r\nHost: localhost\r\nnonsense\r\n\r\n", 400, "validation_failed"],
  [
    "a length that is no number",
    "POST /v1/contacts HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
    400,
    "validation_failed",
  ],
  [
    "two lengths",
    "POST /v1/contacts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    400,
    "validation_failed",
  ],
  [
    "a length and chunks",
    "POST /v1/contacts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    400,
    "validation_failed",
  ],
  [
    "broken chunks",
    "POST /v1/contacts HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    400,
    "validation_failed",
  ],
  [
    "headers without end",
    `GET /v1/me HTTP/1.1\r\nHost: localhost\r\nX-Long: ${"x".repeat(20_000)}\r\n\r\n`,
    431,
    "headers_too_large",
  ],
  [
    "an address without end",
    `GET /v1/${"x".repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    431,
    "headers_too_large",
  ],
  [
    "chunk extensions without end",
    `POST /v1/contacts HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1;${"x".repeat(20_000)}\r\na\r\n0\r\n\r\n`,
    413,
    "payload_too_large",
  ],
  [
    "an expectation nobody can meet",
    "GET /v1/me HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\n\r\n",
    417,
    "expectation_failed",
  ],
  ["a tunnel", "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n", 405, "method_not_allowed"],
  [
    "an address of another scheme",
    "GET ftp://a/v1/me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    400,
    "validation_failed",
  ],
  ["HTTP/2 without an upgrade", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "validation_failed"],
  ["TLS on a plain port", Buffer.from("16030100c8010000c40303", "hex"), 400, "validation_failed"],
];

describe("the reference", () => {
  let reference: Reference;
  let port: number;
  beforeAll(async () => {
    reference = createReference({ keys: ["onsync_pk_test_k"] });
    ({ port } = await reference.listen());
  });
  afterAll(() => reference.close());

  test.each(cases)("%s", async (_what, bytes, status, code) => {
    const answers = await exchange(port, bytes);
    const first = answers[0] as RawAnswer;
    // Where a key is asked for before the body is looked at, that is the answer.
    if (first.status === 401) expectEnvelope(first, 401, "invalid_api_key");
    else expectEnvelope(first, status, code);
    expect(answers).toHaveLength(1);
  });

  test("a whole request in front of a broken one is answered first", async () => {
    const whole = "GET /v1/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer onsync_pk_test_k\r\n\r\n";
    const [first, second, ...more] = await exchange(port, `${whole}nonsense\r\n\r\n`);
    expect(first?.status).toBe(200);
    expectEnvelope(second as RawAnswer, 400, "validation_failed");
    expect(more).toEqual([]);
  });

  test.each(["TRACE", "PROPFIND", "OPTIONS", "UNLINK", "QUERY"])("%s is answered as any request is", async (method) => {
    const [answer] = await exchange(port, `${method} /v1/me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expectEnvelope(answer as RawAnswer, 405, "method_not_allowed");
  });

  test("a wish for another protocol is not granted, and the request is answered", async () => {
    const [answer] = await exchange(
      port,
      "GET /v1/me HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n\r\n",
    );
    expectEnvelope(answer as RawAnswer, 401, "invalid_api_key");
  });
});

describe("everything on one port", () => {
  test.each(cases.filter(([what]) => what !== "broken chunks"))("%s", async (_what, bytes, status, code) => {
    const server = await openPort(0, "127.0.0.1");
    try {
      const [answer] = await exchange(Number(new URL(server.origin).port), bytes);
      if (answer?.status === 503) expectEnvelope(answer, 503, "unavailable");
      else expectEnvelope(answer as RawAnswer, status, code);
    } finally {
      await server.close();
    }
  });

  test("is unavailable in the API's format while it starts", async () => {
    const server = await openPort(0, "127.0.0.1");
    try {
      const [answer] = await exchange(
        Number(new URL(server.origin).port),
        "GET /v1/me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
      );
      expectEnvelope(answer as RawAnswer, 503, "unavailable");
      expect(answer?.headers["retry-after"]).toBe("1");
    } finally {
      await server.close();
    }
  });
});

test("a request that takes too long to arrive is answered 408", async () => {
  const server = createServer({ headersTimeout: 20, requestTimeout: 20, connectionsCheckingInterval: 10 });
  answerUnreadableRequests(server, (unreadable) => toUnreadableAnswer(unreadable, `req_${"0".repeat(26)}`, 0));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const [answer] = await exchange(port, "GET /v1/me HTTP/1.1\r\nHost: localhost\r\n");
    expectEnvelope(answer as RawAnswer, 408, "request_timeout");
  } finally {
    server.close();
  }
});
