/** A subscriber's endpoint in process: it checks signatures by itself, answers what a test says, and shows what came. */
import { createHmac } from "node:crypto";
import type { Deliver } from "../../../src/http/guarded-post.ts";

export const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
export const url = "https://hooks.example.com/events";

export type Received = {
  id: string;
  subscription: string;
  /** Which of the secrets sign it. */
  signedBy: string[];
  // biome-ignore lint/suspicious/noExplicitAny: whatever comes
  body: any;
  bytes: number;
  url: string;
};

/** @param secrets those that a signature is tried with */
export function createEndpoint(secrets: readonly string[] = [secret]) {
  const received: Received[] = [];
  const waiting: (() => void)[] = [];
  const answers: ({ status: number; body?: string } | Error)[] = [];
  let echo: (challenge: string) => string = (challenge) => JSON.stringify({ challenge });

  const deliver: Deliver = async ({ url: to, headers, body }) => {
    const {
      "webhook-id": id = "",
      "webhook-timestamp": timestamp = "",
      "webhook-signature": signatures = "",
    } = headers;
    const signedBy = secrets.filter((each) => {
      const hmac = createHmac("sha256", Buffer.from(each.slice("whsec_".length), "base64"));
      return signatures.split(" ").includes(`v1,${hmac.update(`${id}.${timestamp}.${body}`).digest("base64")}`);
    });
    const parsed = JSON.parse(body);
    const subscription = headers["x-mcp-subscription-id"] ?? "";
    received.push({ id, subscription, signedBy, body: parsed, bytes: Buffer.byteLength(body), url: to });
    for (const wake of waiting.splice(0)) wake();
    if (parsed.type === "verification") return { status: 200, body: echo(parsed.challenge) };
    const answer = answers.shift() ?? { status: 204 };
    if (answer instanceof Error) throw answer;
    return answer;
  };

  return {
    deliver,
    received,
    /** What it answers to the next messages that are no challenge; then it takes them. */
    answers,
    answerChallenge(with_: typeof echo): void {
      echo = with_;
    },
    /** What has come, without challenges, once there are so many. */
    async take(count: number): Promise<Received[]> {
      const messages = () => received.filter(({ body }) => body.type !== "verification");
      while (messages().length < count) await new Promise<void>((resolve) => waiting.push(resolve));
      return messages().slice(0, count);
    },
  };
}
