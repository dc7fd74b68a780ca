/** A delivery and the answer to it, on whatever server it comes in. */

export type Delivery = {
  method: string;
  header(name: string): string | null;
  body: AsyncIterable<Uint8Array> | null;
};

/** Why a delivery is refused: what it is itself, or what keeps this receiver from taking it. */
export const refusalReasons = [
  "not_post",
  "not_json",
  "too_large",
  "too_slow",
  "broken_off",
  "signature",
  "malformed",
  "too_old",
  "conflict",
  "no_secret",
  "overload",
  "store",
  "internal",
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** What became of a delivery: its event is kept now (`new`), was kept before (`repeat`), or is not, for a reason. */
export type DeliveryOutcome = "new" | "repeat" | RefusalReason;

export type Answer = { status: number; outcome: DeliveryOutcome; headers: Record<string, string>; text: string };

/** One delivery that was answered, for whoever counts them. */
export type DeliveryEvent = Pick<Answer, "status" | "outcome"> & {
  /** From its headers to its answer. */
  durationMs: number;
};

export function createAnswer(
  status: number,
  outcome: DeliveryOutcome,
  message: string,
  headers: Record<string, string> = {},
): Answer {
  return {
    status,
    outcome,
    headers: { "content-type": "application/json", ...headers },
    text: JSON.stringify({ [status < 300 ? "received" : "error"]: message }),
  };
}
