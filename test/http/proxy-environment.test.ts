/** Which proxy the environment's variables name. */
import { describe, expect, test } from "@jest/globals";
import { type UndiciTransportOptions, undiciTransport } from "../../src/client/transport/undici.ts";
import { readProxies } from "../../src/http/proxy.ts";
import { api, closeAfterEach, host, open, proxied } from "../../testing/network/through-proxy.ts";

closeAfterEach();

describe("the environment", () => {
  test("is not asked unless told to", async () => {
    const { port, reached } = await api(false);
    const proxy = await proxied();
    const environment = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url };
    for (const options of [{ environment }, { proxy: false as const, environment }])
      await open(options)(`http://127.0.0.1:${port}/`);
    expect([reached.length, proxy.seen]).toEqual([2, []]);
  });

  test("has no say where a URL is given, which is taken always", async () => {
    const { port } = await api(false);
    const proxy = await proxied();
    const environment = { HTTP_PROXY: "http://127.0.0.1:1", NO_PROXY: "*" };
    await open({ proxy: proxy.url, environment })(`http://127.0.0.1:${port}/`);
    expect(proxy.seen).toEqual([`GET http://127.0.0.1:${port}/`]);
  });

  test.each(["HTTP_PROXY", "http_proxy"])("%s is for http, loopback as well, and has the whole URL", async (name) => {
    const { port, reached } = await api(false);
    const proxy = await proxied();
    const get = open({ proxy: "environment", environment: { [name]: proxy.url } });
    expect((await get(`http://127.0.0.1:${port}/v1/me?limit=1`)).status).toBe(200);
    expect(proxy.seen).toEqual([`GET http://127.0.0.1:${port}/v1/me?limit=1`]);
    expect(reached).toHaveLength(1);
  });

  test.each(["HTTPS_PROXY", "https_proxy", "HTTP_PROXY"])("%s is for https", async (name) => {
    const { port, reached } = await api(true);
    const proxy = await proxied({ hosts: { [host]: port } });
    const get = open({ proxy: "environment", environment: { [name]: `127.0.0.1:${proxy.port}` } });
    expect((await get(`https://${host}/`)).status).toBe(200);
    expect([proxy.seen, reached.length]).toEqual([[`CONNECT ${host}:443`], 1]);
  });

  test("HTTPS_PROXY is for https alone, and lower case comes before upper", async () => {
    const { port } = await api(false);
    const proxy = await proxied();
    const direct = `http://127.0.0.1:${port}/`;
    await open({ proxy: "environment", environment: { HTTPS_PROXY: proxy.url } })(direct);
    await open({ proxy: "environment", environment: { http_proxy: "", HTTP_PROXY: proxy.url } })(direct);
    await open({ proxy: "environment", environment: { HTTP_PROXY: proxy.url, no_proxy: "*", NO_PROXY: "" } })(direct);
    expect(proxy.seen).toEqual([]);
    await open({ proxy: "environment", environment: { http_proxy: proxy.url, HTTP_PROXY: "http://127.0.0.1:1" } })(
      direct,
    );
    expect(proxy.seen).toHaveLength(1);
  });

  test.each([
    ["127.0.0.1", true],
    ["127.0.0.1:PORT", true],
    ["127.0.0.1:1", false],
    ["*", true],
    ["example.com, *", true],
    [".0.0.1", true],
    ["0.0.1", true],
    ["*.0.0.1", true],
    ["27.0.0.1", false],
    ["example.com localhost 127.0.0.1", true],
    ["localhost", false],
    // undici knows no address ranges.
    ["127.0.0.0/8", false],
    ["", false],
  ])("with NO_PROXY=%j the request goes past the proxy: %p", async (list, without) => {
    const { port, reached } = await api(false);
    const proxy = await proxied();
    const NO_PROXY = list.replace("PORT", String(port));
    await open({ proxy: "environment", environment: { HTTP_PROXY: proxy.url, NO_PROXY } })(`http://127.0.0.1:${port}/`);
    expect([reached.length, proxy.seen.length]).toEqual([1, without ? 0 : 1]);
  });

  test.each(["not a url", "socks5://127.0.0.1:1080", "http://", "http://user:%zz-hidden@proxy:1", "ftp://x"])(
    "%j is refused at once, by name and without its value",
    (value) => {
      const thrown = (options: UndiciTransportOptions) => {
        try {
          undiciTransport(options);
        } catch (error) {
          return error as Error;
        }
        return undefined;
      };
      const wrong = "must be the URL of an http or https proxy";
      for (const [name, options] of [
        ["https_proxy", { proxy: "environment", environment: { https_proxy: value } }],
        ["HTTP_PROXY", { proxy: "environment", environment: { HTTP_PROXY: value } }],
        ["proxy", { proxy: value }],
      ] as const) {
        const error = thrown(options);
        expect(error).toMatchObject({ name: "ValidationError", message: expect.stringContaining(`${name} ${wrong}`) });
        expect(error?.message).not.toContain("hidden");
      }
    },
  );

  test("without HTTP_PROXY and HTTPS_PROXY there is no proxy", () => {
    expect(readProxies({ proxy: "environment", environment: { NO_PROXY: "x", HTTPS_PROXY: " " } }, Error)).toBeNull();
  });
});
