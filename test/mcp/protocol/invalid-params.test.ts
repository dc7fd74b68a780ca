/** Params that the protocol does not have are the host's mistake, in both eras, and told in a sentence. */
import { expect, test } from "@jest/globals";
import { post, serve } from "../http/requests.ts";
import { ask } from "./modern.ts";

const wrong = [
  ["tools/list", { cursor: null }, "params.cursor"],
  ["prompts/get", { name: "reply_to_customer", arguments: { conversationId: 5 } }, "params.arguments.conversationId"],
  ["resources/read", { uri: [] }, "params.uri"],
  ["completion/complete", { ref: {}, argument: null }, "params.ref"],
] as const;

test.each(wrong)("%s with %j is answered with -32602, which names %s", async (method, params, name) => {
  const old = await serve().fetch(post({}, { jsonrpc: "2.0", id: 1, method, params }));
  const answers = [(await old.json()) as { error?: object }, await ask(serve(), method, params)];
  for (const { error } of answers)
    expect(error).toMatchObject({
      code: -32602,
      message: expect.stringContaining(`Invalid params for ${method}: ${name}`),
    });
});

test("initialize without params is answered with -32602", async () => {
  const answer = await serve().fetch(post({}, { jsonrpc: "2.0", id: 1, method: "initialize", params: {} }));
  expect(await answer.json()).toMatchObject({ error: { code: -32602 } });
});
