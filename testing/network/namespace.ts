/** Another machine on this one: a network namespace of Linux, which reaches this machine by a cable of two virtual ends. */
import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

function ip(...args: string[]) {
  return execute("ip", args);
}

/** Unlike those of other tests that run at the same time. */
const number = process.pid % 200;
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
  const host = `10.203.${number}.1`;
  await ip("netns", "add", name);
  await ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", name);
  await ip("address", "add", `${host}/30`, "dev", here);
  await ip("link", "set", here, "up");
  await ip("-n", name, "address", "add", `10.203.${number}.2/30`, "dev", there);
  await ip("-n", name, "link", "set", there, "up");
  return {
    host,
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
