/** Answers and failures as OnSync, a framework, a gateway and the network make them. */

export function networkError(code: string, syscall: string, wrapped: boolean): Error {
  const cause = Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
  return wrapped ? new TypeError("fetch failed", { cause }) : cause;
}

export const envelope = { requestId: "req_own", timestamp: "2026-03-01T08:00:00.000Z" };

export function ownError(status: number, code: string, message: string, headers: Record<string, string> = {}) {
  return {
    status,
    headers: { "content-type": "application/json", "x-request-id": envelope.requestId, ...headers },
    text: JSON.stringify({ error: { code, message }, ...envelope }),
  };
}

export function frameworkNotFound(path: string) {
  return {
    status: 404,
    headers: { "content-type": "application/json; charset=utf-8" },
    text: JSON.stringify({ statusCode: 404, error: "Not Found", message: `Cannot GET ${path}` }),
  };
}

export function html(status: number, title: string, headers: Record<string, string> = {}) {
  return {
    status,
    headers: { "content-type": "text/html", ...headers },
    text: `<html><head><title>${status} ${title}</title></head><body><h1>${title}</h1></body></html>`,
  };
}
