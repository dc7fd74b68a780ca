import { describe, expect, test } from "@jest/globals";
import { fetchTransport } from "../../../src/client/transport/fetch.ts";

const request = {
  method: "POST",
  url: "https://api.example.com/v1/contacts?limit=1",
  headers: { authorization: "Bearer key", "content-type": "application/json" },
  body: '{"firstName":"سارة"}',
  signal: new AbortController().signal,
};

describe("fetchTransport", () => {
  test("hands the request on, and follows no redirect", async () => {
    let seen: Request | undefined;
    const transport = fetchTransport(async (given) => {
      seen = given;
      return new Response('{"name":"سارة"}', { status: 201, headers: { "X-Request-Id": "req_1" } });
    });
    const answer = await transport(request);
    expect(answer).toEqual({
      status: 201,
      headers: { "content-type": "text/plain;charset=UTF-8", "x-request-id": "req_1" },
      text: '{"name":"سارة"}',
    });
    expect(seen).toMatchObject({ method: "POST", url: request.url, redirect: "manual" });
    expect(seen?.headers.get("authorization")).toBe("Bearer key");
    expect(await seen?.text()).toBe(request.body);
  });

  test("puts a body together whose pieces part a letter", async () => {
    const bytes = new TextEncoder().encode('{"name":"سارة"}');
    const pieces = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const { text } = await fetchTransport(async () => new Response(pieces))(request);
    expect(text).toBe('{"name":"سارة"}');
  });

  test("a body that breaks off comes as far as it got, with its status", async () => {
    let pulled = 0;
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (pulled++ === 0) controller.enqueue(new TextEncoder().encode('{"id":'));
        else controller.error(new TypeError("terminated"));
      },
    });
    const answer = await fetchTransport(async () => new Response(broken, { status: 201 }))(request);
    expect(answer).toMatchObject({ status: 201, text: '{"id":', incomplete: expect.any(Error) });
    expect(answer.incomplete?.message).toBe("terminated");
  });

  test("a body that breaks off with what is no error comes with one", async () => {
    const broken = new ReadableStream<Uint8Array>({ start: (controller) => controller.error("gone") });
    const { incomplete } = await fetchTransport(async () => new Response(broken))(request);
    expect(incomplete).toEqual(new Error("gone"));
  });

  test("reads as many bytes as are asked for, and of a longer body nothing, nor its rest", async () => {
    let cancelled = 0;
    const five = () =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (const byte of [50, 51, 52, 53, 54]) controller.enqueue(Uint8Array.of(byte));
        },
        pull: (controller) => controller.close(),
        cancel: () => void cancelled++,
      });
    const read = (maxBytes: number) => fetchTransport(async () => new Response(five()))({ ...request, maxBytes });
    expect(await read(5)).toEqual({ status: 200, headers: {}, text: "23456" });
    expect(cancelled).toBe(0);
    expect(await read(3)).toMatchObject({ text: "", incomplete: { code: "ERR_ANSWER_TOO_LARGE" } });
    expect(cancelled).toBe(1);
  });

  test("a redirect whose status a browser does not tell is a 302", async () => {
    const opaque = Object.defineProperty(Response.json({}), "type", { value: "opaqueredirect" });
    expect(await fetchTransport(async () => opaque)(request)).toMatchObject({ status: 302 });
  });

  test("an answer without a body has an empty text", async () => {
    expect(await fetchTransport(async () => new Response(null, { status: 204 }))(request)).toMatchObject({ text: "" });
  });

  test("an aborted request rejects with the reason", async () => {
    const controller = new AbortController();
    const transport = fetchTransport(
      ({ signal }) => new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    );
    const failed = transport({ ...request, signal: controller.signal }).catch((error: unknown) => error);
    controller.abort(new Error("enough"));
    expect(await failed).toMatchObject({ message: "enough" });
  });
});
