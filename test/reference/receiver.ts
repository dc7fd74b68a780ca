/** A webhook receiver in process: what `deliver` is given, and answers to give back. */
import { createHmac } from "node:crypto";
import type { Deliver, DeliveryRequest } from "../../reference/index.ts";
import type { Body } from "./caller.ts";

export type Received = Omit<DeliveryRequest, "signal"> & { event: Body };

/** Answers each request with the next of `answers` (a status, or an error to reject with), and with 200 after them. */
export const receiver = (...answers: (number | Error)[]) => {
  const received: Received[] = [];
  const deliver: Deliver = async ({ url, headers, body }) => {
    received.push({ url, headers, body, event: JSON.parse(body) });
    const answer = answers.shift() ?? 200;
    if (answer instanceof Error) throw answer;
    return { status: answer };
  };
  return {
    deliver,
    received,
    answers,
    /** The types of the events, in the order in which they came. */
    types: (): string[] => received.map(({ event }) => event.type),
  };
};

export const hmac = (body: string, secret: string): string => createHmac("sha256", secret).update(body).digest("hex");
