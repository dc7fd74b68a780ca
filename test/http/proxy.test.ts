/** Through real proxies, to real servers; the judges are the proxy's and the server's own lists of what came. */
import { describe, expect, test } from "@jest/globals";
import { undiciTransport } from "../../src/client/transport/undici.ts";
import { api, closeAfterEach, host, key, open, proxied } from "../../testing/network/through-proxy.ts";

closeAfterEach();

describe("https through a proxy", () => {
  test("goes through a tunnel that is kept, and the proxy learns the host alone", async () => {
    const { port, reached } = await api(true);
    const proxy = await proxied({ hosts: { [host]: port } });
    const get = open({ proxy: proxy.url });
    for (let count = 0; count < 5; count++) expect((await get(`https://${host}/v1/me`)).status).toBe(200);
    expect(reached).toEqual(Array.from({ length: 5 }, () => `GET /v1/me Bearer ${key}`));
    expect(new Set(proxy.seen)).toEqual(new Set([`CONNECT ${host}:443`]));
    // The second request may start before undici has taken the first connection back.
    expect(proxy.seen.length).toBeLessThanOrEqual(2);
    expect(proxy.heard).not.toMatch(/authorization|\/v1/i);
  });

  test("shows the proxy its user and password, decoded", async () => {
    const { port, reached } = await api(true);
    const proxy = await proxied({ hosts: { [host]: port }, credentials: "user@corp:p:ss w%rd" });
    const url = new URL(proxy.url);
    url.username = encodeURIComponent("user@corp");
    url.password = encodeURIComponent("p:ss w%rd");
    for (const option of [url, url.href]) expect((await open({ proxy: option })(`https://${host}/`)).status).toBe(200);
    expect(reached).toHaveLength(2);
  });

  test("also where the proxy itself speaks TLS", async () => {
    const { port, reached } = await api(true);
    const proxy = await proxied({ hosts: { [host]: port }, secure: true });
    expect((await open({ proxy: proxy.url })(`https://${host}/v1/me`)).status).toBe(200);
    expect([reached.length, proxy.seen]).toEqual([1, [`CONNECT ${host}:443`]]);
  });

  test("thirty at once use no more tunnels than connections are allowed", async () => {
    const { port, reached } = await api(true);
    const proxy = await proxied({ hosts: { [host]: port } });
    const get = open({ proxy: proxy.url, connections: 3 });
    await Promise.all(Array.from({ length: 30 }, () => get(`https://${host}/`)));
    expect(reached).toHaveLength(30);
    expect(proxy.seen.length).toBeLessThanOrEqual(3);
  });
});

test("closing waits for what is under way, and leaves no connection", async () => {
  const { port } = await api(true);
  const proxy = await proxied({ hosts: { [host]: port } });
  const transport = undiciTransport({ proxy: proxy.url });
  const answer = transport({
    method: "GET",
    url: `https://${host}/`,
    headers: {},
    signal: new AbortController().signal,
  });
  await new Promise((resolve) => setImmediate(resolve));
  await transport.close();
  expect((await answer).status).toBe(200);
});
