/**
 * Runs in Node 22, in the folder of an unzipped build, as Zapier runs it: the events come as the first argument, the answers
 * go to stdout as one line, with the hosts that the app connected to. What is meant for OnSync's own address arrives at the
 * port of this machine that ONSYNC_STANDS_IN names; nothing else leaves this machine.
 */
import net from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const hosts = new Set();
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  // Node's own modules hand over arguments that are read already: an array of the options and what to call.
  const [options, ...rest] = Array.isArray(args[0]) ? args[0] : args;
  const { host } = options;
  hosts.add(host);
  if (host === "127.0.0.1") return connect.apply(this, args);
  if (host !== "api.onsync.com" || !process.env.ONSYNC_STANDS_IN) throw new Error(`the app connects to ${host}`);
  const address = { ...options, host: "127.0.0.1", port: Number(process.env.ONSYNC_STANDS_IN) };
  return connect.call(this, address, ...rest.filter((each) => typeof each === "function"));
};

const { handler } = await import(pathToFileURL(join(process.cwd(), "zapierwrapper.js")).href);
const answers = [];
for (const event of JSON.parse(process.argv[2])) {
  hosts.clear();
  const answer = await handler({ calledFromCliInvoke: true, customLogger() {}, zcacheTestObj: {}, ...event }).then(
    ({ results }) => ({ results }),
    ({ name, message }) => ({ error: `${name}: ${message}` }),
  );
  answers.push({ ...answer, hosts: [...hosts] });
}
const line = `\n${JSON.stringify({ node: process.version, answers })}\n`;
process.stdout.write(line, () => process.exit(0));
