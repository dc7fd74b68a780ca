/** Which proxy carries requests, if any: as an option says, or the environment. */

export type ProxyOptions = {
  /**
   * `"environment"`: as `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` say (the same names in lower case come first; an empty
   * one counts as none). A URL, `http://user:password@proxy.example.com:3128`: through that one always. Default `false`:
   * directly, whatever the environment says.
   */
  proxy?: "environment" | string | URL | false | undefined;
  /** Read for `"environment"`. Default `process.env`. */
  environment?: Readonly<Record<string, string | undefined>> | undefined;
};

export type ProxyServer = {
  /** With its credentials: not to be shown. */
  url: URL;
  /** The variable or option that names it. */
  from: string;
};

export type Proxies = {
  http: ProxyServer | undefined;
  https: ProxyServer | undefined;
  /** Hosts to be reached without one, as NO_PROXY lists them. */
  noProxy: string;
};

/** Where a proxy is, without its credentials. */
export function formatProxy({ url, from }: ProxyServer): string {
  return `${url.protocol}//${url.host}${from === "proxy" ? "" : ` (${from})`}`;
}

/** Makes the error of an option, or a variable, that cannot be used. */
export type WrongOption = (name: string, message: string) => Error;

/**
 * @returns `null`: none
 * @throws what `wrongOption` makes, which names the option or variable that is no proxy's URL
 */
export function readProxies(
  { proxy = false, environment = process.env }: ProxyOptions,
  wrongOption: WrongOption,
): Proxies | null {
  if (proxy === false) return null;
  if (proxy !== "environment") {
    const always = readProxy(String(proxy), "proxy", wrongOption);
    return { http: always, https: always, noProxy: "" };
  }
  const read = (name: string): { from: string; text: string } | undefined => {
    const from = environment[name.toLowerCase()] === undefined ? name : name.toLowerCase();
    const text = environment[from]?.trim() ?? "";
    return text === "" ? undefined : { from, text };
  };
  const http = read("HTTP_PROXY");
  // As undici has it: without HTTPS_PROXY, HTTP_PROXY serves https, too.
  const https = read("HTTPS_PROXY") ?? http;
  if (https === undefined) return null;
  return {
    http: http && readProxy(http.text, http.from, wrongOption),
    https: readProxy(https.text, https.from, wrongOption),
    noProxy: read("NO_PROXY")?.text ?? "",
  };
}

/**
 * The same for the agents of `node:http` and `node:https` (`proxyEnv`, which an older Node than those of package.json would not heed).
 *
 * @returns `undefined`: none
 * @throws as {@link readProxies}
 */
export function toAgentProxies(options: ProxyOptions, wrongOption: WrongOption): Record<string, string> | undefined {
  const proxies = readProxies(options, wrongOption);
  if (proxies === null) return undefined;
  const { http, https, noProxy } = proxies;
  const entries = noProxy.split(/[\s,]+/).filter((entry) => entry !== "");
  return {
    ...(http && { HTTP_PROXY: http.url.href }),
    ...(https && { HTTPS_PROXY: https.url.href }),
    // To Node `example.com` is the host alone, and `.example.com` its subdomains, too: undici, as curl, means the latter.
    NO_PROXY: entries.flatMap((entry) => (/^[.*]/.test(entry) ? [entry] : [entry, `.${entry}`])).join(","),
  };
}

/**
 * Takes the credentials of URLs out of an error. Node 22 writes those of the proxy into it, where that gives no tunnel.
 *
 * @returns the same error
 */
export function removeCredentials<Thrown>(error: Thrown): Thrown {
  const remove = (text: string): string => text.replace(/(\w:\/\/)[^/\s]*@/g, "$1");
  // By shape: errors of another realm are no `instanceof Error`.
  const { message, stack } = (error ?? {}) as { message?: unknown; stack?: unknown };
  if (typeof message === "string") Object.assign(error as object, { message: remove(message) });
  if (typeof stack === "string") Object.assign(error as object, { stack: remove(stack) });
  return error;
}

/** The port may stand alone behind the host, as curl takes it. */
function readProxy(text: string, from: string, wrongOption: WrongOption): ProxyServer {
  const whole = text.includes("://") ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol) || !areDecodable(url.username, url.password))
    throw wrongOption(from, "must be the URL of an http or https proxy, such as http://proxy.example.com:3128");
  return { url, from };
}

function areDecodable(...encoded: string[]): boolean {
  try {
    encoded.map(decodeURIComponent);
    return true;
  } catch {
    return false;
  }
}

/** The proxy is why there is no answer. The message names it, without its credentials. */
export class ProxyError extends Error {
  override readonly name = "ProxyError";
  /**
   * `PROXY_UNREACHABLE`, `PROXY_REFUSED`, `PROXY_TUNNEL_PASSWORD` (it wants another): there was no way through, so that
   * nothing of the request left. `PROXY_PASSWORD`: so was a request refused that is not encrypted, and that it had.
   */
  readonly code: "PROXY_UNREACHABLE" | "PROXY_REFUSED" | "PROXY_TUNNEL_PASSWORD" | "PROXY_PASSWORD";

  constructor(code: ProxyError["code"], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

const passwordAdvice = "it wants another user and password, as in http://USER:PASSWORD@HOST:PORT";

export function createUnreachableError(proxy: ProxyServer, cause: Error & { code?: string }): ProxyError {
  const why = cause.code ?? cause.message;
  return new ProxyError("PROXY_UNREACHABLE", `the proxy ${formatProxy(proxy)} cannot be reached: ${why}`, cause);
}

/** @param status its answer to CONNECT */
export function createRefusedError(proxy: ProxyServer, host: string, status: number): ProxyError {
  const said = `the proxy ${formatProxy(proxy)} answered ${status} when asked for ${host}`;
  return status === 407
    ? new ProxyError("PROXY_TUNNEL_PASSWORD", `${said}: ${passwordAdvice}`)
    : new ProxyError("PROXY_REFUSED", said);
}

export function createAuthenticationError(proxy: ProxyServer): ProxyError {
  return new ProxyError("PROXY_PASSWORD", `the proxy ${formatProxy(proxy)} answered 407: ${passwordAdvice}`);
}
