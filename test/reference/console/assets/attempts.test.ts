/** The attempts of a delivery side by side. */
import { expect, test } from "@jest/globals";
import { importAsset } from "./import-asset.ts";

type Row = { name: string; values: string[]; differ: boolean };
const { compareAttempts } = await importAsset<{ compareAttempts: (attempts: object[]) => Row[] }>(
  "settings/compare-attempts.js",
);

const attempt = {
  at: "2026-01-01T00:00:00.000Z",
  url: "https://example.com/hook",
  requestHeaders: { "X-OnSync-Signature": "aa" },
  durationMs: 5,
  statusCode: 500,
  error: null,
  responseHeaders: { "Content-Type": "text/html", Server: "x" },
  responseBody: "no",
};

test("what is the same in all of them is told from what is not, and what one lacks is said", () => {
  const rows = compareAttempts([
    attempt,
    { ...attempt, statusCode: null, error: "no answer within 10 s", responseHeaders: null, responseBody: null },
    {
      ...attempt,
      at: "2026-01-01T00:00:30.000Z",
      statusCode: 200,
      responseHeaders: { "content-type": "text/html" },
      responseBody: "",
    },
  ]);
  expect(rows.map(({ name, values, differ }) => [name, differ, ...values])).toEqual([
    ["At", true, "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:30.000Z"],
    ["Sent to", false, attempt.url, attempt.url, attempt.url],
    ["Signature", false, "aa", "aa", "aa"],
    ["Answer", true, "500", "no answer within 10 s", "200"],
    ["Took", false, "5 ms", "5 ms", "5 ms"],
    ["content-type", true, "text/html", "–", "text/html"],
    ["server", true, "x", "–", "–"],
    ["Body", true, "no", "–", "empty"],
  ]);
});
