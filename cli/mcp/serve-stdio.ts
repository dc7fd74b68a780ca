/** `onsync mcp` for one assistant, which starts it and speaks to it over stdin and stdout. */
import { Cleanup } from "../cleanup.ts";
import { listenForStop, serveUntilStopped } from "../lifecycle.ts";
import type { Io } from "../output/io.ts";
import { openApprovalPage } from "./approvals.ts";
import { type McpCommandOptions, openMcpContext } from "./context.ts";

export async function serveOverStdio(io: Io, options: McpCommandOptions): Promise<void> {
  const cleanup = new Cleanup();
  try {
    await serveUntilAsked(io, options, cleanup);
  } finally {
    await cleanup.run();
  }
}

async function serveUntilAsked(io: Io, options: McpCommandOptions, cleanup: Cleanup): Promise<void> {
  const [context, { serveStdio }] = await Promise.all([
    openMcpContext(io, options, cleanup),
    import("../../mcp/stdio.ts"),
  ]);
  const stop = listenForStop();
  const page = await openApprovalPage(io, context, options.approvalsPort);
  if (page) cleanup.add(page.close);
  const session = await serveStdio(context.options);
  // The assistant ends a session by closing stdin; a signal ends it as well.
  const ended = session.closed.then(() => stop.request());
  await serveUntilStopped(
    stop,
    () => session.close(),
    (message) => context.log.debug(message),
  );
  await ended;
}
