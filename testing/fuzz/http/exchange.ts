/** Bytes over a socket, and all that comes back: for what no HTTP client would send. Each byte is a character. */
import { connect } from "node:net";

export type Exchange = {
  /** What was answered, as it came. */
  received: string;
  /** How it came to its end. */
  ended: "closed" | "stream" | "no answer in time" | "refused";
};

/** Real time. A machine with much else to do answers in a few seconds; what hangs never does. */
const maxWaitMs = 60_000;
/** Of an answer that has no end: as much as shows how it begins. */
const maxStreamBytes = 4096;

/** A server need not go on with the work of who has hung up, so a whole request waits for its answer first. */
const patienceMs = 10_000;
const lastWordMs = 100;

/** Whether the bytes seem to be a request to its end. */
function seemsWhole(bytes: string): boolean {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const [head, body] = [bytes.slice(0, end), bytes.slice(end + 4)];
  if (/\r\ntransfer-encoding:/i.test(head)) return body.endsWith("\r\n0\r\n\r\n");
  return body.length >= Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
}

/** @param ends whether nothing comes after the bytes: where they are the beginning of a request, it stays one */
export function exchange(port: number, bytes: string, { ends }: { ends: boolean }): Promise<Exchange> {
  return new Promise((resolve) => {
    let received = "";
    let isConnected = false;
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true }, () => {
      isConnected = true;
      if (ends && !isWhole) socket.end(bytes, "latin1");
      else socket.write(bytes, "latin1");
    });
    const isWhole = seemsWhole(bytes);
    let hangUp = ends && isWhole ? setTimeout(() => socket.end(), patienceMs) : undefined;
    const finish = (ended: Exchange["ended"]): void => {
      clearTimeout(timer);
      clearTimeout(hangUp);
      socket.destroy();
      resolve({ received, ended });
    };
    const timer = setTimeout(() => finish("no answer in time"), maxWaitMs);
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      received += text;
      if (hangUp) {
        clearTimeout(hangUp);
        hangUp = setTimeout(() => socket.end(), lastWordMs);
      }
      if (/\r\ncontent-type: text\/event-stream/i.test(received.slice(0, maxStreamBytes))) finish("stream");
    });
    // A server that has heard enough resets the connection behind its answer.
    socket.on("error", () => finish(isConnected ? "closed" : "refused"));
    socket.on("end", () => finish("closed"));
    socket.on("close", () => finish("closed"));
  });
}

export type Answer = { status: number; head: string; body: string };

/** The answers in what came, also where one is cut off or has its length in its chunks. */
export function splitAnswers(received: string): Answer[] {
  const answers: Answer[] = [];
  for (let rest = received; rest !== ""; ) {
    const end = rest.indexOf("\r\n\r\n");
    const head = end < 0 ? rest : rest.slice(0, end);
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1]);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    const isBodiless = status < 200 || status === 204 || status === 304;
    const size = isBodiless ? 0 : length === undefined ? rest.length : Number(length);
    const body = end < 0 ? "" : rest.slice(end + 4, end + 4 + size);
    answers.push({ status, head, body });
    rest = end < 0 ? "" : rest.slice(end + 4 + size);
  }
  return answers;
}
