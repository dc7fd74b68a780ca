/** Runs `onsync` in this process, with an environment, stdin and outputs of the test's own. */
import type { Environment } from "../../cli/output/io.ts";
import { run } from "../../cli/program.ts";
// What commands load on demand, two at a time: the modules of jest on Node 22 cannot be linked beside each other.
import "../../cli/settings/connection.ts";
import "../../src/client/index.ts";
import "../../src/client/transport/undici.ts";
import "../../src/operations/index.ts";

export async function onsync(
  args: readonly string[],
  {
    env = {},
    stdin = "",
    tty = false,
    columns,
  }: { env?: Environment; stdin?: string; tty?: boolean; columns?: number } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: "", stderr: "" };
  const code = await run(args, {
    env,
    stdin: Object.assign(
      (async function* () {
        yield stdin;
      })(),
      { isTTY: tty },
    ),
    stdout: { isTTY: tty, columns, write: (text: string) => (written.stdout += text) },
    stderr: { isTTY: tty, columns, write: (text: string) => (written.stderr += text) },
  });
  return { code, ...written };
}
