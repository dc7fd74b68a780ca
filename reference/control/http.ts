/** The control API over HTTP, under `/_control`: a table of routes, each a call of an in-process function. */
import type { HttpBindings } from "@hono/node-server";
import { type Answer, Refusal } from "../answers.ts";
import { readJson } from "../body.ts";
import { match, segmentsOf, unknownEndpoint } from "../route.ts";
import { queryValues, validate } from "../validate.ts";
import type { Control } from "./index.ts";
import { AssignInput, DeliveriesQuery } from "./input.ts";
import { mustBeLoopback } from "./loopback.ts";

type Input = { params: Record<string, string>; query: URLSearchParams; body: unknown };
type ControlRoute = {
  method: "GET" | "POST" | "DELETE";
  path: string;
  /** Bodies are validated by the functions that take them; `never` says so to the type checker. */
  run: (control: Control, input: Input & { body: never }) => Promise<object>;
  /** Answers 201. */
  creates?: true;
};

const id = ({ params }: Pick<Input, "params">): string => params.id as string;

const routes: ControlRoute[] = [
  { method: "POST", path: "/orgs", creates: true, run: (control, { body }) => control.createOrg(body) },
  { method: "POST", path: "/keys", creates: true, run: (control, { body }) => control.createKey(body) },
  { method: "DELETE", path: "/keys/{id}", run: (control, input) => control.revokeKey(id(input)) },
  { method: "POST", path: "/inbound", creates: true, run: (control, { body }) => control.inbound(body) },
  {
    method: "POST",
    path: "/messages/{id}/status",
    run: (control, input) => control.setMessageStatus(id(input), input.body),
  },
  {
    method: "POST",
    path: "/conversations/{id}/assign",
    run: (control, input) => {
      const { assignee, ...options } = validate(AssignInput, input.body);
      return control.assign(id(input), assignee, options as { orgId?: string });
    },
  },
  {
    method: "POST",
    path: "/conversations/{id}/resolve",
    run: (control, input) => control.resolve(id(input), input.body),
  },
  { method: "POST", path: "/webhooks/{id}/pause", run: (control, input) => control.pauseWebhook(id(input)) },
  { method: "POST", path: "/webhooks/{id}/resume", run: (control, input) => control.resumeWebhook(id(input)) },
  {
    method: "GET",
    path: "/deliveries",
    run: async (control, { query }) => ({
      data: await control.deliveries(validate(DeliveriesQuery, queryValues(query, DeliveriesQuery))),
    }),
  },
  { method: "POST", path: "/deliveries/{id}/redeliver", run: (control, input) => control.redeliver(id(input)) },
  { method: "GET", path: "/clock", run: (control) => control.clock() },
  { method: "POST", path: "/clock", run: (control, { body }) => control.clock(body) },
  { method: "GET", path: "/faults", run: async (control) => ({ data: await control.faults.list() }) },
  { method: "POST", path: "/faults", creates: true, run: (control, { body }) => control.faults.add(body) },
  { method: "DELETE", path: "/faults", run: (control) => control.faults.clear() },
  {
    method: "GET",
    path: "/templates",
    run: async (control, { query }) => ({ data: await control.templates.list(query.get("orgId") ?? undefined) }),
  },
  { method: "POST", path: "/templates", creates: true, run: (control, { body }) => control.templates.save(body) },
  {
    method: "POST",
    path: "/reset",
    run: async (control) => {
      await control.reset();
      return { reset: true };
    },
  },
];

const find = (method: string, path: string): { route: ControlRoute; params: Record<string, string> } => {
  const segments = segmentsOf(path);
  const fitting = routes.flatMap((route) => {
    const params = match(segmentsOf(route.path), segments);
    return params ? [{ route, params }] : [];
  });
  const found = fitting.find(({ route }) => route.method === method);
  if (found) return found;
  if (fitting.length === 0) throw unknownEndpoint(method, `/_control${path}`);
  const allowed = fitting.map(({ route }) => route.method);
  throw new Refusal("method_not_allowed", `${method} is not a method of this path. Use ${allowed.join(" or ")}.`, {
    headers: { Allow: allowed.join(", ") },
  });
};

/** A body may be left out where nothing in it is required. */
const hasBody = (request: Request, env: Partial<HttpBindings> | undefined): boolean => {
  if (!env?.incoming) return request.body !== null;
  const { "content-length": length = "0", "transfer-encoding": encoding } = env.incoming.headers;
  return length !== "0" || encoding !== undefined;
};

export const createControlHttp =
  (control: Control, failed: (error: unknown) => void) =>
  async (request: Request, url: URL, env: Partial<HttpBindings> | undefined): Promise<Answer> => {
    try {
      mustBeLoopback(request, url, env);
      const { route, params } = find(request.method, url.pathname.slice("/_control".length));
      const body = (request.method === "POST" && hasBody(request, env) ? await readJson(request) : {}) as never;
      const result = await route.run(control, { params, query: url.searchParams, body });
      return { status: route.creates ? 201 : 200, body: { ...result } };
    } catch (error) {
      if (error instanceof Refusal) return error.toAnswer();
      failed(error);
      return new Refusal("internal", "Something went wrong on our side.").toAnswer();
    }
  };
