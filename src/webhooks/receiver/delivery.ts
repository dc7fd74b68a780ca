/** A delivery and the answer to it, on whatever server it comes in. */

export type Delivery = {
  method: string;
  header(name: string): string | null;
  body: AsyncIterable<Uint8Array> | null;
};

export type Answer = { status: number; headers: Record<string, string>; text: string };

export function createAnswer(status: number, message: string, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    text: JSON.stringify({ [status < 300 ? "received" : "error"]: message }),
  };
}
