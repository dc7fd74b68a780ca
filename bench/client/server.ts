/** An API that answers at once, with the headers that OnSync's answers have. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { samples } from "../../src/api/index.ts";
import { type CallName, requests } from "./requests.ts";

const envelope = { requestId: "req_bench", timestamp: "2024-12-01T12:00:00.000Z" };

function repeat<Item>(count: number, ...items: Item[]): Item[] {
  return Array.from({ length: count }, (_, index) => items[index % items.length] as Item);
}

const bodies: Record<CallName, object> = {
  get: samples.contactWithActivity,
  list: { data: repeat(100, samples.contact), nextCursor: null },
  history: { data: repeat<object>(50, samples.inboundMessage, samples.deliveredMessage), nextBefore: null },
  save: samples.contact,
  send: samples.sentMessage,
};
const answers = new Map(
  Object.entries(requests).map(([name, { method, path }]) => [
    `${method} ${path}`,
    JSON.stringify({ ...bodies[name as CallName], ...envelope }),
  ]),
);
const sampleReference = samples.sentMessage.metadata.clientReference;

const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8").on("data", (text: string) => {
    body += text;
  });
  request.on("end", () => {
    const answer = answers.get(`${request.method} ${request.url}`) ?? "";
    // A send is answered with the reference that it came with.
    const reference = /"clientReference":"([^"]+)"/.exec(body)?.[1] ?? sampleReference;
    const text = answer.replace(sampleReference, reference);
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(text),
      "x-request-id": envelope.requestId,
      "ratelimit-policy": '"org";q=1000;w=3600',
      ratelimit: '"org";r=987;t=47',
    });
    response.end(text);
  });
});
server.listen(0, "127.0.0.1", () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
