/** An API that answers at once, with the headers that OnSync's answers have. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { samples } from "../../src/api/index.ts";

const envelope = { requestId: "req_bench", timestamp: "2024-12-01T12:00:00.000Z" };
const answers = {
  GET: JSON.stringify({ ...samples.contactWithActivity, ...envelope }),
  POST: JSON.stringify({ ...samples.contact, ...envelope }),
};

const server = createServer((request, response) => {
  request.resume().on("end", () => {
    const text = request.method === "POST" ? answers.POST : answers.GET;
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
