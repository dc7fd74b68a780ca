/** What every error answer is made of: status, code, a sentence, details, and the envelope. */
import { expect } from "@jest/globals";
import { ErrorBody, errorCodes } from "../../src/api/index.ts";
import { type Answer, type Body, start } from "./caller.ts";

/** Asserts all of it but the details; gives the body back for those. */
export function expectError(answer: Answer, code: keyof typeof errorCodes): Body {
  expect(answer.status).toBe(errorCodes[code].status);
  expect(answer.headers.get("content-type")).toBe("application/json");
  const body = ErrorBody.parse(answer.body);
  expect(body.error.code).toBe(code);
  expect(body.error.message).toMatch(/\S+ \S+/);
  expect(body.requestId).toMatch(/^req_[0-9A-HJKMNP-TV-Z]{26}$/);
  expect(answer.headers.get("x-request-id")).toBe(body.requestId);
  expect(body.timestamp).toBe(new Date(start).toISOString());
  return answer.body;
}
