/** Several orgs on one server, each by its own OnSync key. */
import { expect, test } from "@jest/globals";
import { createMcpHttp, keyHeader } from "../../../mcp/index.ts";
import { createReference } from "../../../reference/index.ts";
import { createOnSync, type OnSync } from "../../../src/client/index.ts";
import { fetchTransport } from "../../../src/client/transport/fetch.ts";
import { scripted } from "../session.ts";
import { post, serve } from "./requests.ts";

const world = async () => {
  const reference = createReference();
  const other = await reference.control.createOrg({ name: "Other" });
  const { key } = await reference.control.createKey({ orgId: other.id });
  const onsyncForKey = (apiKey: string): OnSync =>
    createOnSync({
      apiKey,
      baseUrl: "http://127.0.0.1/v1",
      transport: fetchTransport((request) => reference.fetch(request)),
    });
  return { reference, keys: [reference.key, key] as const, onsyncForKey };
};
const account = async (http: ReturnType<typeof createMcpHttp>, key?: string) => {
  const call = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "get_account", arguments: {} } };
  const response = await http.fetch(post(key === undefined ? {} : { [keyHeader]: key }, call));
  return { status: response.status, text: await response.text() };
};

test("each request is answered for its own key", async () => {
  const { reference, keys, onsyncForKey } = await world();
  const http = createMcpHttp({ onsyncForKey });
  const answers = await Promise.all([0, 1, 0, 1].map((index) => account(http, keys[index])));
  expect(answers.map(({ text }) => /Org (\w+)/.exec(text)?.[1])).toEqual(["default", "Other", "default", "Other"]);
  for (const { text } of answers) for (const key of keys) expect(text).not.toContain(key);
  expect((await account(http, "onsync_pk_test_wrong")).text).toContain("invalid_api_key");
  await reference.close();
});

test("a request without a key is refused, unless the server has its own", async () => {
  const { reference, onsyncForKey, keys } = await world();
  expect((await account(createMcpHttp({ onsyncForKey }))).status).toBe(401);
  const own = createMcpHttp({ onsyncForKey, onsync: onsyncForKey(keys[1]) });
  expect((await account(own)).text).toContain("Org Other");
  expect((await account(own, keys[0])).text).toContain("Org default");
  await reference.close();
});

test("a key is never ignored, and must look like one", async () => {
  expect((await account(serve(), "onsync_pk_live_x")).status).toBe(400);
  const http = createMcpHttp({ onsyncForKey: () => scripted({}) });
  for (const key of ["", "two keys", "x".repeat(513)]) expect((await account(http, key)).status).toBe(400);
  expect(() => createMcpHttp({})).toThrow("onsyncForKey");
});
