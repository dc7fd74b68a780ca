/** One answer, as undici hands it on. */
import { getEventListeners } from "node:events";
import { expect, test } from "@jest/globals";
import { AnswerReader } from "../../../src/client/transport/answer-reader.ts";
import type { TransportResponse } from "../../../src/client/transport/transport.ts";
import { rejection } from "../../../testing/scripted.ts";

function open(maxBytes = 4) {
  const caller = new AbortController();
  const { promise: answer, resolve, reject } = Promise.withResolvers<TransportResponse>();
  const aborted: Error[] = [];
  const controller = { abort: (reason: Error) => void aborted.push(reason) };
  const reader = new AnswerReader({ signal: caller.signal, maxBytes, resolve, reject });
  return { reader, controller, answer, aborted, caller };
}

test("an answer of as many bytes as are allowed is read whole, in pieces", async () => {
  const { reader, controller, answer, aborted } = open();
  reader.onRequestStart(controller);
  reader.onResponseStart(controller, 200, { "x-request-id": "req_1" });
  for (const piece of ["{", '"a', "}"]) reader.onResponseData(controller, Buffer.from(piece));
  reader.onResponseEnd();
  expect(await answer).toEqual({ status: 200, headers: { "x-request-id": "req_1" }, text: '{"a}' });
  expect(aborted).toEqual([]);
});

test("an answer of a byte more is ended, and nothing of it is kept", async () => {
  const { reader, controller, answer, aborted } = open();
  reader.onRequestStart(controller);
  reader.onResponseStart(controller, 200, {});
  for (const piece of ["12", "345"]) reader.onResponseData(controller, Buffer.from(piece));
  expect(aborted).toMatchObject([{ code: "ERR_ANSWER_TOO_LARGE", message: "the answer is longer than 4 bytes" }]);
  reader.onResponseError(controller, aborted[0] as Error);
  expect(await answer).toEqual({ status: 200, headers: {}, text: "", incomplete: aborted[0] });
});

test("a request that was given up while it waited for a connection is ended as it starts", () => {
  const { reader, controller, aborted, caller } = open();
  const reason = new Error("enough");
  caller.abort(reason);
  expect(aborted).toEqual([]);
  reader.onRequestStart(controller);
  expect(aborted).toEqual([reason]);
});

test("an answer that ends before its status is an error", async () => {
  const { reader, controller, answer } = open();
  reader.onRequestStart(controller);
  reader.onResponseStart(controller, 199, { link: "x" });
  reader.onResponseEnd();
  expect(await rejection(answer)).toMatchObject({ message: "the answer ended before it began" });
});

test("once it has ended it does not listen to its signal any more", async () => {
  const { reader, controller, answer, aborted, caller } = open();
  reader.onRequestStart(controller);
  expect(getEventListeners(caller.signal, "abort")).toHaveLength(1);
  const broken = new Error("broken");
  reader.onResponseError(controller, broken);
  expect(await rejection(answer)).toBe(broken);
  expect(getEventListeners(caller.signal, "abort")).toEqual([]);
  caller.abort();
  expect(aborted).toEqual([]);
});
