/** Another machine on this one: a network namespace of Linux, which reaches this machine by a cable of two virtual ends. */
import { execFile, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { promisify } from "node:util";

const execute = promisify(execFile);

function ip(...args: string[]) {
  return execute("ip", args);
}

/** A network of four addresses for each process id, so that no other test's is the same, not even one left by a test that was killed. */
function addressesOf(pid: number): { here: string; there: string } {
  const address = (number: number) => [10, 192 + (number >> 16), (number >> 8) & 255, number & 255].join(".");
  const network = (pid % 2 ** 20) * 4;
  return { here: address(network + 1), there: address(network + 2) };
}

/** A test that was killed leaves its namespace behind, and the cable with it. */
function removeLeftovers(): void {
  for (const name of existsSync("/run/netns") ? readdirSync("/run/netns") : []) {
    const pid = /^onsync-(?:probe-)?(\d+)$/.exec(name)?.[1];
    if (pid && !existsSync(`/proc/${pid}`)) spawnSync("ip", ["netns", "delete", name]);
  }
}

const probe = `onsync-probe-${process.pid}`;
const works =
  spawnSync("ip", ["netns", "add", probe]).status === 0 && spawnSync("ip", ["netns", "delete", probe]).status === 0;

if (!works && process.env.ONSYNC_REQUIRE_NETNS === "1") {
  throw new Error(
    "`ip netns add` does not work here, and ONSYNC_REQUIRE_NETNS=1 asks for it: apt-get install iproute2, and be root.",
  );
}

/** Why tests that need an outsider are skipped here; `null`: they are not. */
export const skipped: string | null = works
  ? null
  : "skipped: `ip netns add` does not work here (apt-get install iproute2, and be root)";

export type Outsider = {
  /** Where the outsider finds this machine. */
  host: string;
  /** Asks as curl does. */
  curl(...args: string[]): Promise<{ status: number; text: string }>;
  close(): Promise<void>;
};

export async function openOutsider(): Promise<Outsider> {
  const name = `onsync-${process.pid}`;
  const [here, there] = [`os${process.pid}a`, `os${process.pid}b`];
  const addresses = addressesOf(process.pid);
  removeLeftovers();
  await ip("netns", "add", name);
  await ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", name);
  await ip("address", "add", `${addresses.here}/30`, "dev", here);
  await ip("link", "set", here, "up");
  await ip("-n", name, "address", "add", `${addresses.there}/30`, "dev", there);
  await ip("-n", name, "link", "set", there, "up");
  return {
    host: addresses.here,
    curl: async (...args) => {
      const command = [
        "netns",
        "exec",
        name,
        "curl",
        "-sS",
        "--noproxy",
        "*",
        "-m",
        "10",
        "-w",
        "\n%{http_code}",
        ...args,
      ];
      const { stdout } = await ip(...command);
      const end = stdout.lastIndexOf("\n");
      return { status: Number(stdout.slice(end + 1)), text: stdout.slice(0, end) };
    },
    close: async () => {
      // The cable goes with its other end.
      await ip("netns", "delete", name);
    },
  };
}
