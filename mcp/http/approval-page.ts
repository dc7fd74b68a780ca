/** The approval page on the HTTP server: for the messages of every org that it serves and knows the client of. */
import { isIP } from "node:net";
import { LRUCache } from "lru-cache";
import type { OnSync } from "../../src/client/index.ts";
import { formatOrigin, isLoopback, toReachableHost } from "../../src/http/loopback.ts";
import { createProposals } from "../../src/proposals/proposals.ts";
import { createApprovalsApp } from "../approvals/app.ts";
import type { McpOptions } from "../options.ts";
import type { HttpAppOptions } from "./app.ts";

/** Orgs whose proposals can be approved here: those of the keys that were used last. */
const maxClients = 1000;

type Options = Pick<McpOptions, "approvals" | "ledger" | "now" | "log"> & Pick<HttpAppOptions, "allowedHosts">;

export function createApprovalPage({ approvals, ledger, now, log, allowedHosts }: Options) {
  if (!approvals || !ledger) throw new Error("approvals need a ledger: give the server the one that its client has");
  const clients = new LRUCache<string, OnSync>({ max: maxClients });
  let url: string | undefined;
  return {
    approvals: {
      ...approvals,
      getUrl: () => approvals.getUrl?.() ?? url,
      addClient: (org: string, onsync: OnSync) => void clients.set(org, onsync),
    },
    /** @param getListening the address listened on */
    answer(getListening: () => string | undefined) {
      const app = createApprovalsApp({
        proposals: createProposals(ledger, now),
        findClient: ({ proposal }) => clients.get(proposal.org),
        token: approvals.token,
        getRule: () => ({ hosts: allowedHosts, names: findName(approvals.getUrl?.()), listening: getListening() }),
        ...(now && { now }),
        log,
      });
      return (request: Request) => app.fetch(request);
    },
    listens(port: number, host = "127.0.0.1"): void {
      url = `${formatOrigin(toReachableHost(host), port)}/approvals`;
    },
  };
}

/** The name that people call the page by, where the operator says one: a proxy passes it on. */
function findName(url: string | undefined): string[] | undefined {
  const { hostname } = url !== undefined && URL.canParse(url) ? new URL(url) : { hostname: "" };
  return hostname === "" || isIP(hostname.replace(/^\[|\]$/g, "")) !== 0 || isLoopback(hostname)
    ? undefined
    : [hostname];
}
