/** Requests to the server the page came from. */
import { getChosenOrgId } from "./org/address.js";
import { setClock } from "./time/server-clock.js";

export class RequestError extends Error {
  constructor(status, error) {
    super(error?.message ?? `The server answered ${status}.`);
    this.status = status;
    this.code = error?.code;
    /** The findings, field by field: `{ path, message }`. */
    this.details = error?.details ?? [];
  }
}

/** The server put it into this page, which no other page can read. */
const token = document.querySelector('meta[name="control-token"]').content;

async function call(method, path, body) {
  const isFile = body instanceof Blob;
  const type = isFile ? "application/octet-stream" : "application/json";
  const response = await fetch(path, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(body !== undefined && { "Content-Type": type }) },
    ...(body !== undefined && { body: isFile ? body : JSON.stringify(body) }),
  }).catch(() => {
    throw new RequestError(0, { message: "The server does not answer. Is it still running?" });
  });
  // Another run of the server has another token, which the page brings when it is loaded again.
  if (response.status === 401 && token !== "") location.reload();
  const answer = await response.json().catch(() => ({}));
  if (answer.timestamp) setClock(answer.timestamp);
  if (!response.ok) throw new RequestError(response.status, answer.error);
  return answer;
}

function withQuery(path, query = {}) {
  const present = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  return present.length === 0 ? path : `${path}?${new URLSearchParams(present)}`;
}

function toConsolePath(path, query) {
  return withQuery(`/_console/${path}`, { orgId: getChosenOrgId(), ...query });
}

/** The console's own data, and what a teammate does in the inbox: of the chosen org. */
export const consoleApi = {
  get: (path, query) => call("GET", toConsolePath(path, query)),
  post: (path, body, query) => call("POST", toConsolePath(path, query), body),
  /** @param file a Blob */
  upload: (path, query, file) => call("POST", toConsolePath(path, query), file),
  patch: (path, body) => call("PATCH", toConsolePath(path), body),
  delete: (path) => call("DELETE", toConsolePath(path)),
};

/** The control API: what stands around OnSync. What is for one org names it (`inOrg`). */
export const controlApi = {
  get: (path, query) => call("GET", withQuery(`/_control/${path}`, query)),
  post: (path, body = {}) => call("POST", `/_control/${path}`, body),
  put: (path, body) => call("PUT", `/_control/${path}`, body),
  patch: (path, body) => call("PATCH", `/_control/${path}`, body),
  delete: (path) => call("DELETE", `/_control/${path}`),
};

/** A call of the control API as it was answered, whatever that is. @param path the whole of it */
export async function callControl(method, path, body) {
  const started = performance.now();
  const response = await fetch(path, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(body && { "Content-Type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new RequestError(0, { message: "The server does not answer. Is it still running?" });
  });
  const text = await response.text();
  const durationMs = Math.round(performance.now() - started);
  return { status: response.status, durationMs, headers: [...response.headers], body: text, failure: null };
}

export const encodeId = encodeURIComponent;
