/** Everything on one port: who answers which path. */
import { Hono } from "hono";
import { describeRefusedHeader } from "../../reference/http/server.ts";
import { findRefusedHeader } from "../../src/http/access.ts";
import { createErrorResponse } from "./error-response.ts";
import { landingHeaders } from "./landing.ts";

/** What the server knows beside the request: the connection it came by. */
export type Handler<Env extends object> = (request: Request, env: Env) => Response | Promise<Response>;

export type Routes<Env extends object> = {
  /** The landing page, written out: for those whom the console is not for, and where the real API is used. */
  page: string;
  /** `/v1`, `/_control`, and the console at `/`; missing where the real API is used. */
  reference?: Handler<Env> | undefined;
  mcp: Handler<Env>;
  /** `/hooks`; missing where there are no secrets to verify with. */
  hooks?: Handler<Env> | undefined;
  /** The address listened on: a page elsewhere that points its own name at this machine must not get in. */
  listening: string;
};

export function createApp<Env extends object>(routes: Routes<Env>): Handler<Env> {
  const { page, reference, mcp, hooks, listening } = routes;
  // A path counts as it is written: whoever answers it decides what its escapes mean.
  const app = new Hono<{ Bindings: Env }>({ getPath: (request) => new URL(request.url).pathname });

  app.use(async (context, next) => {
    const header = findRefusedHeader(context.req.raw, { listening });
    if (header === undefined) return next();
    const { status, code, message } = describeRefusedHeader(header);
    return createErrorResponse(status, code, message);
  });

  app.get("/", async ({ req, env }) => {
    // The console is for this machine alone; everybody else gets the landing page.
    const console = await reference?.(req.raw, env);
    if (console && console.status !== 403) return console;
    return new Response(page, { headers: landingHeaders });
  });
  app.all("/", () =>
    createErrorResponse(405, "refused", "Use GET for this page; the API is below /v1.", { allow: "GET, HEAD" }),
  );

  for (const path of ["/v1/*", "/_control/*", "/_console/*"]) {
    app.all(path, ({ req, env }) => reference?.(req.raw, env) ?? notFound(realApiInUse));
  }
  app.all("/mcp/*", ({ req, env }) => mcp(req.raw, env));
  app.all("/hooks/*", ({ req, env }) => hooks?.(req.raw, env) ?? notFound(noSecrets));
  app.notFound(() => notFound("There is nothing here: / says what is where."));
  // The server answers it, and says no more than that something went wrong.
  app.onError((error) => {
    throw error;
  });
  return (request, env) => app.fetch(request, env);
}

const realApiInUse = "The real OnSync API is in use, so there is none here: see / for its address.";
const noSecrets = "Set ONSYNC_WEBHOOK_SECRETS and start again to receive deliveries here.";

function notFound(message: string): Response {
  return createErrorResponse(404, "unknown_endpoint", message);
}
