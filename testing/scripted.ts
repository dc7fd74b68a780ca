/** Transports that answer by a script, and a client on one with a clock that is never waited for. */
import {
  createOnSync,
  type OnSync,
  type OnSyncOptions,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from "../src/client/index.ts";
import { VirtualClock } from "./virtual-clock.ts";

export const apiKey = "onsync_pk_test_SCRIPTED0KEY0123456789";

export type Step =
  | TransportResponse
  | Error
  | ((request: TransportRequest) => TransportResponse | Promise<TransportResponse>);

/** A JSON answer in the API's envelope. */
export function json(
  status: number,
  body: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): TransportResponse {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    text: JSON.stringify({ ...body, requestId: "req_1", timestamp: "2024-12-01T10:00:00.000Z" }),
  };
}

/** An error in the API's own format. */
export function refused(
  status: number,
  code: string,
  details?: unknown,
  headers: Record<string, string> = {},
): TransportResponse {
  return json(
    status,
    { error: { code, message: `The server says ${code}.`, ...(details !== undefined && { details }) } },
    headers,
  );
}

export function html(status: number, headers: Record<string, string> = {}): TransportResponse {
  return {
    status,
    headers: { "content-type": "text/html", ...headers },
    text: `<html><body><h1>${status} from a gateway</h1></body></html>`,
  };
}

/** An error as undici and fetch throw it: the code in the cause. */
export function networkError(code: string, syscall?: string): Error {
  return new TypeError("fetch failed", {
    cause: Object.assign(new Error(`${code} of the network`), { code, syscall }),
  });
}

export function never(): Promise<TransportResponse> {
  return new Promise(() => {});
}

/** Answers the requests one step after the other; a request past the last step is a mistake of the test's. */
export function scripted(...steps: Step[]): Transport & { requests: TransportRequest[] } {
  const requests: TransportRequest[] = [];
  const transport: Transport = async (request) => {
    requests.push(request);
    const step = steps[requests.length - 1];
    if (step === undefined)
      throw new Error(`request ${requests.length} was not expected: ${request.method} ${request.url}`);
    if (step instanceof Error) throw step;
    return typeof step === "function" ? step(request) : step;
  };
  return Object.assign(transport, { requests });
}

export type Scripted = {
  onsync: OnSync;
  clock: VirtualClock;
  requests: TransportRequest[];
  /** `GET /v1/contacts?phone=…` of each request. */
  lines(): string[];
};

/** A client on scripted answers. Jitter is at its largest, so that waits are round numbers. */
export function scriptedOnSync(steps: Step[], options: Partial<OnSyncOptions> = {}): Scripted {
  const transport = scripted(...steps);
  const clock = new VirtualClock();
  const onsync = createOnSync({
    apiKey,
    baseUrl: "https://api.example.com/v1",
    transport,
    clock,
    random: () => 1,
    uuid: () => "reference-1",
    ...options,
  });
  const line = ({ method, url }: TransportRequest) => `${method} ${url.replace("https://api.example.com", "")}`;
  return { onsync, clock, requests: transport.requests, lines: () => transport.requests.map(line) };
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it did not reject");
}
