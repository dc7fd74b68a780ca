/** The receiver that this folder measures, in a process of its own: with a store, or with none. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { startDispatcher } from "../../src/webhooks/dispatcher/dispatcher.ts";
import { createReceiver } from "../../src/webhooks/receiver/receiver.ts";
import { httpSink } from "../../src/webhooks/sinks/http.ts";
import { openRedisStore } from "../../src/webhooks/store/redis/redis-store.ts";
import { openSqliteStore } from "../../src/webhooks/store/sqlite/sqlite-store.ts";

const { values } = parseArgs({
  options: {
    file: { type: "string" },
    redis: { type: "string" },
    forward: { type: "string" },
    secret: { type: "string" },
  },
});
const secret = values.secret as string;
const store = values.redis
  ? await openRedisStore({ url: values.redis })
  : values.file
    ? openSqliteStore({ file: values.file })
    : null;
const receiver = createReceiver({ secrets: [secret], store: store ?? { accept: async () => true } });
if (store && values.forward) startDispatcher({ store, sink: httpSink({ url: values.forward, secret }) });
const server = createServer((incoming, outgoing) => void receiver.node(incoming, outgoing));
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
