/** A reference on a port, to which tests send requests as bytes. It logs no error nobody foresaw, whatever they send. */
import { afterAll, beforeAll, expect } from "@jest/globals";
import { createReference, type LogEntry, type Reference } from "../../../../reference/index.ts";
import { exchange, expectJson, type RawAnswer } from "../raw-socket.ts";

export const key = "onsync_pk_test_k";

const unexpected: LogEntry[] = [];

let reference: Reference;

export let port: number;

beforeAll(async () => {
  reference = createReference({
    keys: [key],
    rateLimit: 1_000_000_000,
    deliver: async () => ({ status: 200 }),
    log: (entry) => {
      if (entry.level === "error") unexpected.push(entry);
    },
  });
  ({ port } = await reference.listen());
});

afterAll(async () => {
  await reference.close();
  expect(unexpected).toEqual([]);
});

export function request(method: string, target: string, headers: string[], body: string | Buffer = ""): Buffer {
  return Buffer.concat([
    Buffer.from(
      [`${method} ${target} HTTP/1.1`, "Host: 127.0.0.1", "Connection: close", ...headers, "", ""].join("\r\n"),
      "latin1",
    ),
    Buffer.from(body),
  ]);
}

export function post(target: string, body: string | Buffer): Promise<RawAnswer[]> {
  return exchange(
    port,
    request(
      "POST",
      target,
      [`Authorization: Bearer ${key}`, "Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`],
      body,
    ),
  );
}

export function onlyAnswer(answers: RawAnswer[]): RawAnswer {
  expect(answers).toHaveLength(1);
  const answer = answers[0] as RawAnswer;
  expectJson(answer);
  expect(answer.status).toBeLessThan(500);
  return answer;
}
