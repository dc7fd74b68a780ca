import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { buildPath, buildQuery } from "../../../src/client/wire/path.ts";
import { chooseRuns } from "../../../testing/jest/runs.ts";

const history = "/conversations/{conversationId}/messages";

describe("buildPath", () => {
  test.each([
    ["whatsapp:+971500000000", "/conversations/whatsapp%3A%2B971500000000/messages"],
    ["telegram:a/b?c#d", "/conversations/telegram%3Aa%2Fb%3Fc%23d/messages"],
    ["../contacts", "/conversations/..%2Fcontacts/messages"],
    ["%2e%2e", "/conversations/%252e%252e/messages"],
    ["...", "/conversations/.../messages"],
    ["شركة", `/conversations/${encodeURIComponent("شركة")}/messages`],
  ])("encodes %s", (conversationId, path) => {
    expect(buildPath(history, { conversationId })).toBe(path);
  });

  test.each([
    ["", "must not be empty"],
    [".", "must be an id, not ."],
    ["..", "must be an id, not .."],
    ["\ud800", "must be well-formed Unicode text"],
  ])("refuses %j, naming the parameter", (conversationId, message) => {
    expect(buildPath(history, { conversationId })).toEqual({ name: "conversationId", message });
  });

  test("refuses what is no text", () => {
    expect(buildPath("/contacts/{id}", { id: undefined as unknown as string })).toEqual({
      name: "contactId",
      message: "must not be empty",
    });
  });

  test("property: no id leaves its path, and a server reads back what was given", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "binary" }), (id) => {
        const path = buildPath("/contacts/{id}", { id });
        fc.pre(typeof path === "string");
        const { pathname, search, hash } = new URL(`https://api.example.com/v1${path}`);
        const parts = pathname.split("/");
        expect(parts.slice(0, 3)).toEqual(["", "v1", "contacts"]);
        expect(parts).toHaveLength(4);
        expect(decodeURIComponent(parts[3] as string)).toBe(id);
        expect(search + hash).toBe("");
      }),
      { numRuns: chooseRuns(500) },
    );
  });
});

describe("buildQuery", () => {
  test("encodes values and leaves out what is undefined", () => {
    expect(buildQuery({ phone: "+971500000000", limit: 5, cursor: undefined })).toBe("?phone=%2B971500000000&limit=5");
    expect(buildQuery({ cursor: undefined })).toBe("");
  });
});
