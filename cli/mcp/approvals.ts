/** The approval page of `onsync mcp --send person`: where it is, and what opens it. */
import { createProposals } from "../../src/proposals/proposals.ts";
import { type Io, print } from "../output/io.ts";
import type { Approvals, openMcpContext } from "./context.ts";

/** The page on a port of its own, beside a server over stdio; `undefined`: people approve in a terminal. */
export async function openApprovalPage(
  io: Io,
  { approvals, options, log }: Pick<Awaited<ReturnType<typeof openMcpContext>>, "approvals" | "options" | "log">,
  port: number | undefined,
): Promise<{ close(): Promise<void> } | undefined> {
  const { onsync, ledger } = options;
  if (!approvals || !ledger || port === undefined) return undefined;
  const { serveApprovals } = await import("../../mcp/approvals/serve.ts");
  const findClient = ({ proposal }: { proposal: { org: string } }) =>
    proposal.org === onsync.baseUrl ? onsync : undefined;
  try {
    const proposals = createProposals(ledger);
    const page = await serveApprovals({ proposals, findClient, token: approvals.token, log: options.log }, port);
    approvals.place.url ??= page.url;
    await tellApprovals(io, approvals);
    return page;
  } catch (error) {
    // Hosts start a server for each window: one page shows what all of them propose on the same ledger.
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    approvals.place.url ??= `http://127.0.0.1:${port}/approvals`;
    log.warn(
      { port },
      "the approval page's port is taken: if by a server on the same ledger, its page shows these messages",
    );
    return undefined;
  }
}

/** On stderr, which no model reads: stdout is the protocol's, or a program's. */
export function tellApprovals(io: Io, approvals: Approvals): Promise<void> {
  return print(io.stderr, `People send at ${describeApprovals(approvals)}\n`);
}

export function describeApprovals({ place, token, isTokenNew }: Approvals): string {
  return `${place.url}, with the token ${isTokenNew ? `${token} (ONSYNC_APPROVAL_TOKEN sets another)` : "of ONSYNC_APPROVAL_TOKEN"}`;
}
