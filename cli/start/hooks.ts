/** The webhook receiver at `/hooks`: verifies a delivery, keeps its event for those who wait, acknowledges. */
import { maxBodyBytes } from "../../src/api/index.ts";
import {
  type EventLog,
  MalformedEventError,
  parseEvent,
  SignatureError,
  signatureHeader,
} from "../../src/events/index.ts";
import type { Log } from "../log.ts";

const answer = (status: number, message: string, headers: Record<string, string> = {}): Response =>
  Response.json({ [status < 300 ? "received" : "error"]: message }, { status, headers });

/** The body's bytes; `null`: more of them than a delivery has. */
const readBody = async (request: Request): Promise<Uint8Array | null> => {
  if (Number(request.headers.get("content-length")) > maxBodyBytes) return null;
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body ?? []) {
    size += part.byteLength;
    if (size > maxBodyBytes) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
};

/**
 * @param secrets of the endpoint, newest first
 * @returns answers 200 when the event is kept (also when it was before: a retry), 400, 401, 405, 413
 */
export const createHooks =
  ({ secrets, events, log }: { secrets: readonly string[]; events: EventLog; log: Log }) =>
  async (request: Request): Promise<Response> => {
    if (request.method !== "POST") {
      return answer(405, "OnSync posts its webhook deliveries here: use POST.", { allow: "POST" });
    }
    const body = await readBody(request);
    if (body === null) return answer(413, `The delivery is larger than ${maxBodyBytes} bytes.`);
    try {
      const event = parseEvent(body, request.headers.get(signatureHeader), secrets);
      const isNew = events.append(event);
      log.info({ event: event.id, type: event.type }, isNew ? "event received" : "event received again");
      return answer(200, event.id);
    } catch (error) {
      if (!(error instanceof SignatureError || error instanceof MalformedEventError)) throw error;
      log.warn({ reason: error.message }, "delivery refused");
      return answer(error instanceof SignatureError ? 401 : 400, error.message);
    }
  };
