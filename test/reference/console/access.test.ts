/** Who may have the console, and who is given the control token. */
import { describe, expect, test } from "@jest/globals";
import { consoleRoutes } from "../../../reference/console/routes.ts";
import { createReference, type Reference } from "../../../reference/index.ts";
import { bearer, get, open, origin, post, text } from "./requests.ts";

describe("who may have it", () => {
  const paths = ["/", "/_console/overview", "/_console/live", "/_console/files/app.js"];

  test.each(paths)("%s is not there without control", async (path) => {
    const reference = createReference();
    const { status, body } = await get(reference, path);
    expect([status, body]).toEqual([
      404,
      expect.objectContaining({ error: expect.objectContaining({ code: "unknown_endpoint" }) }),
    ]);
    await reference.close();
  });

  test.each(paths)("%s is refused on a foreign Host, to a foreign origin and from elsewhere", async (path) => {
    const reference = open();
    for (const headers of [
      { host: "evil.example" } as Record<string, string>,
      { host: "127.0.0.1.evil.example" },
      { origin: "https://evil.example" },
      { origin: "null" },
    ]) {
      const { status, body } = await get(reference, path, headers);
      expect([headers, status]).toEqual([headers, 403]);
      expect(body.error).toMatchObject({
        code: "forbidden",
        message: expect.stringContaining("loopback requests only"),
      });
    }
    const foreignName = await reference.fetch(new Request(`http://evil.example${path}`));
    expect(foreignName.status).toBe(403);
    const elsewhere = { incoming: { headers: { host: "127.0.0.1" }, socket: { remoteAddress: "10.0.0.7" } } };
    expect((await reference.fetch(new Request(origin + path), elsewhere as never)).status).toBe(403);
    await reference.close();
  });

  test.each(paths.slice(1))("%s is not for the pages of another site, even without an Origin header", async (path) => {
    const reference = open();
    for (const site of ["cross-site", "same-site"]) {
      expect((await get(reference, path, { "sec-fetch-site": site })).status).toBe(403);
    }
    await reference.close();
  });

  test("a link to the console works, a form of another site does not", async () => {
    const reference = open();
    const linked = await reference.fetch(new Request(`${origin}/`, { headers: { "sec-fetch-site": "cross-site" } }));
    expect(linked.status).toBe(200);
    const { status } = await post(reference, "/_console/messages", text, { origin: "http://127.0.0.1:9999" });
    expect(status).toBe(403);
    const form = await reference.fetch(
      new Request(`${origin}/_console/messages`, {
        method: "POST",
        headers: bearer(reference),
        body: new URLSearchParams({ a: "b" }),
      }),
    );
    expect(form.status).toBe(415);
    await reference.close();
  });

  test("its page and files run nothing that is not theirs", async () => {
    const reference = open();
    for (const path of ["/", "/_console/files/app.js", "/_console/files/styles/tones.css"]) {
      const { headers, status } = await reference.fetch(new Request(origin + path));
      expect([path, status]).toEqual([path, 200]);
      expect(headers.get("content-security-policy")).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;/,
      );
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
    for (const path of [
      "/_console/files/../index.ts",
      "/_console/files/%2e%2e/index.ts",
      "/_console/files/index.html",
      "/_console/files/",
    ]) {
      expect([path, (await get(reference, path)).status]).toEqual([path, 404]);
    }
    expect((await reference.fetch(new Request(`${origin}/`, { method: "POST" }))).status).toBe(405);
    await reference.close();
  });
});

describe("the control token", () => {
  const opened = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "sec-fetch-site": "none" };
  const pageOf = async (reference: Reference, headers: Record<string, string>) =>
    (await reference.fetch(new Request(`${origin}/`, { headers }))).text();

  test("is in the page that a person opens, and in no answer that a script or a program is given", async () => {
    const reference = open();
    const { controlToken } = reference;
    expect(await pageOf(reference, opened)).toContain(`content="${controlToken}"`);
    for (const headers of [
      {},
      { "sec-fetch-mode": "cors", "sec-fetch-dest": "empty", "sec-fetch-site": "same-origin" },
      { "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script", "sec-fetch-site": "cross-site" },
      { ...opened, "sec-fetch-dest": "iframe" },
      { ...opened, host: "evil.example" },
      { ...opened, origin: "https://evil.example" },
      { ...opened, "x-forwarded-for": "203.0.113.9" },
      { ...opened, "user-agent": "OnSync-Webhooks/1.0" },
    ]) {
      expect(await pageOf(reference, headers as Record<string, string>)).not.toContain(controlToken);
    }
    for (const { path, method } of consoleRoutes.filter((route) => route.method === "GET")) {
      const response = await reference.fetch(
        new Request(`${origin}/_console${path}`, { method, headers: bearer(reference) }),
      );
      expect(await response.text()).not.toContain(controlToken);
    }
    await reference.close();
  });

  test("is asked for by every route of its data", async () => {
    const reference = open();
    for (const { path, method } of consoleRoutes) {
      for (const headers of [{}, { authorization: `Bearer ${reference.key}` }] as Record<string, string>[]) {
        const { status } = await reference.fetch(new Request(`${origin}/_console${path}`, { method, headers }));
        expect([method, path, status]).toEqual([method, path, 401]);
      }
    }
    await reference.close();
  });
});
