/** The real server over HTTP, on the reference API with data to look at. Prints its address. */
import { createMcpHttp } from "../../../mcp/index.ts";
import { createReference } from "../../../reference/index.ts";
import { createOnSync } from "../../../src/client/index.ts";
import { fetchTransport } from "../../../src/client/transport/fetch.ts";

const reference = createReference({ seed: "demo" });
const onsync = createOnSync({
  apiKey: reference.key,
  baseUrl: "http://127.0.0.1/v1",
  transport: fetchTransport((request) => reference.fetch(request)),
});
const { url } = await createMcpHttp({ onsync }).listen(0);
process.stdout.write(`${url}\n`);
