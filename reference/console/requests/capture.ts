/** What the console keeps of a request beside its line in the log: headers and bodies, so that it can be looked at and sent again. */
import type { WholeAnswer } from "../../http/answers.ts";
import { maskBody, maskHeaders } from "./mask.ts";

/** A longer body of a request is not kept, and of a longer answer this much. */
export const maxKeptBody = 65_536;

export type Captured = {
  request: {
    headers: [string, string][];
    /** `null`: it had none, was too long to keep, or had not come yet. */
    body: Uint8Array<ArrayBuffer> | null;
    isLeftOut: boolean;
  };
  answer: { headers: [string, string][]; text: string; isCut: boolean };
  /** Whether the key stood elsewhere than in its header: what it stood in is not kept then. */
  carriesKey: boolean;
};

export type ShownBody = { text: string | null; note: string | null };

/** What a page is shown of it. */
export type ShownExchange = {
  request: { headers: [string, string][]; body: ShownBody };
  answer: { headers: [string, string][]; body: ShownBody };
  /** Why it cannot be sent again as it was; `null`: it can. */
  notSentAgain: string | null;
};

/** Headers that belong to the connection, or carry who asks. */
const ownHeaders = /^(?:authorization|connection|content-length|host|keep-alive|transfer-encoding|expect)$/i;

/** The bytes of a request's body, read from a copy, so that whoever works on the request reads its own; of a long one none. */
export async function copyBody(request: Request, isOverSocket: boolean): Promise<Uint8Array<ArrayBuffer> | null> {
  if (request.body === null) return null;
  // Over a socket a body may come slowly, or never: one that says how short it is comes with its headers.
  const declared = Number(request.headers.get("content-length") ?? (isOverSocket ? Number.POSITIVE_INFINITY : 0));
  if (declared > maxKeptBody) return null;
  try {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of request.clone().body as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxKeptBody) return null;
    }
    return new Uint8Array(Buffer.concat(chunks));
  } catch {
    // It broke off: whoever works on the request says so.
    return null;
  }
}

/** @param body what {@link copyBody} gave */
export function captureExchange(
  request: Request,
  body: Uint8Array<ArrayBuffer> | null,
  answer: WholeAnswer,
  sentKey: string | undefined,
): Captured {
  const hasKey = (text: string): boolean => sentKey !== undefined && text.includes(sentKey);
  const headers = [...request.headers].filter(([name]) => !ownHeaders.test(name));
  const bodyText = body === null ? "" : new TextDecoder().decode(body);
  const carriesKey = [request.url, bodyText, ...headers.map(([, value]) => value)].some(hasKey);
  const isLeftOut = request.body !== null && body === null;
  const isCut = answer.text.length > maxKeptBody;
  // A part of a text keeps the whole of it in memory: a copy does not.
  const text = isCut ? Buffer.from(answer.text.slice(0, maxKeptBody)).toString() : answer.text;
  return {
    request: { headers: carriesKey ? [] : headers, body: carriesKey || isLeftOut ? null : body, isLeftOut },
    answer: { headers: Object.entries(answer.headers), text: hasKey(text) ? "" : text, isCut },
    carriesKey,
  };
}

/** About how much memory it takes. */
export function measureCaptured({ request, answer }: Captured): number {
  return (request.body?.length ?? 0) + answer.text.length + 1000;
}

function showRequestBody({ body, isLeftOut }: Captured["request"]): ShownBody {
  if (isLeftOut)
    return {
      text: null,
      note: `Not kept: it is longer than ${maxKeptBody / 1024} KiB, its length was not said, or it had not come when the answer was given.`,
    };
  if (body === null) return { text: null, note: null };
  return { text: maskBody(new TextDecoder().decode(body)), note: null };
}

/** @param keyPrefix of the key that was sent */
export function showExchange(captured: Captured, keyPrefix: string | null): ShownExchange {
  const { request, answer, carriesKey } = captured;
  const authorization: [string, string][] = keyPrefix === null ? [] : [["authorization", `Bearer ${keyPrefix}…`]];
  const note = "Not kept: it carried the key elsewhere than in its header.";
  return {
    request: {
      headers: [...authorization, ...maskHeaders(request.headers)],
      body: carriesKey ? { text: null, note } : showRequestBody(request),
    },
    answer: {
      headers: maskHeaders(answer.headers),
      body: {
        text: answer.text === "" ? null : maskBody(answer.text),
        note: answer.isCut ? `The first ${maxKeptBody / 1024} KiB of it.` : null,
      },
    },
    notSentAgain: carriesKey ? note : request.isLeftOut ? showRequestBody(request).note : null,
  };
}
