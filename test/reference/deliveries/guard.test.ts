/** Where deliveries may go: judged by the address that is connected to, whatever the URL calls it. */
import { once } from "node:events";
import { createServer } from "node:http";
import { describe, expect, test } from "@jest/globals";
import { createReference } from "../../../reference/index.ts";
import { classifyAddress } from "../../../src/http/addresses.ts";
import { call } from "../caller.ts";
import { arrived, deliver, getPort, other, own, ownAddresses, resolvesTo } from "./guarded-servers.ts";

describe("the server that makes the deliveries", () => {
  test.each([
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "2130706433",
    "017700000001",
    "①②⑦.⓪.⓪.①",
    "127.0.0.1.",
    "%31%32%37.0.0.1",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:7f00:0001]",
    "localhost",
    "LOCALHOST",
    "ｌocalhost",
    ...ownAddresses,
  ])("is not reached as %s", async (host) => {
    await expect(deliver(`http://${host}:${getPort(own)}/_control/reset`)).rejects.toThrow(
      "deliveries never go to the server that makes them",
    );
    expect(arrived).toEqual([]);
  });

  test.each([
    "0.0.0.0",
    "0",
    "0x0",
    "[::]",
    "[::ffff:0.0.0.0]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
  ])("is not reached as %s, at any port", async (host) => {
    for (const server of [own, other]) {
      await expect(deliver(`http://${host}:${getPort(server)}/`)).rejects.toThrow("deliveries never go to");
    }
    expect(arrived).toEqual([]);
  });

  test("is not reached by a name that leads to it when the delivery is made", async () => {
    const { resolve, asked } = resolvesTo(["127.0.0.1"]);
    // Some machines know localhost with the dot as well.
    for (const name of ["hooks.example.com", "localhost."]) {
      const delivery = deliver(`http://${name}:${getPort(own)}/`, { resolve });
      await expect(delivery).rejects.toThrow("the server that makes them");
    }
    expect(asked).toEqual(["hooks.example.com", "localhost."]);
  });

  test("is not reached by a name that has it among other addresses", async () => {
    for (const answer of [["198.51.100.7", "::1"], ["127.0.0.1", "127.0.0.2"], ["::ffff:127.0.0.1"]]) {
      const { resolve } = resolvesTo(answer);
      const delivery = deliver(`http://hooks.example.com:${getPort(own)}/`, { resolve });
      await expect(delivery).rejects.toThrow("the server that makes them");
    }
    expect(arrived).toEqual([]);
  });

  test("is not reached by a name that leads elsewhere first: what was judged is what is connected to", async () => {
    // Asked twice, the name would give another address the second time.
    const { resolve, asked } = resolvesTo(["127.0.0.2"], ["127.0.0.1"]);
    await deliver(`http://rebound.example:${getPort(other)}/`, { resolve });
    expect(asked).toEqual(["rebound.example"]);
    expect(arrived).toEqual(["::ffff:127.0.0.2"]);
    await expect(deliver(`http://rebound.example:${getPort(own)}/`, { resolve })).rejects.toThrow();
  });

  test("is not reached by a redirect, which is not followed", async () => {
    const bouncing = createServer((request, response) => {
      request.resume();
      response.writeHead(308, { Location: `http://127.0.0.1:${getPort(own)}/_control/reset` }).end();
    }).listen(0, "127.0.0.1");
    await once(bouncing, "listening");
    expect(await deliver(`http://127.0.0.1:${getPort(bouncing)}/`)).toMatchObject({ status: 308 });
    expect(arrived).toEqual([]);
    bouncing.close();
  });
});

describe("what never receives webhooks", () => {
  const literals = [
    "169.254.169.254",
    "169.254.170.2",
    "0xa9fea9fe",
    "2852039166",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[fd00:ec2::254]",
    "[fd20:ce::254]",
    "[fe80::1]",
    "[febf::1]",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "224.0.0.1",
    "255.255.255.255",
    "[ff02::1]",
    "240.0.0.1",
  ];
  test.each(literals)("%s is refused, though private addresses are allowed", async (host) => {
    await expect(deliver(`http://${host}/latest/meta-data/`)).rejects.toThrow("deliveries never go to");
  });

  test.each([
    "metadata.google.internal",
    "METADATA.google.internal.",
    "metadata.goog",
    "metadata",
    "instance-data.ec2.internal",
  ])("%s is refused by its name, without a look at what it resolves to", async (host) => {
    const { resolve, asked } = resolvesTo(["198.51.100.7"]);
    await expect(deliver(`http://${host}/computeMetadata/v1/`, { resolve })).rejects.toThrow("metadata service");
    expect(asked).toEqual([]);
  });

  test("a name that leads to such an address is refused", async () => {
    for (const address of ["169.254.169.254", "fd00:ec2::254", "::ffff:169.254.169.254", "fe80::1"]) {
      const { resolve } = resolvesTo([address]);
      await expect(deliver("http://hooks.example.com/", { resolve })).rejects.toThrow("deliveries never go to");
    }
  });
});

describe("where others can reach the server", () => {
  const open = { allowsPrivate: () => false };
  test.each([
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "198.18.0.1",
    "192.0.2.1",
    "127.0.0.1",
    "127.1",
    "[::1]",
    "[fc00::1]",
    "[fdff::1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:c0a8:101]",
    "localhost",
    ...ownAddresses,
  ])("%s is refused, at any port", async (host) => {
    await expect(deliver(`http://${host}:${getPort(other)}/`, open)).rejects.toThrow("--allow-private-webhooks");
    expect(arrived).toEqual([]);
  });

  test("a name that leads to a private network is refused, a public one is not", async () => {
    const inside = deliver("http://hooks.example.com/", {
      ...open,
      resolve: resolvesTo(["8.8.8.8", "10.0.0.7"]).resolve,
    });
    await expect(inside).rejects.toThrow("--allow-private-webhooks");
    for (const address of ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
      expect(classifyAddress(address)).toBe("public");
  });

  test("the reference refuses them unless it is told to allow them, and on the loopback it allows them", async () => {
    const url = `http://127.0.0.1:${getPort(other)}/`;
    const outcome = async (host: string, allowPrivateWebhooks?: boolean) => {
      const reference = createReference(allowPrivateWebhooks === undefined ? {} : { allowPrivateWebhooks });
      await reference.listen(0, host);
      await call(reference, "POST", "/v1/webhooks", { url, events: ["contact.created"] });
      await call(reference, "POST", "/v1/contacts", { phone: "+971500000000" });
      await reference.settled();
      const [delivery] = await reference.control.deliveries();
      await reference.close();
      return delivery?.attempts[0];
    };
    expect(await outcome("127.0.0.1")).toMatchObject({ statusCode: 200 });
    expect(await outcome("127.0.0.1", false)).toMatchObject({ error: expect.stringContaining("private address") });
    expect(await outcome("0.0.0.0")).toMatchObject({ error: expect.stringContaining("--allow-private-webhooks") });
    expect(await outcome("0.0.0.0", true)).toMatchObject({ statusCode: 200 });
  });
});
