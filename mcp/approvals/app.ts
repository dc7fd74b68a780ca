/**
 * The approval page: where a person sends what assistants have proposed. It takes the operator's token and nothing else: no
 * token of the MCP server opens it, and nothing that a model is told leads past the sign-in.
 */
import { type Context, Hono, type Next } from "hono";
import { html } from "hono/html";
import { toConversationId } from "../../src/api/index.ts";
import { isErrorNamed, type OnSync } from "../../src/client/index.ts";
import { type AccessRule, findRefusedHeader } from "../../src/http/access.ts";
import { type ApprovalResult, approveProposal, declineProposal, type Edit } from "../../src/proposals/approve.ts";
import { getInput, type ProposalStatus } from "../../src/proposals/proposal.ts";
import type { Proposals } from "../../src/proposals/proposals.ts";
import { removeHiddenCharacters } from "../../src/visible-text.ts";
import type { Log } from "../options.ts";
import { type Html, pageHeaders, renderInline, renderPage } from "./layout.ts";
import { createSessions, type Session, type Sessions } from "./session.ts";
import { renderDetail, renderList, renderSignIn } from "./views.ts";

export type ApprovalsOptions = {
  proposals: Proposals;
  /** The client that may send a proposal; `undefined`: none here. */
  findClient(status: ProposalStatus): OnSync | undefined;
  /** The operator's: whoever has it may approve. */
  token: string;
  /** Which names the server may be called by. */
  getRule(): AccessRule;
  now?: () => number;
  log?: Log | undefined;
};

const maxFormBytes = 64 * 1024;
const shownMessages = 10;
const maxListed = 200;

type Answering = { Variables: { session: Session; form: FormData } };

export function createApprovalsApp(options: ApprovalsOptions): Hono<Answering> {
  const { token, getRule, now = Date.now, log } = options;
  const sessions = createSessions(token, now);
  const app = new Hono<Answering>();
  app.use((context, next) => checkOrigin(context, next, getRule()));
  app.post("/approvals/sign-in", (context) => signIn(context, sessions));
  app.use((context, next) => requireSession(context, next, sessions));
  app.post("/approvals/sign-out", (context) => {
    context.header("set-cookie", sessions.signOut(isSecure(context.req.raw)));
    return context.redirect("/approvals", 303);
  });
  addPages(app, options);
  app.notFound((context) =>
    answer(context, "Not found", context.var.session ?? null, html`<p>There is nothing here.</p>`, 404),
  );
  app.onError((error, context) => {
    log?.("error", "an approval page failed", { err: error });
    const sentence = html`<p class="warning" role="alert">It did not work: the reason is in the server's log. Look again before you try once more.</p>`;
    return answer(context, "An error", null, sentence, 500);
  });
  return app;
}

function addPages(app: Hono<Answering>, { proposals, findClient, now = Date.now, log }: ApprovalsOptions): void {
  const show = async (context: Context<Answering>, id: string, notice: Html | "", code: 200 | 422 | 409 = 200) => {
    const { session } = context.var;
    const status = await proposals.find(id);
    const onsync = status && findClient(status);
    if (!status || !onsync)
      return answer(context, "Not found", session, html`<p>There is no such message, or no longer.</p>`, 404);
    const messages = await readConversation(onsync, status);
    return answer(context, "A message", session, renderDetail(status, session, messages, notice), code);
  };
  app.get("/approvals", async (context) => {
    const { session } = context.var;
    const statuses = (await proposals.list(maxListed)).filter((status) => findClient(status) !== undefined);
    return answer(context, "Approvals", session, renderList(statuses, session));
  });
  app.get("/approvals/:id", (context) => show(context, context.req.param("id"), ""));
  app.post("/approvals/:id/:decision{approve|decline}", async (context) => {
    const { id, decision } = context.req.param();
    const { form, session } = context.var;
    const status = await proposals.find(id);
    const onsync = status && findClient(status);
    if (!onsync) return show(context, id, "");
    const who = { by: session.name, in: "page", now } as const;
    try {
      const result =
        decision === "approve"
          ? await approveProposal(proposals, onsync, id, { ...who, edit: readEdit(form) })
          : await declineProposal(proposals, id, { ...who, reason: readField(form, "reason") });
      logDecision(log, decision, session, result);
      if (result?.problem == null) return context.redirect(`/approvals/${id}`, 303);
      return show(context, id, html`<p class="warning" role="alert">${renderInline(result.problem)}</p>`, 409);
    } catch (error) {
      if (!isErrorNamed(error, "ValidationError")) throw error;
      return show(context, id, html`<p class="warning" role="alert">Nothing was sent: ${error.message}</p>`, 422);
    }
  });
}

