/** The rooms of docs/architecture.md, as test/architecture.test.ts holds them. */

/** What each room may import: other rooms by path, packages by name (`node:` is free everywhere). */
export const rooms: Record<string, { from: string[]; packages: string[] }> = {
  "src/version.ts": { from: [], packages: [] },
  "src/printable.ts": { from: [], packages: [] },
  "src/log-limits.ts": { from: [], packages: [] },
  "src/private-file.ts": { from: [], packages: [] },
  "src/sqlite.ts": { from: [], packages: [] },
  "src/redis.ts": { from: ["src/log-limits.ts", "src/client"], packages: ["redis"] },
  "src/phone-number.ts": { from: ["src/api"], packages: ["libphonenumber-js"] },
  "src/api": { from: ["src/api"], packages: ["zod"] },
  "src/http": { from: ["src/http"], packages: [] },
  "src/client": { from: ["src/api", "src/client", "src/http/loopback.ts"], packages: ["zod"] },
  "src/client/transport/undici.ts": { from: ["src/client", "src/http/proxy.ts"], packages: ["undici"] },
  "src/webhooks": {
    from: [
      "src/api",
      "src/log-limits.ts",
      "src/client",
      "src/http",
      "src/private-file.ts",
      "src/redis.ts",
      "src/sqlite.ts",
      "src/webhooks",
    ],
    packages: [],
  },
  "src/webhooks/sinks/sqs.ts": { from: ["src/client", "src/http", "src/webhooks"], packages: ["@aws-sdk/client-sqs"] },
  "src/webhooks/sinks/pubsub.ts": { from: ["src/webhooks"], packages: ["@google-cloud/pubsub"] },
  "src/ledger": {
    from: ["src/api", "src/client", "src/redis.ts", "src/ledger", "src/private-file.ts", "src/sqlite.ts"],
    packages: [],
  },
  "src/visible-text.ts": { from: [], packages: [] },
  "src/proposals": { from: ["src/client", "src/operations", "src/proposals"], packages: [] },
  "src/operations": { from: ["src/api", "src/client", "src/webhooks", "src/operations"], packages: ["zod"] },
  "src/data": {
    from: [
      "src/api",
      "src/client",
      "src/webhooks",
      "src/phone-number.ts",
      "src/private-file.ts",
      "src/sqlite.ts",
      "src/data",
    ],
    packages: ["libphonenumber-js", "zod"],
  },
  // Optional peers: loaded by an export into such a database.
  "src/data/export/targets/duckdb.ts": { from: ["src/data", "src/webhooks"], packages: ["@duckdb/node-api"] },
  "src/data/export/targets/postgres.ts": { from: ["src/data", "src/webhooks"], packages: ["pg"] },
  "src/data/sync/crm/postgres.ts": { from: ["src/data", "src/webhooks"], packages: ["pg"] },
  "src/data/sync/crm/postgres-state.ts": { from: ["src/data"], packages: ["pg"] },
  "src/data/queue": { from: ["src/client", "src/redis.ts", "src/webhooks", "src/data"], packages: [] },
  "src/data/queue/redis": { from: ["src/redis.ts", "src/webhooks", "src/data"], packages: ["bullmq", "redis"] },
  "src/data/queue/postgres": { from: ["src/redis.ts", "src/webhooks", "src/data"], packages: ["pg", "pg-boss"] },
  "src/data/rows/csv.ts": { from: ["src/data"], packages: ["csv-parse"] },
  "src/data/rows/parquet.ts": { from: ["src/data"], packages: ["hyparquet"] },
  "src/data/export/targets/parts": {
    from: ["src/client", "src/data"],
    packages: ["csv-parse", "csv-stringify", "hyparquet", "hyparquet-writer"],
  },
  "index.ts": {
    from: ["src", "zapier", "triggers", "creates", "searches"],
    packages: ["zapier-platform-core"],
  },
  triggers: { from: ["src", "zapier", "triggers"], packages: ["zapier-platform-core"] },
  creates: { from: ["src", "zapier", "creates"], packages: ["zapier-platform-core"] },
  searches: { from: ["src", "zapier", "searches"], packages: ["zapier-platform-core"] },
  zapier: { from: ["src", "zapier"], packages: ["libphonenumber-js", "zapier-platform-core", "zod"] },
  mcp: {
    from: ["src", "mcp"],
    packages: ["@modelcontextprotocol/server", "hono", "@hono/node-server", "lru-cache", "zod"],
  },
  // Loaded with the first token that is checked.
  "mcp/http/oauth": { from: ["src", "mcp"], packages: ["jose"] },
  // An optional peer: spans for who wants them.
  "mcp/call/telemetry.ts": { from: ["src", "mcp"], packages: ["@opentelemetry/api"] },
  reference: {
    from: ["src/api", "src/log-limits.ts", "src/http", "src/private-file.ts", "src/sqlite.ts", "reference"],
    packages: ["hono", "@hono/node-server", "zod", "zod-openapi", "ulid"],
  },
  cli: {
    from: ["src", "mcp", "reference", "cli"],
    packages: ["commander", "pino", "hono", "@hono/node-server", "zod"],
  },
};
