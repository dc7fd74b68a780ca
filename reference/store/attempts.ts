/** The attempts of webhook deliveries. */

import type { DatabaseSync } from "node:sqlite";
import { parseKeptJson } from "../../src/file-failure.ts";

/** One attempt: what was sent (the body is the event's), and what came back. */
export type Attempt = {
  at: number;
  url: string;
  requestHeaders: Record<string, string>;
  durationMs: number;
  statusCode: number | null;
  error: string | null;
  responseHeaders: Record<string, string> | null;
  /** Its beginning. */
  responseBody: string | null;
};

type AttemptRow = {
  at: number;
  url: string;
  request_headers: string;
  duration_ms: number;
  status_code: number | null;
  error: string | null;
  response_headers: string | null;
  response_body: string | null;
};

function toAttempt(row: AttemptRow): Attempt {
  return {
    at: row.at,
    url: row.url,
    requestHeaders: parseKeptJson<Record<string, string>>(row.request_headers),
    durationMs: row.duration_ms,
    statusCode: row.status_code,
    error: row.error,
    responseHeaders: row.response_headers === null ? null : parseKeptJson<Record<string, string>>(row.response_headers),
    responseBody: row.response_body,
  };
}

export function createAttemptsTable(sql: DatabaseSync) {
  const statements = {
    insertAttempt: sql.prepare(
      `INSERT INTO attempts (delivery, at, url, request_headers, duration_ms, status_code, error, response_headers,
       response_body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    attempts: sql.prepare("SELECT * FROM attempts WHERE delivery = ? ORDER BY seq"),
  };

  return {
    insertAttempt: (delivery: number, attempt: Attempt) =>
      statements.insertAttempt.run(
        delivery,
        attempt.at,
        attempt.url,
        JSON.stringify(attempt.requestHeaders),
        attempt.durationMs,
        attempt.statusCode,
        attempt.error,
        attempt.responseHeaders && JSON.stringify(attempt.responseHeaders),
        attempt.responseBody,
      ),
    attempts: (delivery: number): Attempt[] => (statements.attempts.all(delivery) as AttemptRow[]).map(toAttempt),
  };
}
