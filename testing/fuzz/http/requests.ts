/** Requests as bytes: those that a table of routes describes, and those made of them that nobody describes. */
import fc from "fast-check";
import { changedBytes } from "../inputs/bytes.ts";
import { fromSchema, type Schema } from "../inputs/schema.ts";
import { hostileText, writeJson } from "../inputs/text.ts";

/** Each character of `bytes` is a byte. */
export type HttpInput = { bytes: string; ends: boolean };

export type Route = {
  method: string;
  /** With `{name}` for what is put in. */
  path: string;
  query?: Schema | undefined;
  body?: Schema | undefined;
};

export type Site = {
  routes: readonly Route[];
  /** Header lines that let a request in. */
  credentials: readonly string[];
  /** Ids that stand for a `{name}` of a path, beside what is made up. */
  ids: readonly string[];
  /** Header lines that make a difference here. */
  headers?: readonly string[];
};

export function toBytes(method: string, target: string, headers: readonly string[], body = ""): string {
  const bytes = Buffer.from(body, "utf8").toString("latin1");
  const sent = body === "" ? headers : [...headers, `Content-Length: ${bytes.length}`];
  const head = [`${method} ${target} HTTP/1.1`, "Host: 127.0.0.1", "Connection: close", ...sent, "", ""].join("\r\n");
  return Buffer.from(head, "utf8").toString("latin1") + bytes;
}

/** As an address may have it: escaped as it must be, not at all, or twice. */
function escapeSome(text: string): fc.Arbitrary<string> {
  const bare = text.replace(/[\s#?]/gu, "");
  const whole = encodeURIComponent(text.toWellFormed());
  return fc.constantFrom(whole, whole, whole, whole, bare, encodeURIComponent(whole), whole.toLowerCase());
}

function fillPath(path: string, ids: readonly string[]): fc.Arbitrary<string> {
  const parts = path.split(/\{\w+\}/);
  const gap = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom("none", ...ids) },
    { weight: 1, arbitrary: hostileText.chain(escapeSome) },
  );
  return fc
    .array(gap, { minLength: parts.length - 1, maxLength: parts.length - 1 })
    .map((gaps) => parts.map((part, index) => part + (gaps[index] ?? "")).join(""));
}

function writeQuery(query: unknown): fc.Arbitrary<string> {
  const pairs = typeof query === "object" && query !== null ? Object.entries(query) : [];
  return fc
    .tuple(
      ...pairs.map(([name, value]) =>
        escapeSome(typeof value === "string" ? value : writeJson(value)).map(
          (text) => `${encodeURIComponent(name.toWellFormed())}=${text}`,
        ),
      ),
    )
    .map((written) => (written.length === 0 ? "" : `?${written.join("&")}`));
}

function describedRequest(site: Site, { method, path, query, body }: Route): fc.Arbitrary<HttpInput> {
  const target = fc
    .tuple(fillPath(path, site.ids), query ? fromSchema(query).chain(writeQuery) : fc.constant(""))
    .map(([filled, asked]) => filled + asked);
  const type = fc.oneof(
    { weight: 20, arbitrary: fc.constant("application/json") },
    fc.constantFrom(
      "text/plain",
      "application/json; charset=utf-16",
      "application/octet-stream",
      "multipart/form-data; boundary=a",
    ),
  );
  const content = body ? fromSchema(body).map(writeJson) : fc.constant("");
  const further = fc.array(fc.constantFrom(...(site.headers ?? []), "Accept: */*", "Expect: 100-continue"), {
    maxLength: 1,
  });
  return fc.tuple(target, type, content, further).map(([address, contentType, text, lines]) => {
    const headers = [...site.credentials, ...lines, ...(text === "" ? [] : [`Content-Type: ${contentType}`])];
    return { bytes: toBytes(method, address, headers, text), ends: false };
  });
}

/** Requests by the schemas of a site. */
export function describeRequests(site: Site): fc.Arbitrary<HttpInput> {
  return fc.oneof(...site.routes.map((route) => describedRequest(site, route)));
}

const pieces = [
  "\r\n",
  "\n",
  "\r",
  "\0",
  " ",
  ":",
  "\t",
  "%00",
  "%2e%2e/",
  "%ff",
  "//",
  "\\",
  "?",
  "#",
  "*",
  "\u00e9",
  "\u00ff\u00fe",
  "__proto__",
  '"',
  "{",
  "[",
  "[[[[[[[[[[[[[[[[",
  "\\ud83d",
  "1e400",
  "9007199254740993",
  "HTTP/1.1",
  "HTTP/1.0",
  "Content-Length: 5\r\n",
  "Content-Length: 99999999999999999999\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Transfer-Encoding: identity\r\n",
  "Host: evil.example\r\n",
  "Origin: https://evil.example\r\n",
  "X-Forwarded-Host: evil.example\r\n",
  "Expect: 100-continue\r\n",
  "Expect: x\r\n",
  "Upgrade: h2c\r\nConnection: upgrade\r\n",
  "Connection: keep-alive\r\n",
  "Content-Encoding: gzip\r\n",
  "Content-Type: application/json; charset=utf-7\r\n",
  "Authorization: Bearer \u00ff\r\n",
  "Authorization: Basic Og==\r\n",
  "Range: bytes=0-\r\n",
  "GET / HTTP/1.0\r\n\r\n",
  "GET http://evil.example/v1/me HTTP/1.1\r\n",
  "POST /v1/contacts HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n",
  `X: ${"y".repeat(17_000)}\r\n`,
  "a: b\r\n".repeat(2200),
  "\xf0\x9f\x98\x80",
  "\xed\xa0\x80",
];

function toChunked(bytes: string): string {
  const end = bytes.indexOf("\r\n\r\n");
  const body = bytes.slice(end + 4);
  const head = bytes.slice(0, end).replace(/\r\nContent-Length: \d+/, "\r\nTransfer-Encoding: chunked");
  return `${head}\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
}

/** Requests that are broken on the way: what comes of them ends where the bytes do. */
export function breakRequests(requests: fc.Arbitrary<HttpInput>): fc.Arbitrary<HttpInput> {
  const whole = requests.map(({ bytes }) => bytes);
  const base = fc.oneof({ weight: 3, arbitrary: whole }, { weight: 1, arbitrary: whole.map(toChunked) });
  return changedBytes(base, pieces).map((bytes) => ({ bytes, ends: true }));
}
