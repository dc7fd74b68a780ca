/** Routes that take and answer JSON, for this machine alone: the control API's and the console's. */

import * as z from "zod";
import { type Answer, Refusal } from "../http/answers.ts";
import type { HttpBindings } from "../http/bindings.ts";
import { readJson, validate } from "../http/input.ts";
import { createRouter, type Match, methodNotAllowed, type Router, unknownEndpoint } from "../http/router.ts";
import { requireLoopback } from "./loopback.ts";
import { requireControlToken } from "./token.ts";

type Input = {
  params: Record<string, string>;
  query: URLSearchParams;
  body: unknown;
  /** The bytes of a route that takes a file; `null` where there are none. */
  file: AsyncIterable<Uint8Array> | null;
  origin: string;
};

export type JsonRoute<Subject> = {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  /** Bodies are validated by the functions that take them; `never` says so to the type checker. */
  run: (subject: Subject, input: Input & { body: never }) => object | Promise<object>;
  /** Answers 201. */
  creates?: true;
  /** Reads its body. Without, one that says anything is refused: whoever sent it meant something else. */
  takesBody?: true;
  /** Reads its body as it stands, however long: whoever takes it sets the limit. */
  takesFile?: true;
};

export type JsonHandler = (request: Request, url: URL, env: Partial<HttpBindings> | undefined) => Promise<Answer>;

export function readPathId({ params }: Pick<Input, "params">): string {
  return params.id as string;
}

/** @throws Refusal 404, or 405 with `Allow` */
function findRoute<Subject>(
  router: Router<JsonRoute<Subject>>,
  method: string,
  root: string,
  path: string,
): Match<JsonRoute<Subject>> {
  const found = router.find(method, path);
  if (found) return found;
  const allowed = router.listByPath(path).map((route) => route.method);
  throw allowed.length === 0
    ? unknownEndpoint(method, `${root}${path}`)
    : methodNotAllowed(method, "this path", allowed);
}

/** A body may be left out where nothing in it is required. */
function hasBody(request: Request, env: Partial<HttpBindings> | undefined): boolean {
  if (!env?.incoming) return request.body !== null;
  const { "content-length": length = "0", "transfer-encoding": encoding } = env.incoming.headers;
  return length !== "0" || encoding !== undefined;
}

const NoBody = z.strictObject({});

/** @throws Refusal 415: no form of a page can send this type */
function openFile(request: Request): AsyncIterable<Uint8Array> | null {
  if (request.headers.get("content-type") === "application/octet-stream") return request.body;
  throw new Refusal(
    "unsupported_media_type",
    "The body must be a file with the header `Content-Type: application/octet-stream`.",
  );
}

async function readBody<Subject>(
  { takesBody }: JsonRoute<Subject>,
  request: Request,
  env: Partial<HttpBindings> | undefined,
): Promise<never> {
  const given = hasBody(request, env) ? await readJson(request) : {};
  return (takesBody ? given : validate(NoBody, given)) as never;
}

/**
 * @param place where the routes are, and what a refusal calls them
 * @param token what a request must carry
 */
export function answerRoutes<Subject>(
  { root, name }: { root: string; name: string },
  routes: readonly JsonRoute<Subject>[],
  subject: Subject,
  token: string,
  reportError: (error: unknown) => void,
): JsonHandler {
  const router = createRouter(routes);
  return async (request, url, env) => {
    try {
      requireLoopback(request, env, name);
      requireControlToken(request, token, name);
      const { route, params } = findRoute(router, request.method, root, url.pathname.slice(root.length));
      const carried = route.takesFile
        ? { body: undefined as never, file: openFile(request) }
        : { body: await readBody(route, request, env), file: null };
      const result = await route.run(subject, { params, query: url.searchParams, ...carried, origin: url.origin });
      return { status: route.creates ? 201 : 200, body: { ...result } };
    } catch (error) {
      if (error instanceof Refusal) return error.toAnswer();
      reportError(error);
      return new Refusal("internal", "Something went wrong on our side.").toAnswer();
    }
  };
}
