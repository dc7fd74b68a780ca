/**
 * Deliveries over the network, to where they may go. Whoever has a key chooses the address, so it is judged when the
 * connection is made, by the IP address that is connected to: a name cannot change what it resolves to in between.
 */
import { lookup as lookupName } from "node:dns";
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { networkInterfaces } from "node:os";
import { classifyAddress } from "./addresses.ts";

export type DeliveryRequest = { url: string; headers: Record<string, string>; body: string; signal: AbortSignal };

/** The endpoint's answer. Its status is the acknowledgement; the rest is for the person who reads the delivery log. */
export type DeliveryAnswer = { status: number; headers?: Record<string, string>; body?: string };

/** Sends a POST request without following redirects. Rejects when there is no answer. */
export type Deliver = (request: DeliveryRequest) => Promise<DeliveryAnswer>;

export type DeliveryRules = {
  /** The ports of the server that makes the deliveries: on this machine none goes there. */
  ownPorts(): ReadonlySet<number>;
  /** Whether deliveries may go to this machine and to private networks, which is what a sandbox on one's own is for. */
  allowsPrivate(): boolean;
  /** Resolves names; the system's by default. */
  resolve?: typeof lookupName;
  /** How long the answer's body is waited for, in milliseconds. Default 250: the status has acknowledged by then. */
  maxBodyWaitMs?: number;
};

const maxKeptBytes = 2048;
const maxKeptHeaders = 32;
/** The status has acknowledged the delivery by then: an endpoint that is slow with the rest of its answer is not waited for. */
const defaultBodyWaitMs = 250;

/** Names of clouds' metadata services, refused without asking where they lead. */
const metadataName = /^(?:metadata|.+\.metadata|metadata\.(?:google\.internal|goog)|instance-data(?:\..+)?)$/;

/** Why a delivery may not connect to an address; `undefined`: it may. */
export function findForbidden(address: string, port: number, rules: DeliveryRules): string | undefined {
  const kind = classifyAddress(address);
  if (kind === "forbidden") return `deliveries never go to ${address}: link-local, metadata and reserved addresses`;
  const isHere = kind === "loopback" || isOwnAddress(address);
  if (isHere && rules.ownPorts().has(port)) return "deliveries never go to the server that makes them";
  if ((isHere || kind === "private") && !rules.allowsPrivate()) {
    return `deliveries do not go to the private address ${address}, because this server listens to others: --allow-private-webhooks allows it`;
  }
  return undefined;
}

/** Sends by HTTP, without redirects and without a proxy. */
export function createGuardedDeliver(rules: DeliveryRules): Deliver {
  // Connections are kept for the next delivery, each to the address it was judged by.
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  return async ({ url, headers, body, signal }) => {
    const target = new URL(url);
    const port = Number(target.port || (target.protocol === "https:" ? 443 : 80));
    const name = target.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
    const refused = isIP(name) === 0 ? findForbiddenName(name) : findForbidden(name, port, rules);
    if (refused !== undefined) throw new Error(refused);
    const lookup = createGuardedLookup(port, rules);
    const options = { method: "POST", headers, signal, lookup };
    const send = (): Promise<IncomingMessage> =>
      new Promise((resolve, reject) => {
        const sent =
          target.protocol === "https:"
            ? requestHttps(target, { ...options, agent: agents.https }, resolve)
            : requestHttp(target, { ...options, agent: agents.http }, resolve);
        // An error after the answer has begun is the body's, which only its reader may mind.
        sent.on("error", (error) => {
          // The endpoint closed a kept connection before it read anything: that is no answer of its.
          const isStale = sent.reusedSocket && (error as NodeJS.ErrnoException).code === "ECONNRESET";
          if (isStale && !signal.aborted) send().then(resolve, reject);
          else reject(error);
        });
        sent.end(body);
      });
    const response = await send();
    return {
      status: response.statusCode as number,
      headers: Object.fromEntries(
        Object.entries(response.headersDistinct)
          .slice(0, maxKeptHeaders)
          .map(([header, values]) => [header, (values ?? []).join(", ").slice(0, 500)]),
      ),
      body: await readBeginning(response, rules.maxBodyWaitMs ?? defaultBodyWaitMs),
    };
  };
}

function findForbiddenName(name: string): string | undefined {
  return metadataName.test(name.toLowerCase()) ? `deliveries never go to ${name}: it is a metadata service` : undefined;
}

/** Gives the connection only addresses that it may connect to: all of a name's, or none. */
function createGuardedLookup(port: number, rules: DeliveryRules): LookupFunction {
  const resolve = rules.resolve ?? lookupName;
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, []);
      const refused = addresses
        .map(({ address }) => findForbidden(address, port, rules))
        .find((why) => why !== undefined);
      const [first] = addresses;
      if (refused !== undefined || !first) return done(new Error(refused ?? `${hostname} has no address`), []);
      if (options.all) return done(null, addresses);
      return done(null, first.address, first.family);
    });
  };
}

function isOwnAddress(address: string): boolean {
  const own = new BlockList();
  for (const each of Object.values(networkInterfaces()).flat()) {
    if (each) own.addAddress(each.address, each.family === "IPv4" ? "ipv4" : "ipv6");
  }
  return own.check(address, isIP(address) === 4 ? "ipv4" : "ipv6");
}

/** The beginning of the answer's body, as far as it comes soon. */
async function readBeginning(response: IncomingMessage, maxBodyWaitMs: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => response.destroy(), maxBodyWaitMs);
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= maxKeptBytes) break;
    }
  } catch {
    // An answer that breaks off after its status has acknowledged all the same.
  } finally {
    clearTimeout(timer);
    response.destroy();
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, maxKeptBytes));
}
