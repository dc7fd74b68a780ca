/** Says so where the Node that starts the command is not one that it runs on, before any of the rest is loaded. */
import process from "node:process";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (!((major === 22 && minor >= 21) || (major === 24 && minor >= 5) || major > 24)) {
  process.stderr.write(
    `error: onsync needs Node 22, from 22.21 on, or 24.5 or newer, and this is ${process.version}.\n`,
  );
  process.exit(1);
}
