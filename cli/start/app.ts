/** Everything on one port: who answers which path. */
import { refusedAccess } from "../../reference/http/server.ts";
import { findRefusedHeader } from "../../src/http/access.ts";
import { landingHeaders } from "./landing.ts";
import { refuse } from "./refusal.ts";

/** What the server knows beside the request: the connection it came by. */
export type Handler<Env> = (request: Request, env: Env) => Response | Promise<Response>;

export type Rooms<Env> = {
  /** The landing page, written out: for those whom the console is not for, and where the real API is used. */
  page: string;
  /** `/v1`, `/_control`, and the console at `/`; missing where the real API is used. */
  reference?: Handler<Env>;
  mcp: Handler<Env>;
  /** `/hooks`; missing where there are no secrets to verify with. */
  hooks?: Handler<Env>;
  /** The address listened on: a page elsewhere that points its own name at this machine must not get in. */
  listening: string;
};

export function createApp<Env>({ page, reference, mcp, hooks, listening }: Rooms<Env>): Handler<Env> {
  /** The console, which this machine alone may have; the landing page for everybody else. */
  const firstPage = async (request: Request, env: Env): Promise<Response> => {
    const console = await reference?.(request, env);
    if (console && console.status !== 403) return console;
    return new Response(request.method === "HEAD" ? null : page, { headers: landingHeaders });
  };

  return (request, env) => {
    const { pathname } = new URL(request.url);
    const refused = findRefusedHeader(request, { listening });
    if (refused !== undefined) {
      const { status, code, message } = refusedAccess(refused);
      return refuse(status, code, message);
    }
    switch (`/${pathname.split("/")[1]}`) {
      case "/":
        if (request.method !== "GET" && request.method !== "HEAD") {
          return refuse(405, "refused", "Use GET for this page; the API is below /v1.", { allow: "GET, HEAD" });
        }
        return firstPage(request, env);
      case "/v1":
      case "/_control":
      case "/_console":
        return (
          reference?.(request, env) ??
          refuse(
            404,
            "unknown_endpoint",
            "The real OnSync API is in use, so there is none here: see / for its address.",
          )
        );
      case "/mcp":
        return mcp(request, env);
      case "/hooks":
        return (
          hooks?.(request, env) ??
          refuse(404, "unknown_endpoint", "Set ONSYNC_WEBHOOK_SECRETS and start again to receive deliveries here.")
        );
      default:
        return refuse(404, "unknown_endpoint", "There is nothing here: / says what is where.");
    }
  };
}
