/** Which server the served document names: the one that serves it, whatever somebody puts into a header. */
import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createReference, type Reference } from "../../../reference/index.ts";

const documented = "https://api.onsync.com/v1";

async function readServers(reference: Reference, url: string, headers: Record<string, string> = {}) {
  const answer = await reference.fetch(new Request(`${url}/v1/openapi.json`, { headers }));
  return ((await answer.json()) as { servers: unknown }).servers;
}

describe("in process", () => {
  const reference = createReference({ allowedHosts: ["onsync.example.com"] });
  afterAll(() => reference.close());

  test.each([
    "http://127.0.0.1:4000",
    "http://localhost:4000",
    "http://[::1]:4000",
    "http://10.1.2.3:8080",
    "http://devbox:4000",
    "http://onsync.example.com",
  ])("asked as %s it names that", async (url) => {
    expect(await readServers(reference, url)).toEqual([{ url: `${url}/v1` }]);
  });

  test.each<[string, string, Record<string, string>]>([
    ["a name somebody owns", "http://evil.example", {}],
    ["a name somebody owns in the header", "http://127.0.0.1:4000", { host: "evil.example" }],
    ["a name that begins like this machine's", "http://127.0.0.1.evil.example", {}],
    ["a name with a password before it", "http://127.0.0.1:4000", { host: "127.0.0.1@evil.example" }],
    ["an address in the target that is not the header's", "http://evil.example", { host: "127.0.0.1" }],
  ])("asked by %s it names OnSync's own address", async (_title, url, headers) => {
    expect(await readServers(reference, url, headers)).toEqual([{ url: documented }]);
  });

  test("what a proxy adds changes nothing", async () => {
    const headers = {
      "x-forwarded-host": "evil.example",
      forwarded: "host=evil.example",
      "x-forwarded-proto": "https",
    };
    expect(await readServers(reference, "http://127.0.0.1:4000", headers)).toEqual([
      { url: "http://127.0.0.1:4000/v1" },
    ]);
  });
});

describe("over a port", () => {
  const reference = createReference();
  let port: number;
  beforeAll(async () => {
    port = (await reference.listen()).port;
  });
  afterAll(() => reference.close());

  const ask = (host: string) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      httpRequest({ port, host: "127.0.0.1", path: "/v1/openapi.json", headers: { host } }, async (answer) => {
        const chunks: Buffer[] = [];
        for await (const chunk of answer) chunks.push(chunk as Buffer);
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
      })
        .on("error", reject)
        .end();
    });

  test("the server it names is the one that answered, and can be called there", async () => {
    const { text } = await ask(`localhost:${port}`);
    const [server] = (JSON.parse(text) as { servers: { url: string }[] }).servers;
    expect(server?.url).toBe(`http://localhost:${port}/v1`);
    const answer = await fetch(`http://127.0.0.1:${port}/v1/me`, {
      headers: { Authorization: `Bearer ${reference.key}` },
    });
    expect(answer.status).toBe(200);
  });

  test("a forged Host is given no document at all", async () => {
    const { status, text } = await ask("evil.example");
    expect(status).toBe(403);
    expect(text).not.toContain("servers");
    expect(text).not.toContain("evil.example");
  });
});
