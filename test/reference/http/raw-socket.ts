/** Bytes over a socket, and the answers to them: for what no HTTP client would send. */
import { connect } from "node:net";
import { expect } from "@jest/globals";
import type { Body } from "../caller.ts";

export type RawAnswer = { status: number; headers: Record<string, string>; text: string; body: Body };

function parsed(text: string): Body {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Everything the server sent until it closed the connection, as answers. Each byte is a character of `bytes`. */
function parseAnswers(bytes: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = bytes; rest !== ""; ) {
    const end = rest.indexOf("\r\n\r\n");
    const [line = "", ...lines] = rest.slice(0, end).split("\r\n");
    const headers = Object.fromEntries(
      lines.map((each) => [each.slice(0, each.indexOf(":")).toLowerCase(), each.slice(each.indexOf(":") + 1).trim()]),
    );
    const bodyEnd = end + 4 + Number(headers["content-length"] ?? 0);
    const text = Buffer.from(rest.slice(end + 4, bodyEnd), "latin1").toString("utf8");
    answers.push({ status: Number(line.split(" ")[1]), headers, text, body: parsed(text) });
    rest = rest.slice(bodyEnd);
  }
  return answers;
}

/** @param ends whether nothing comes after the bytes: where they are the beginning of a request, it stays one */
export function exchange(
  port: number,
  bytes: string | Buffer,
  { ends = false }: { ends?: boolean } = {},
): Promise<RawAnswer[]> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => (ends ? socket.end(bytes) : socket.write(bytes)));
    let received = "";
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      received += text;
    });
    // A server that has heard enough resets the connection behind its answer.
    socket.on("error", () => {});
    socket.on("close", () => resolve(parseAnswers(received)));
  });
}

/** JSON, with the envelope that every answer carries. */
export function expectJson({ headers, body }: RawAnswer): void {
  expect(headers["content-type"]).toBe("application/json");
  expect(body).toMatchObject({
    requestId: expect.stringMatching(/^req_[0-9A-HJKMNP-TV-Z]{26}$/),
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  });
  expect(headers["x-request-id"]).toBe(body.requestId);
}

export function expectEnvelope(answer: RawAnswer, status: number, code: string): void {
  expectJson(answer);
  expect(answer).toMatchObject({
    status,
    body: { error: { code, message: expect.stringMatching(/\S+ \S+/) } },
  });
}
