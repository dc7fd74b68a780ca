import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import {
  findApiKey,
  findControlToken,
  findMcpToken,
  readLogLevel,
  readWebhookSecrets,
  requireApiKey,
} from "../../../cli/settings/environment.ts";

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

test("webhook secrets are a list, newest first, without blanks", () => {
  expect(readWebhookSecrets({ ONSYNC_WEBHOOK_SECRETS: "new, old,," })).toEqual(["new", "old"]);
  expect(readWebhookSecrets({})).toEqual([]);
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
