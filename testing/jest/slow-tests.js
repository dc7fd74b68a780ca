/**
 * What `npm test` leaves to `npm run test:slow` (jest.config.js reads this for both). CONTRIBUTING.md says what belongs here. Longest
 * first: they begin in this order.
 */
export const slowTests = [
  // The commands and programs of documents, as readers run them.
  "test/docs/parts.test.ts",
  "test/docs/first-steps.test.ts",
  "test/docs/library.test.ts",
  // Processes under load that are killed, stopped and replaced.
  "test/cli/work/work.test.ts",
  "test/deploy/rolling-restart.test.ts",
  "test/cli/export/events.test.ts",
  "test/cli/import/process.test.ts",
  "test/cli/sync/process.test.ts",
  "test/cli/listen/readiness-redis.test.ts",
  "test/cli/drain-delay.test.ts",
  "test/cli/metrics/faulty-run.test.ts",
  "test/http/slow-senders.test.ts",
  // Databases of their own.
  "test/data/queue/stores.test.ts",
  "test/data/export/targets/postgres.test.ts",
  "test/data/sync/postgres.test.ts",
  // Every one with every one: doors and who knocks, tools and arguments, texts and their lengths, steps and faults.
  "test/http/doors/doors.test.ts",
  "test/http/doors/outsider.test.ts",
  "test/mcp/answers/every-argument.test.ts",
  "test/mcp/call/growth.test.ts",
  "test/zapier/errors/faults.test.ts",
  "test/zapier/send/outside-window-cache.test.ts",
  "test/data/export/targets/database/hostile-rows.test.ts",
  "test/data/export/targets/crash.test.ts",
  "test/mcp/safety/powers.test.ts",
  "test/cli/forget/exports.test.ts",
  "test/data/import/pace.test.ts",
  "test/cli/import/orgs.test.ts",
  // A process for each row: outputs that fail, clients of hosts, command lines of deploy/, an editor.
  "test/cli/broken-surroundings.test.ts",
  "test/cli/output/outputs.test.ts",
  "test/cli/output/log-lines.test.ts",
  "test/mcp/clients.test.ts",
  "test/deploy/deploy.test.ts",
  "test/client/published/editor.test.ts",
  // What is for this repository alone: the judge of Zap runs, the scripts that release, the benchmark of an agent, what is counted in requests.
  "test/zapier/platform/platform.test.ts",
  "test/zapier/platform/judge.test.ts",
  "test/mcp/approvals/adversary-judge.test.ts",
  "test/testing/export-judge.test.ts",
  "test/hostile/oracle.test.ts",
  "test/scripts/zapier/upload.test.ts",
  "test/scripts/zapier/release.test.ts",
  "test/scripts/zapier/bundle.test.ts",
  "test/scripts/release.test.ts",
  "test/bench/agent.test.ts",
  "test/scripts/requests.test.ts",
  "test/scripts/parquet-thread.test.ts",
];