async function checkOrigin(context: Context<Answering>, next: Next, rule: AccessRule): Promise<Response | undefined> {
  if (findRefusedHeader(context.req.raw, { ...rule, origins: "own" }) === "Host")
    return answer(context, "Not here", null, html`<p>This server does not answer to that name.</p>`, 403);
  if (!isOwnRequest(context.req.raw))
    return answer(
      context,
      "Refused",
      null,
      html`<p>Only this page's own forms are taken, not those of another.</p>`,
      403,
    );
  await next();
  return undefined;
}

async function requireSession(
  context: Context<Answering>,
  next: Next,
  sessions: Sessions,
): Promise<Response | undefined> {
  const program = sessions.readBearer(context.req.header("authorization"));
  const session = program ?? sessions.read(context.req.header("cookie"));
  if (session === null) return answer(context, "Sign in", null, renderSignIn(new URL(context.req.url).pathname), 401);
  context.set("session", session);
  if (context.req.method === "POST") {
    const form = (await readForm(context.req.raw)) ?? new FormData();
    if (!program && form.get("form") !== session.formToken) {
      const sentence = html`<p>This form is too old: go back, load the page and try again.</p>`;
      return answer(context, "Refused", session, sentence, 403);
    }
    context.set("form", form);
  }
  await next();
  return undefined;
}

async function signIn(context: Context, sessions: Sessions): Promise<Response> {
  const form = await readForm(context.req.raw);
  const next = readField(form, "next");
  const target = /^\/approvals(?:\/proposal_\w+)?$/.test(next) ? next : "/approvals";
  const signed = sessions.signIn(readField(form, "token"), readField(form, "name"), isSecure(context.req.raw));
  if ("cookie" in signed) {
    context.header("set-cookie", signed.cookie);
    return context.redirect(target, 303);
  }
  const [problem, code] =
    signed.refused === "wrong"
      ? (["That is not the operator's token.", 401] as const)
      : (["Too many wrong tokens: try again in a minute.", 429] as const);
  return answer(context, "Sign in", null, renderSignIn(target, problem), code);
}

function answer(
  context: Context,
  title: string,
  session: Session | null,
  content: Html,
  code: 200 | 401 | 403 | 404 | 409 | 422 | 429 | 500 = 200,
): Promise<Response> | Response {
  for (const [name, value] of Object.entries(pageHeaders)) context.header(name, value);
  return context.html(renderPage(title, session, content), code);
}

/**
 * Whether no page of another origin asks, by what a browser says and no page can unsay. A link may lead here from anywhere;
 * a form may not, nor a script.
 */
function isOwnRequest({ headers, url, method }: Request): boolean {
  const site = headers.get("sec-fetch-site");
  if (method === "POST" && site !== null && site !== "same-origin") return false;
  const origin = headers.get("origin");
  return (
    origin === null || (URL.canParse(origin) && new URL(origin).host === (headers.get("host") ?? new URL(url).host))
  );
}

function isSecure({ headers, url }: Request): boolean {
  return headers.get("x-forwarded-proto") === "https" || url.startsWith("https:");
}

async function readForm(request: Request): Promise<FormData | null> {
  const length = Number(request.headers.get("content-length") ?? Number.NaN);
  if (!(length <= maxFormBytes)) return null;
  return request.formData().catch(() => null);
}

function readField(form: FormData | null, name: string): string {
  const value = form?.get(name);
  return typeof value === "string" ? value : "";
}

/** Browsers end lines by two characters. */
function readEdit(form: FormData): Edit {
  if (form.get("edited") === null) return {};
  const clean = (value: unknown): string => removeHiddenCharacters(String(value));
  const content = form.get("content");
  return {
    ...(content !== null && { content: clean(content) }),
    ...(form.has("parameter") && { parameters: form.getAll("parameter").map(clean) }),
  };
}

/** The latest first, as people read a conversation that goes on; `null`: it cannot be read. */
async function readConversation(onsync: OnSync, status: ProposalStatus) {
  const { platform, to } = getInput(status);
  try {
    const id = toConversationId(String(platform), String(to));
    return (await onsync.messages.list(id, { limit: shownMessages }, { deadlineMs: 5_000 })).data;
  } catch (error) {
    return isErrorNamed(error, "NotFoundError") ? [] : null;
  }
}

function logDecision(log: Log | undefined, decision: string, { name }: Session, result: ApprovalResult | null): void {
  const { proposal, state } = result?.status ?? {};
  log?.("info", "a person decided", { decision, by: name, proposal: proposal?.id, state });
}
