/** The reference on a port. */
import { describe, expect, test } from "@jest/globals";
import { Client } from "undici";
import { createReference } from "../../../reference/index.ts";
import { type Body, call, start } from "../caller.ts";

describe("on a port", () => {
  test("listens on free ports, on several at once, and stops with the reference", async () => {
    const reference = createReference();
    const [one, other] = [await reference.listen(), await reference.listen(0, "127.0.0.1")];
    expect(one.url).toBe(`http://127.0.0.1:${one.port}/v1`);
    expect(other.port).not.toBe(one.port);
    const headers = { Authorization: `Bearer ${reference.key}` };
    for (const { url } of [one, other]) expect((await fetch(`${url}/me`, { headers })).status).toBe(200);
    await one.close();
    await expect(fetch(`${one.url}/me`, { headers })).rejects.toThrow("fetch failed");
    await reference.close();
    await expect(fetch(`${other.url}/me`, { headers })).rejects.toThrow("fetch failed");
    await reference.close();
  });

  test("a port that is taken is an error", async () => {
    const reference = createReference();
    const { port } = await reference.listen();
    await expect(reference.listen(port)).rejects.toThrow(/EADDRINUSE/);
    await reference.close();
  });

  test("a large body is refused on the wire as in process, and the connection goes on", async () => {
    const reference = createReference();
    const { url } = await reference.listen();
    const post = (body: string) =>
      fetch(`${url}/contacts`, {
        method: "POST",
        headers: { Authorization: `Bearer ${reference.key}`, "Content-Type": "application/json" },
        body,
      });
    const refused = await post("x".repeat(3_000_000));
    expect(refused.status).toBe(413);
    expect(((await refused.json()) as Body).error.code).toBe("payload_too_large");
    expect((await post('{"phone":"+971500000000"}')).status).toBe(201);
    await reference.close();
  });

  test("on a connection that stays, a key that is revoked is refused at once, and another key is another caller", async () => {
    await using reference = Object.assign(createReference(), { [Symbol.asyncDispose]: () => reference.close() });
    const { origin } = new URL((await reference.listen()).url);
    const { control } = reference;
    const org = await control.createOrg({ name: "other" });
    const [one, other] = [await control.createKey(), await control.createKey({ orgId: org.id })];
    const connection = new Client(origin, { pipelining: 1 });
    const ask = async (key: string): Promise<Body> => {
      const headers = { authorization: `Bearer ${key}` };
      const answer = await connection.request({ path: "/v1/me", method: "GET", headers });
      return { status: answer.statusCode, ...((await answer.body.json()) as Body) };
    };
    expect([await ask(one.key), await ask(one.key), await ask(other.key)]).toMatchObject([
      { status: 200, org: { id: reference.orgId } },
      { status: 200, org: { id: reference.orgId } },
      { status: 200, org: { id: org.id } },
    ]);
    await ask(one.key);
    await control.revokeKey(one.id);
    expect(await ask(one.key)).toMatchObject({ status: 401, error: { code: "invalid_api_key" } });
    expect(await ask(`${other.key}x`)).toMatchObject({ status: 401, error: { code: "invalid_api_key" } });
    expect(await ask(other.key)).toMatchObject({ status: 200, org: { id: org.id } });
    await connection.close();
  });

  test("a malformed Host header is answered with an error in the envelope", async () => {
    const reference = createReference();
    const { port } = await reference.listen();
    const { connect } = await import("node:net");
    const socket = connect(port, "127.0.0.1");
    socket.end("GET /v1/me HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n");
    let answer = "";
    for await (const chunk of socket) answer += chunk;
    const [head = "", body = ""] = answer.split("\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1\.1 400 /);
    const { error, requestId, timestamp } = JSON.parse(body);
    expect(error.code).toBe("validation_failed");
    expect(head.toLowerCase()).toContain(`x-request-id: ${requestId.toLowerCase()}`);
    expect(timestamp).toMatch(/Z$/);
    await reference.close();
  });

  test("in process the same request has the same answer", async () => {
    const reference = createReference({ clock: () => start });
    const { origin } = await reference.listen();
    const headers = { Authorization: `Bearer ${reference.key}` };
    const wire = await fetch(`${origin}/v1/contacts?limit=0`, { headers });
    const inProcess = await call(reference, "GET", "/v1/contacts?limit=0");
    const body = (await wire.json()) as Body;
    expect(wire.status).toBe(inProcess.status);
    expect({ ...body, requestId: "" }).toEqual({ ...inProcess.body, requestId: "" });
    await reference.close();
  });
});
