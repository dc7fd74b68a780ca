/** Which requests are listed. */
import { expect, test } from "@jest/globals";
import { filterRequests, type RequestsQuery } from "../../../../reference/console/requests/filter.ts";
import type { LoggedRequest } from "../../../../reference/console/requests/log.ts";

function entry(requestId: string, of: Partial<LoggedRequest>): LoggedRequest {
  return {
    at: "2026-01-01T00:00:00.000Z",
    requestId,
    method: "GET",
    path: "/v1/me",
    status: 200,
    durationMs: 3,
    keyPrefix: "onsync_pk_test_aaaa",
    orgId: "org_1",
    client: "curl/8",
    remaining: 999,
    error: null,
    fault: null,
    ...of,
  };
}

const requests = [
  entry("a", { path: "/v1/contacts?query=Sara%20H" }),
  entry("b", { method: "POST", path: "/v1/messaging/send", status: 503, fault: "answered 503" }),
  entry("c", {
    path: "/v1/contacts/contact_1",
    status: 404,
    error: { code: "not_found", message: "No such contact." },
  }),
  entry("d", { path: "/v1/webhooks", status: 401, keyPrefix: "onsync_pk_live_nobo", orgId: null }),
  entry("e", { path: "/v1/conversations/whatsapp:1/messages", client: null, keyPrefix: null, status: 429 }),
];

test.each<[RequestsQuery, string]>([
  [{}, "abcde"],
  [{ method: "POST" }, "b"],
  [{ path: "/v1/contacts" }, "a"],
  [{ path: "/v1/contacts/*" }, "c"],
  [{ path: "/v1/conversations/*/messages" }, "e"],
  [{ path: "/v1" }, ""],
  [{ outcome: "succeeded" }, "a"],
  [{ outcome: "errors" }, "bcde"],
  [{ outcome: "4xx" }, "cde"],
  [{ outcome: "5xx" }, "b"],
  [{ outcome: "faults" }, "b"],
  [{ status: 429 }, "e"],
  [{ key: "onsync_pk_live_nobo" }, "d"],
  [{ words: "sara h" }, "a"],
  [{ words: "CONTACT such" }, "c"],
  [{ words: "contact", outcome: "succeeded" }, "a"],
  [{ words: "  " }, "abcde"],
])("%j finds %s", (query, found) => {
  expect(
    filterRequests(requests, query)
      .map(({ requestId }) => requestId)
      .join(""),
  ).toBe(found);
});
