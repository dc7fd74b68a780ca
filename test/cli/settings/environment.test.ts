import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import {
  findApiKey,
  findApprovalToken,
  findControlToken,
  findForwardSecret,
  findMcpToken,
  findMetricsToken,
  findPort,
  findRedisPassword,
  findSecret,
  readLogLevel,
  readWebhookSecrets,
  requireApiKey,
  secretVariables,
} from "../../../cli/settings/environment.ts";
import { onsync } from "../command.ts";

const folder = mkdtempSync(join(tmpdir(), "onsync-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string): string {
  const path = join(folder, "key");
  writeFileSync(path, content);
  return path;
}

describe("the API key", () => {
  test("is taken from ONSYNC_API_KEY, without the white space around it", () => {
    expect(findApiKey({ ONSYNC_API_KEY: " onsync_pk_live_1\n" })).toEqual({
      apiKey: "onsync_pk_live_1",
      from: "ONSYNC_API_KEY",
    });
  });

  test("is taken from the file that ONSYNC_API_KEY_FILE names", () => {
    const path = file("onsync_pk_live_2\n");
    expect(findApiKey({ ONSYNC_API_KEY_FILE: path })).toEqual({
      apiKey: "onsync_pk_live_2",
      from: `ONSYNC_API_KEY_FILE (${path})`,
    });
  });

  test("an empty variable counts as not set", () => {
    expect(findApiKey({ ONSYNC_API_KEY: "", ONSYNC_API_KEY_FILE: " " })).toBeNull();
    expect(findApiKey({ ONSYNC_API_KEY: "", ONSYNC_API_KEY_FILE: file("k") })?.apiKey).toBe("k");
  });

  test("from both is an error, and so is a file that is empty or cannot be read", () => {
    expect(() => findApiKey({ ONSYNC_API_KEY: "k", ONSYNC_API_KEY_FILE: file("k") })).toThrow(/both set/);
    expect(() => findApiKey({ ONSYNC_API_KEY_FILE: file(" \n") })).toThrow(/is empty/);
    expect(() => findApiKey({ ONSYNC_API_KEY_FILE: join(folder, "none") })).toThrow(
      /none, which cannot be read \(ENOENT\)/,
    );
  });

  test("where it is needed and missing, the error says how to set one and how to try without", () => {
    expect(() => requireApiKey({})).toThrow(
      expect.objectContaining({
        code: "no_api_key",
        advice: expect.stringMatching(/ONSYNC_API_KEY .*`onsync start`/s),
      }),
    );
  });
});

describe.each(secretVariables)("%s", (name) => {
  const secret = "a-secret-of-sixteen-or-more";

  test("may be in a file, whose white space at the ends does not count", () => {
    const path = file(` ${secret}\n`);
    expect(findSecret({ [`${name}_FILE`]: path }, name)).toEqual({
      value: secret,
      from: `${name}_FILE (${path})`,
      file: path,
    });
    expect(findSecret({ [name]: secret }, name)).toEqual({ value: secret, from: name });
    expect(findSecret({}, name)).toBeNull();
  });

  test("in both, in an empty file and in one that is not there is an error that shows none", () => {
    const wrong: [Record<string, string>, RegExp][] = [
      [{ [name]: secret, [`${name}_FILE`]: file(secret) }, /are both set/],
      [{ [`${name}_FILE`]: file("\n") }, /is empty/],
      [{ [`${name}_FILE`]: join(folder, "none") }, /none, which cannot be read \(ENOENT\)/],
    ];
    for (const [env, message] of wrong) {
      expect(() => findSecret(env, name)).toThrow(message);
      expect(() => findSecret(env, name)).not.toThrow(secret);
    }
  });
});

test("everything that commands take from a variable of a secret may come from a file", () => {
  const inFile = (name: string) => ({ [`${name}_FILE`]: file("a-secret-of-sixteen-or-more") });
  const value = "a-secret-of-sixteen-or-more";
  expect([
    findApiKey(inFile("ONSYNC_API_KEY"))?.apiKey,
    ...readWebhookSecrets(inFile("ONSYNC_WEBHOOK_SECRETS")),
    findForwardSecret(inFile("ONSYNC_FORWARD_SECRET")),
    findRedisPassword(inFile("ONSYNC_REDIS_PASSWORD")),
    findMcpToken(inFile("ONSYNC_MCP_TOKEN")),
    findApprovalToken(inFile("ONSYNC_APPROVAL_TOKEN")),
    findControlToken(inFile("ONSYNC_CONTROL_TOKEN")),
    findMetricsToken(inFile("ONSYNC_METRICS_TOKEN")),
    // The keys of those who sign in: test/cli/mcp/oauth.test.ts.
  ]).toEqual(Array(secretVariables.length - 1).fill(value));
});

test("every variable that the help calls a key, a secret, a password or a token is one of these", async () => {
  const { stdout } = await onsync(["--help"]);
  const named = [...stdout.matchAll(/^ {2}(ONSYNC_\w+) +(.*)$/gm)]
    .filter(([, , meaning]) => /\b(?:key|secrets?|password|token|opens|signs)\b/.test(meaning ?? ""))
    .map(([, name]) => name);
  expect(new Set(secretVariables)).toEqual(new Set([...named, "ONSYNC_OAUTH_KEYS"]));
});

test("webhook secrets are a list, newest first, without blanks; in a file also line by line", () => {
  expect(readWebhookSecrets({ ONSYNC_WEBHOOK_SECRETS: "new, old,," })).toEqual(["new", "old"]);
  expect(readWebhookSecrets({ ONSYNC_WEBHOOK_SECRETS_FILE: file("new\r\n\nold\n") })).toEqual(["new", "old"]);
  expect(readWebhookSecrets({})).toEqual([]);
});

test("PORT is a port, and nothing else is taken for one", () => {
  expect([findPort({}), findPort({ PORT: " " }), findPort({ PORT: "8080" }), findPort({ PORT: "0" })]).toEqual([
    undefined,
    undefined,
    8080,
    0,
  ]);
  for (const PORT of ["65536", "-1", "80a", "tcp://10.0.0.1:4030"])
    expect(() => findPort({ PORT })).toThrow(/^PORT is ".*": give a whole number from 0 to 65535/);
});

test("the log level is one of pino's, in any case", () => {
  expect(readLogLevel({ ONSYNC_LOG_LEVEL: "DEBUG" }, "info")).toBe("debug");
  expect(readLogLevel({}, "warn")).toBe("warn");
  expect(() => readLogLevel({ ONSYNC_LOG_LEVEL: "verbose" }, "info")).toThrow(/"verbose".*trace, debug, info/);
});

test("an empty MCP token is none", () => {
  expect(findMcpToken({ ONSYNC_MCP_TOKEN: " " })).toBeUndefined();
});

describe("the control token", () => {
  test("is ONSYNC_CONTROL_TOKEN, where it is set", () => {
    expect(findControlToken({})).toBeUndefined();
    expect(findControlToken({ ONSYNC_CONTROL_TOKEN: " sixteen-letters-\n" })).toBe("sixteen-letters-");
  });

  test.each(["short", "fifteen-letters", "it has white space in it"])(
    "%j is refused, without being shown, and with what to do",
    (token) => {
      const read = () => findControlToken({ ONSYNC_CONTROL_TOKEN: token });
      expect(read).toThrow(/ONSYNC_CONTROL_TOKEN must have at least 16 characters.*openssl rand/);
      expect(read).not.toThrow(token);
    },
  );
});
