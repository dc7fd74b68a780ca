/** Everything on one port: who answers which path. */
import { isLoopback } from "../options.ts";
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
  /** Whether requests may name any host: a page elsewhere that points its own name at this machine must not get in. */
  anyHost: boolean;
};

export const createApp = <Env>({ page, reference, mcp, hooks, anyHost }: Rooms<Env>): Handler<Env> => {
  /** The console, which this machine alone may have; the landing page for everybody else. */
  const firstPage = async (request: Request, env: Env): Promise<Response> => {
    const console = await reference?.(request, env);
    if (console && console.status !== 403) return console;
    return new Response(request.method === "HEAD" ? null : page, { headers: landingHeaders });
  };

  return (request, env) => {
    const { pathname, hostname } = new URL(request.url);
    if (!anyHost && !isLoopback(hostname)) {
      return refuse(
        403,
        "refused",
        `This server answers on this machine only, and ${hostname} is another name: start it with --host to open it.`,
      );
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
        // The host was judged above, once for all rooms: as behind a proxy, the MCP server sees a local one.
        request.headers.set("host", "localhost");
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
};
