import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { createReference, type Listening, type Reference } from "../../../reference/index.ts";
import { onsync } from "../command.ts";

let reference: Reference;
let server: Listening;
let env: Record<string, string>;

beforeAll(async () => {
  reference = await createReference();
  server = await reference.listen();
  env = { ONSYNC_BASE_URL: server.url, ONSYNC_API_KEY: reference.key };
});
beforeEach(() => reference.control.reset());
afterAll(() => reference.close());

function call(operation: string, input: unknown) {
  return onsync(["call", operation, JSON.stringify(input)], { env });
}

function failure(stderr: string) {
  return JSON.parse(stderr).error;
}

describe("onsync call", () => {
  test("runs save_contact, send_template and list_messages", async () => {
    const saved = await call("save_contact", { firstName: "Sara", phone: "+971 50 000 0000" });
    expect(saved).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(saved.stdout)).toMatchObject({ firstName: "Sara", phone: "+971500000000", created: true });

    const sent = await call("send_template", {
      to: "+971500000000",
      template: "order_follow_up",
      language: "en",
      parameters: ["Sara"],
    });
    expect(sent).toMatchObject({ code: 0, stderr: "" });
    const message = JSON.parse(sent.stdout);
    expect(message).toMatchObject({ type: "template", conversationId: "whatsapp:+971500000000" });

    const listed = await call("list_messages", { conversationId: message.conversationId });
    expect(JSON.parse(listed.stdout)).toMatchObject({ data: [{ id: message.id }], nextBefore: null });
  });

  test("prints one line to a program, and lays it out for a person", async () => {
    const line = await onsync(["call", "list_webhooks"], { env });
    expect(line.stdout).toBe('{"data":[]}\n');
    const laidOut = await onsync(["call", "list_webhooks"], { env, tty: true });
    expect(laidOut.stdout).toBe('{\n  "data": []\n}\n');
  });

  test("reads its input from stdin for -", async () => {
    const { code, stdout } = await onsync(["call", "save_contact", "-"], {
      env,
      stdin: '{"email":"sara@example.com"}\n',
    });
    expect({ code, email: JSON.parse(stdout).email }).toEqual({ code: 0, email: "sara@example.com" });
  });

  test("an error of the API is one JSON object on stderr, with exit code 1", async () => {
    const { code, stdout, stderr } = await call("send_message", {
      platform: "whatsapp",
      to: "+971500000000",
      content: "Hi",
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(failure(stderr)).toMatchObject({
      name: "WindowClosedError",
      code: "outside_messaging_window",
      message: expect.any(String),
      advice: expect.stringContaining("send_template"),
      retryable: false,
      status: 400,
      requestId: expect.stringMatching(/^req_/),
      outcome: "not_sent",
    });
    expect(stderr).not.toMatch(/"stack"|"cause"/);
  });

  test("an input that the operation does not take names the field, and costs no request", async () => {
    const { code, stderr } = await call("send_message", { platform: "whatsapp", too: "+971500000000", content: "Hi" });
    expect(code).toBe(1);
    const error = failure(stderr);
    expect(error).toMatchObject({ name: "ValidationError", code: "validation_failed", retryable: false });
    expect(error.details.map(({ path }: { path: string[] }) => path.join("."))).toEqual(["to", "too"]);
    expect(error).not.toHaveProperty("requestId");
  });

  test("an error without a code of the API's has one all the same", async () => {
    const { stderr } = await onsync(["call", "list_webhooks"], {
      env: { ...env, ONSYNC_API_KEY: "onsync_pk_test_of_somebody_else" },
    });
    expect(failure(stderr)).toMatchObject({ name: "AuthenticationError", code: "invalid_api_key", status: 401 });
    expect(stderr).not.toContain("somebody_else");
    const waiting = await onsync(["call", "wait_for_events"], { env });
    expect(failure(waiting.stderr)).toMatchObject({
      code: expect.stringMatching(/^[a-z_]+$/),
      advice: expect.any(String),
    });
  });

  test("without a key it says how to set one, and how to try without an account", async () => {
    const { code, stderr } = await onsync(["call", "get_account"]);
    expect(code).toBe(2);
    expect(failure(stderr)).toMatchObject({
      code: "no_api_key",
      advice: expect.stringMatching(/ONSYNC_API_KEY.*onsync start/s),
    });
  });

  test("an unknown operation names the nearest one and all of them", async () => {
    const { code, stdout, stderr } = await onsync(["call", "send_mesage", "{}"], { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(failure(stderr)).toMatchObject({
      code: "unknown_operation",
      message: "There is no operation send_mesage: did you mean send_message?",
      advice: expect.stringContaining("list_messages"),
    });
  });

  test("broken JSON is told with its place before any key is needed", async () => {
    const { code, stderr } = await onsync(["call", "send_message", "{to}"]);
    expect(code).toBe(2);
    expect(failure(stderr)).toMatchObject({ code: "invalid_json", message: expect.stringContaining("column 2") });
  });

  test("no operation at all points at the list", async () => {
    const { code, stderr } = await onsync(["call"]);
    expect(code).toBe(2);
    expect(failure(stderr).advice).toContain("onsync call --list");
  });

  test("--list is a table, or JSON", async () => {
    const table = await onsync(["call", "--list"]);
    expect(table.code).toBe(0);
    expect(table.stdout).toMatch(/^send_template +sends +write:messages +Send WhatsApp Template$/m);
    const json = await onsync(["call", "--list", "--json"]);
    expect(JSON.parse(json.stdout)).toContainEqual(
      expect.objectContaining({ name: "send_template", effect: "sends", scope: "write:messages" }),
    );
  });

  test("--schema prints the input's JSON Schema, and --help explains it", async () => {
    const schema = await onsync(["call", "send_template", "--schema"]);
    expect(JSON.parse(schema.stdout)).toMatchObject({ type: "object", required: ["to", "template", "language"] });
    const help = await onsync(["call", "send_template", "--help"]);
    expect(help.stdout).toContain("cannot be undone");
    expect(help.stdout).toMatch(/^ {2}template +needed +string/m);
  });

  test("a log that was asked for goes to stderr, without the key", async () => {
    // The log writes to the process's own stderr: a child shows it (processes.test.ts). Here: it is checked.
    const { code, stderr } = await onsync(["call", "list_webhooks"], { env: { ...env, ONSYNC_LOG_LEVEL: "loud" } });
    expect(code).toBe(2);
    expect(failure(stderr).message).toContain("ONSYNC_LOG_LEVEL");
  });
});
