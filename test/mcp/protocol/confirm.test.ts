/** Sends that a person confirms, over stateless HTTP: the question is an answer, and the answer comes with the next call. */
import { describe, expect, test } from "@jest/globals";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { createMcpHttp } from "../../../mcp/index.ts";
import { ledgerAt, phone, text } from "../safety/sending.ts";
import { ask, type Fetching, revision } from "./modern.ts";

const form = { elicitation: { form: {} } };
const yes = { send: { action: "accept", content: { send: true } } };

function start({ secret = "shared", now = () => Date.now() } = {}) {
  const world = phone();
  const ledger = ledgerAt(now);
  const create = () => createMcpHttp({ onsync: world.onsync, ledger, now, safety: { send: "confirm", secret } });
  return { ...world, http: create(), replica: create() };
}

async function preview(http: Fetching, args: Record<string, unknown> = text): Promise<string> {
  const { result } = await ask(http, "tools/call", { name: "send_message", arguments: args });
  return result.structuredContent.confirmToken;
}

const call = (http: Fetching, confirmToken: string, more: Record<string, unknown> = {}, capabilities: object = form) =>
  ask(http, "tools/call", { name: "send_message", arguments: { ...text, confirmToken }, ...more }, { capabilities });

test("the person is asked the whole text, and their yes sends it, on whichever replica it arrives", async () => {
  const { http, replica, sent } = start();
  const token = await preview(http);
  const { result: question } = await call(http, token);
  expect(question.resultType).toBe("input_required");
  expect(question.inputRequests.send).toMatchObject({ method: "elicitation/create", params: { mode: "form" } });
  expect(question.inputRequests.send.params.message).toContain(text.content);
  expect(sent).toEqual([]);
  const { result } = await call(replica, token, { inputResponses: yes, requestState: question.requestState });
  expect(result).toMatchObject({ resultType: "complete", structuredContent: { status: "queued" } });
  expect(sent).toHaveLength(1);
});

test("an answer that is given twice sends once", async () => {
  const { http, replica, sent } = start();
  const token = await preview(http);
  const { requestState } = (await call(http, token)).result;
  const answers = await Promise.all(
    [http, replica, http, replica].map((each) => call(each, token, { inputResponses: yes, requestState })),
  );
  expect(answers.filter(({ result }) => !result.isError)).toHaveLength(1);
  expect(sent).toHaveLength(1);
});

test.each([
  ["no", { action: "decline" }],
  ["a box that is not ticked", { action: "accept", content: { send: false } }],
  ["a box that is ticked by a word", { action: "accept", content: { send: "true" } }],
])("the person's answer sends nothing where it is %s, and the token is spent", async (_what, send) => {
  const { http, sent } = start();
  const token = await preview(http);
  const { requestState } = (await call(http, token)).result;
  const { result } = await call(http, token, { inputResponses: { send }, requestState });
  expect(result).toMatchObject({ isError: true, _meta: { "onsync/error": { code: "confirmation_refused" } } });
  const again = await call(http, token);
  expect(again.result._meta["onsync/error"].code).toBe("confirmation_used");
  expect(sent).toEqual([]);
});

test("a question that is closed without an answer sends nothing, and can be asked again", async () => {
  const { http, sent } = start();
  const token = await preview(http);
  const { requestState } = (await call(http, token)).result;
  const { result } = await call(http, token, { inputResponses: { send: { action: "cancel" } }, requestState });
  expect(result).toMatchObject({ isError: true });
  const again = (await call(http, token)).result;
  expect(again.resultType).toBe("input_required");
  await call(http, token, { inputResponses: yes, requestState: again.requestState });
  expect(sent).toHaveLength(1);
});

describe("an answer that was not asked for", () => {
  test("is no answer: the person is asked", async () => {
    const { http, sent } = start();
    const { result } = await call(http, await preview(http), { inputResponses: yes });
    expect([result.resultType, sent]).toEqual(["input_required", []]);
  });

  test.each([
    ["made up", async () => "x.y.z"],
    ["of another server", async () => (await call(other.http, await preview(other.http))).result.requestState],
    [
      "of another message",
      async (http: Fetching) => {
        const args = { ...text, content: "Another" };
        const params = { name: "send_message", arguments: { ...args, confirmToken: await preview(http, args) } };
        return (await ask(http, "tools/call", params, { capabilities: form })).result.requestState;
      },
    ],
    ["another token for the same message", async (http: Fetching) => preview(http)],
  ])("is refused where its state is %s", async (_what, getState) => {
    const { http, sent } = start();
    const requestState = await getState(http);
    const { error } = await call(http, await preview(http), { inputResponses: yes, requestState });
    expect([error?.code, sent]).toEqual([-32602, []]);
  });

  const other = start({ secret: "another" });
});

test("a question can be answered for ten minutes", async () => {
  const time = { now: Date.parse("2026-11-01T12:00:00.000Z") };
  const { http, sent } = start({ now: () => time.now });
  const token = await preview(http);
  const { requestState } = (await call(http, token)).result;
  time.now += 10 * 60_000;
  const { error } = await call(http, token, { inputResponses: yes, requestState });
  expect([error?.code, sent]).toEqual([-32602, []]);
});

test.each([
  ["that can ask nobody", {}],
  ["that can only open an address", { elicitation: { url: {} } }],
])("a host %s sends by the token alone", async (_what, capabilities) => {
  const { http, sent } = start();
  const { result } = await call(http, await preview(http), {}, capabilities);
  expect([result.resultType, sent.length]).toEqual(["complete", 1]);
});

test("the official client asks its person and sends", async () => {
  const { http, sent } = start();
  const server = await http.listen(0);
  const client = new Client(
    { name: "test", version: "1.0.0" },
    { capabilities: form, versionNegotiation: { mode: { pin: revision } } },
  );
  const asked: string[] = [];
  client.setRequestHandler("elicitation/create", ({ params }) => {
    asked.push(params.message);
    return { action: "accept", content: { send: true } };
  });
  await client.connect(new StreamableHTTPClientTransport(new URL(server.url)));
  const first = await client.callTool({ name: "send_message", arguments: text });
  const { confirmToken } = first.structuredContent as { confirmToken: string };
  const second = await client.callTool({ name: "send_message", arguments: { ...text, confirmToken } });
  expect([second.isError, asked.length, sent.length]).toEqual([undefined, 1, 1]);
  await client.close();
  await server.close();
});
