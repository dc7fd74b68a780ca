/** What is mutated, and the tests that should notice: those of the same part, which need no second process. */
export type Area = { mutate: string[]; tests: string[]; leaveOut?: string[] };

export const areas: Record<string, Area> = {
  ledger: {
    mutate: ["src/ledger/**/*.ts", "src/client/ledger/*.ts"],
    tests: ["test/ledger/**/*.test.ts", "test/formats/formats.test.ts"],
    leaveOut: ["test/ledger/processes.test.ts"],
  },
  send: {
    mutate: ["src/client/send/*.ts"],
    tests: [
      "test/client/{send,errors}/*.test.ts",
      "test/client/{context,deadline,hooks,reference-api,secrets}.test.ts",
      "test/ledger/{client,settle-event}.test.ts",
    ],
  },
  safety: {
    mutate: ["mcp/safety/*.ts"],
    tests: ["test/mcp/safety/*.test.ts", "test/mcp/call/{call-tool,send-obstacles}.test.ts"],
  },
  webhooks: {
    mutate: ["src/webhooks/**/*.ts"],
    tests: ["test/webhooks/**/*.test.ts"],
    leaveOut: ["test/webhooks/store/sqlite/ownership.test.ts", "test/webhooks/verify/web-bundle.test.ts"],
  },
  client: {
    mutate: ["src/client/*.ts", "src/client/{errors,pager,resources,transport,wire}/*.ts"],
    tests: ["test/client/**/*.test.ts", "test/http/proxy*.test.ts"],
    leaveOut: [
      // It is written by npm run wire, and held to the schemas.
      "src/client/wire/endpoints.ts",
      "test/client/published/editor.test.ts",
      "test/client/published/web-bundle.test.ts",
    ],
  },
};
