/** Broken and late answers over a real socket: the connection itself is broken. */
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { describe, expect, test } from "@jest/globals";
import { createReference } from "../../../reference/index.ts";
import { call } from "../caller.ts";

const contact = { phone: "+971500000000" };

describe("broken answers, over a socket", () => {
  type Outcome = {
    status?: number | undefined;
    declared?: number;
    text: string;
    complete: boolean;
    code?: string | undefined;
  };

  const post = async (port: number, key: string): Promise<Outcome> => {
    const request = httpRequest({
      port,
      host: "127.0.0.1",
      path: "/v1/contacts",
      method: "POST",
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    });
    // A reset may be told to the request as well as to its answer.
    request.on("error", () => {});
    request.end(JSON.stringify(contact));
    let response: IncomingMessage;
    try {
      [response] = (await once(request, "response")) as [IncomingMessage];
    } catch (error) {
      return { text: "", complete: false, code: (error as NodeJS.ErrnoException).code };
    }
    let text = "";
    let code: string | undefined;
    try {
      for await (const chunk of response) text += chunk;
    } catch (error) {
      code = (error as NodeJS.ErrnoException).code;
    }
    return {
      status: response.statusCode,
      declared: Number(response.headers["content-length"]),
      text,
      complete: response.complete,
      code,
    };
  };

  test.each(["reset", "truncate", "malformed", "drop_response"] as const)("%s", async (kind) => {
    await using reference = Object.assign(createReference(), { [Symbol.asyncDispose]: async () => reference.close() });
    const { port } = await reference.listen();
    await reference.control.faults.add({ kind, times: 1 });
    const outcome = await post(port, reference.key);
    if (kind === "drop_response") {
      expect(outcome).toEqual({ text: "", complete: false, code: "ECONNRESET" });
    } else if (kind === "malformed") {
      expect(outcome).toMatchObject({ status: 201, complete: true });
      expect(() => JSON.parse(outcome.text)).toThrow();
    } else {
      expect(outcome).toMatchObject({ status: 201, complete: false, code: "ECONNRESET" });
      expect(outcome.text.length).toBeGreaterThan(0);
      expect(outcome.text.length).toBeLessThan(outcome.declared ?? 0);
    }
    // The work was done, and the next request is served.
    expect((await post(port, reference.key)).status).toBe(200);
    expect((await call(reference, "GET", "/v1/contacts")).body.data).toHaveLength(1);
  });

  test.each([
    ["reset", "ECONNRESET"],
    ["truncate", "end"],
    ["drop_response", "end"],
  ] as const)("on the wire, %s is %s", async (kind, expected) => {
    await using reference = Object.assign(createReference(), { [Symbol.asyncDispose]: async () => reference.close() });
    const { port } = await reference.listen();
    await reference.control.faults.add({ kind });
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    socket.write(`GET /v1/contacts HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${reference.key}\r\n\r\n`);
    socket.resume();
    const ended = await new Promise((resolve) => {
      // Node 22 takes a reset that comes together with bytes for an end. Only after a true one can there be written.
      socket.on("end", () => socket.write("\n", (error) => resolve(error ? "ECONNRESET" : "end")));
      socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    });
    socket.destroy();
    expect(ended).toBe(expected);
  });

  test("latency over a socket ends when the client goes away", async () => {
    const controller = new AbortController();
    const gone = Promise.withResolvers<void>();
    await using reference = Object.assign(
      createReference({
        sleep: async (_ms, signal) => {
          signal.addEventListener("abort", () => gone.resolve());
          controller.abort();
          await gone.promise;
        },
      }),
      { [Symbol.asyncDispose]: async () => reference.close() },
    );
    const { url } = await reference.listen();
    await reference.control.faults.add({ latencyMs: 600_000, times: 1 });
    const headers = { Authorization: `Bearer ${reference.key}` };
    await expect(fetch(`${url}/contacts`, { headers, signal: controller.signal })).rejects.toThrow();
    await gone.promise;
  });
});
