/** What docs/onsync-api.txt says of every answer: requestId, timestamp, headers. */
import { expect, test } from "@jest/globals";
import { type Endpoint, endpoints } from "../../../src/api/index.ts";
import { still } from "../caller.ts";
import { envelope } from "./documented.ts";

test.each(Object.entries<Endpoint>(endpoints))(
  "%s: every answer has the envelope, to whoever asks and whatever",
  async (_name, endpoint) => {
    await using api = still();
    const { key: poor } = await api.reference.control.createKey({ scopes: [] });
    await api.call("POST", "/v1/contacts", { email: "sara@example.com" });
    const path = `/v1${endpoint.path.replaceAll(/\{\w+\}/g, "x")}`;
    const bodies = endpoint.body ? [{}, { unknown: 1 }, []] : [undefined];
    for (const key of [api.reference.key, poor, "wrong", null]) {
      for (const body of bodies) {
        const answer = await api.call(endpoint.method, path, body, { key });
        expect({ status: answer.status, ...answer.body }).toMatchObject(envelope);
      }
    }
  },
);

test("every answer carries requestId and timestamp, and its headers", async () => {
  await using api = still();
  const { headers, body } = await api.call("GET", "/v1/contacts");
  expect(body).toEqual({ data: [], nextCursor: null, ...envelope });
  expect(headers.get("content-type")).toBe("application/json");
  expect(headers.get("x-request-id")).toBe(body.requestId);
  expect(headers.get("ratelimit-policy")).toBe('"org";q=1000;w=3600');
  expect(headers.get("ratelimit")).toBe('"org";r=999;t=4');
});
