/** A person at the approval page, as a browser without scripts: links, forms, a cookie. */
import type { Hono } from "hono";
import { createApprovalsApp } from "../../../mcp/approvals/app.ts";
import { type ApprovalWorld, createApprovalWorld, hello } from "../../../testing/approvals.ts";

export const operatorToken = "operator-token-of-a-test";
export const origin = "http://127.0.0.1:4020";

export type Page = { status: number; text: string; headers: Headers };

export type Visitor = {
  get(path: string, headers?: Record<string, string>): Promise<Page>;
  /** Sends a form of the page that was loaded last, with what it carries by itself. */
  post(path: string, fields?: Record<string, string>, headers?: Record<string, string>, more?: string): Promise<Page>;
  signIn(token?: string, name?: string): Promise<Page>;
};

export function createVisitor(app: { fetch(request: Request): Response | Promise<Response> }): Visitor {
  let cookie = "";
  let formToken = "";
  const request = async (path: string, init: RequestInit & { headers: Record<string, string> }): Promise<Page> => {
    const headers = { host: "127.0.0.1:4020", ...(cookie && { cookie }), ...init.headers };
    const response = await app.fetch(new Request(`${origin}${path}`, { ...init, headers }));
    const set = response.headers.get("set-cookie");
    if (set !== null) cookie = set.split(";")[0] as string;
    const text = await response.text();
    formToken = /name="form" value="([^"]+)"/.exec(text)?.[1] ?? formToken;
    const { status, headers: answered } = response;
    return { status, text, headers: answered };
  };
  const visitor: Visitor = {
    get: (path, headers = {}) => request(path, { method: "GET", headers }),
    post(path, fields = {}, headers = {}, more = "") {
      const body = new URLSearchParams({ form: formToken, ...fields }).toString() + more;
      const form = { "content-type": "application/x-www-form-urlencoded", "content-length": String(body.length) };
      return request(path, { method: "POST", headers: { origin, ...form, ...headers }, body });
    },
    async signIn(token = operatorToken, name = "Sara") {
      const answer = await visitor.post("/approvals/sign-in", { token, name, next: "/approvals" });
      await visitor.get("/approvals");
      return answer;
    },
  };
  return visitor;
}

export type PageWorld = ApprovalWorld & {
  app: Hono<never>;
  visitor: Visitor;
  propose(input?: Record<string, unknown>, operation?: string): Promise<string>;
};

export async function createPageWorld(): Promise<PageWorld> {
  const world = await createApprovalWorld();
  const { proposals, onsync, now } = world;
  const app = createApprovalsApp({
    ...{ proposals, now, token: operatorToken },
    findClient: ({ proposal }) => (proposal.org === "org" ? onsync : undefined),
    getRule: () => ({ listening: "127.0.0.1" }),
  });
  const propose = async (input: Record<string, unknown> = hello, operation = "send_message") => {
    const message = { org: "org", sendScope: onsync.ledgerScope, operation, input, proposedBy: "claude-ai" };
    return (await proposals.propose(message, async () => {})).status.proposal.id;
  };
  return { ...world, app: app as unknown as Hono<never>, visitor: createVisitor(app), propose };
}
