/** A reference that delivers to this machine: to other ports of it, and never to itself. */
import { once } from "node:events";
import { createServer } from "node:http";
import { expect, test } from "@jest/globals";
import { createReference } from "../../../reference/index.ts";
import { createGuardedDeliver } from "../../../src/http/guarded-post.ts";
import { deliver, getPort, other, ownAddresses, rules } from "./guarded-servers.ts";

test("another port of this machine is what a sandbox delivers to", async () => {
  for (const host of ["127.0.0.1", "[::1]", "localhost", ...ownAddresses]) {
    expect(await deliver(`http://${host}:${getPort(other)}/`)).toMatchObject({ status: 200, body: "taken" });
  }
});

test("a server that passes requests on to a reference is its own, too: no delivery comes back by it", async () => {
  const reference = createReference({ control: true });
  const outer = createServer(async (incoming, outgoing) => {
    // What a framework does: it makes a request of it, and gives the connection along.
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const response = await reference.fetch(
      new Request(`http://127.0.0.1${incoming.url}`, {
        method: incoming.method as string,
        headers: incoming.headers as Record<string, string>,
        ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
      }),
      { incoming, outgoing },
    );
    outgoing.writeHead(response.status).end(await response.text());
  }).listen(0, "127.0.0.1");
  await once(outer, "listening");
  const origin = `http://127.0.0.1:${getPort(outer)}`;
  const post = (path: string, body: object) =>
    fetch(`${origin}/v1${path}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${reference.key}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  await post("/webhooks", { url: `${origin}/_control/reset`, events: ["contact.created"] });
  expect((await post("/contacts", { phone: "+971500000000" })).status).toBe(201);
  await reference.settled();
  expect((await reference.control.deliveries())[0]?.attempts[0]?.error).toContain("the server that makes them");
  outer.closeAllConnections();
  outer.close();
  await reference.close();
});

test("connections are kept, and one that the endpoint closed meanwhile is no failed attempt", async () => {
  const served = new Map<object, number>();
  let connections = 0;
  const closing = createServer((request, response) => {
    const before = served.get(request.socket) ?? 0;
    served.set(request.socket, before + 1);
    // The third on a connection finds it closed.
    if (before === 2) request.socket.destroy();
    else request.resume().once("end", () => response.end());
  });
  closing.on("connection", () => {
    connections += 1;
  });
  await once(closing.listen(0, "127.0.0.1"), "listening");
  const kept = createGuardedDeliver(rules());
  for (let n = 0; n < 4; n++) {
    const url = `http://127.0.0.1:${getPort(closing)}/`;
    expect(await kept({ url, headers: {}, body: "{}", signal: AbortSignal.timeout(5000) })).toMatchObject({
      status: 200,
    });
  }
  expect(connections).toBe(2);
  closing.closeAllConnections();
  closing.close();
});
