import { describe, expect, test } from "@jest/globals";
import { createApp, type Routes } from "../../../cli/start/app.ts";

function said(text: string) {
  return () => new Response(text);
}

function app(routes: Partial<Routes<object>> = {}) {
  const handle = createApp<object>({ page: "<h1>page</h1>", mcp: said("mcp"), listening: "127.0.0.1", ...routes });
  return async (path: string, init: RequestInit = {}, origin = "http://127.0.0.1:4000") => {
    const response = await handle(new Request(`${origin}${path}`, init), {});
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
}

const everything = { reference: said("reference"), hooks: said("hooks") };

describe("one port", () => {
  test.each([
    ["/v1/contacts", "reference"],
    ["/v1", "reference"],
    ["/_control/inbound", "reference"],
    ["/mcp", "mcp"],
    ["/hooks", "hooks"],
  ])("%s is answered by the %s", async (path, room) => {
    expect(await app(everything)(path)).toMatchObject({ status: 200, text: room });
  });

  test("/ is the page, which loads nothing and may not be framed", async () => {
    const { status, text, headers } = await app()("/");
    expect({ status, text }).toEqual({ status: 200, text: "<h1>page</h1>" });
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(headers.get("content-security-policy")).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(await app()("/", { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
    expect(await app()("/", { method: "POST" })).toMatchObject({ status: 405 });
  });

  test.each(["/favicon.ico", "/v2/contacts", "/v1contacts", "/mcphooks"])("%s is not found", async (path) => {
    expect((await app(everything)(path)).status).toBe(404);
  });

  test("with the real API there is no /v1 and no /_control, and without secrets no /hooks", async () => {
    for (const path of ["/v1/contacts", "/_control/reset"]) {
      const { status, text } = await app()(path, { method: "POST" });
      expect({ status, says: text }).toEqual({ status: 404, says: expect.stringContaining("real OnSync API") });
    }
    expect((await app()("/hooks")).text).toContain("ONSYNC_WEBHOOK_SECRETS");
  });

  test("what it refuses is refused in the API's format, since a client of the API may have asked", async () => {
    for (const answer of [
      await app()("/v1/contacts"),
      await app(everything)("/v1/contacts", {}, "http://evil.example:4000"),
      await app(everything)("/nowhere"),
    ]) {
      const { error, requestId, timestamp } = JSON.parse(answer.text);
      expect(error).toEqual({
        code: expect.stringMatching(/^(unknown_endpoint|forbidden)$/),
        message: expect.any(String),
      });
      expect(requestId).toMatch(/^req_/);
      expect(Number.isNaN(Date.parse(timestamp))).toBe(false);
      expect(answer.headers.get("x-request-id")).toBe(requestId);
    }
  });

  test.each(["http://evil.example:4000", "http://10.0.0.7:4000", "http://localhost.evil.example"])(
    "a request that names %s is refused by every room",
    async (origin) => {
      for (const path of ["/", "/v1/contacts", "/_control/reset", "/mcp", "/hooks"]) {
        expect((await app(everything)(path, {}, origin)).status).toBe(403);
      }
    },
  );

  test.each(["http://localhost:4000", "http://127.0.0.1", "http://[::1]:4000"])(
    "%s is this machine",
    async (origin) => {
      expect((await app(everything)("/mcp", {}, origin)).status).toBe(200);
    },
  );

  test("opened by --host to all addresses, any name will do", async () => {
    expect((await app({ listening: "0.0.0.0" })("/mcp", {}, "http://onsync.lan:4000")).status).toBe(200);
  });

  test("opened by --host to one address, that and the loopback's will do", async () => {
    const opened = app({ ...everything, listening: "10.0.0.7" });
    for (const origin of ["http://10.0.0.7:4000", "http://localhost:4000"]) {
      expect((await opened("/v1/contacts", {}, origin)).status).toBe(200);
    }
    expect((await opened("/v1/contacts", {}, "http://onsync.lan:4000")).status).toBe(403);
  });

  test("what fails in a room is left to the server, which answers it in the API's format", async () => {
    const fail = (): Response => {
      throw new Error("unforeseen");
    };
    await expect(app({ mcp: fail })("/mcp")).rejects.toThrow("unforeseen");
  });

  test("pages of other origins are refused by every room", async () => {
    for (const path of ["/", "/v1/contacts", "/_control/reset", "/mcp", "/hooks"]) {
      expect((await app(everything)(path, { headers: { origin: "https://evil.example" } })).status).toBe(403);
    }
  });
});
