/**
 * A fake of SQS, no more: it speaks the recorded JSON protocol of SendMessageBatch, and checks what a FIFO queue demands.
 * It drops a repeated de-duplication id as SQS does for five minutes.
 */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

type Entry = {
  Id: string;
  MessageBody: string;
  MessageGroupId?: string;
  MessageDeduplicationId?: string;
  MessageAttributes?: Record<string, { DataType: string; StringValue: string }>;
};
/** Without a code it is in neither list of the answer. */
type Failure = { code: string | null; senderFault: boolean };

export async function startFakeSqs() {
  const batches: Entry[][] = [];
  const queue: Entry[] = [];
  /** By de-duplication id: what comes of the entry the next times. */
  const failing = new Map<string, Failure[]>();
  const brokenRequests: { status: number; type: string }[] = [];
  const known = new Set<string>();
  /** Requests that are never answered: resolves with their connection's end. */
  const hanging: PromiseWithResolvers<void>[] = [];

  const failureOf = ({ MessageGroupId, MessageDeduplicationId: dedup }: Entry): Failure | undefined => {
    const valid = /^[\x21-\x7e]{1,128}$/;
    if (!valid.test(MessageGroupId ?? "") || !valid.test(dedup ?? ""))
      return { code: "InvalidParameterValue", senderFault: true };
    return failing.get(dedup as string)?.shift();
  };

  const answer = (target: string, body: string): { status: number; json: object } => {
    if (target !== "AmazonSQS.SendMessageBatch")
      return { status: 400, json: { __type: "com.amazonaws.sqs#InvalidAction" } };
    const broken = brokenRequests.shift();
    if (broken)
      return { status: broken.status, json: { __type: `com.amazonaws.sqs#${broken.type}`, message: broken.type } };
    const { Entries } = JSON.parse(body) as { Entries: Entry[] };
    if (Entries.length > 10) return { status: 400, json: { __type: "com.amazonaws.sqs#TooManyEntriesInBatchRequest" } };
    batches.push(Entries);
    const Successful: object[] = [];
    const Failed: object[] = [];
    for (const entry of Entries) {
      const failure = failureOf(entry);
      if (failure) {
        const { code: Code, senderFault: SenderFault } = failure;
        if (Code !== null) Failed.push({ Id: entry.Id, Code, Message: "said the fake", SenderFault });
        continue;
      }
      if (!known.has(entry.MessageDeduplicationId as string)) queue.push(entry);
      known.add(entry.MessageDeduplicationId as string);
      const md5 = createHash("md5").update(entry.MessageBody).digest("hex");
      Successful.push({
        Id: entry.Id,
        MessageId: `m-${queue.length}`,
        MD5OfMessageBody: md5,
        SequenceNumber: String(queue.length),
      });
    }
    // What is empty is left out.
    return {
      status: 200,
      json: { ...(Successful.length > 0 && { Successful }), ...(Failed.length > 0 && { Failed }) },
    };
  };

  const server = createServer((incoming, outgoing) => {
    let body = "";
    incoming.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    incoming.once("end", () => {
      const hung = hanging.shift();
      if (hung) return void outgoing.once("close", hung.resolve);
      const { status, json } = answer(String(incoming.headers["x-amz-target"]), body);
      outgoing.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(json));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    queueUrl: `http://127.0.0.1:${port}/123456789012/onsync.fifo`,
    client: { region: "eu-west-1", credentials: { accessKeyId: "fake", secretAccessKey: "fake" }, maxAttempts: 1 },
    batches,
    queue,
    failing,
    brokenRequests,
    hanging,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
