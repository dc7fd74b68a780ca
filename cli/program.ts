/** The `onsync` command: its commands, and what an ending means for the exit code. */
import { Command } from "commander";
import { addCallCommand } from "./call/index.ts";
import { addCompletionCommand } from "./completion/index.ts";
import { addDoctorCommand } from "./doctor/index.ts";
import { addEventsCommand } from "./events/index.ts";
import { addExportCommand } from "./export/index.ts";
import { addForgetCommand } from "./forget/index.ts";
import { addImportCommand } from "./import/index.ts";
import { addListenCommand } from "./listen/index.ts";
import { addMcpCommand } from "./mcp/index.ts";
import type { Io } from "./output/io.ts";
import { redirectOutput, runProgram } from "./output/run-program.ts";
import { addReferenceCommand } from "./reference/index.ts";
import { addSendsCommand } from "./sends/index.ts";
import { refuseOptionsKeptByNpm } from "./settings/npm-options.ts";
import { addStartCommand } from "./start/index.ts";
import { addSyncCommand } from "./sync/index.ts";
import { version } from "./version.ts";
import { addWorkCommand } from "./work/index.ts";

const environmentHelp = `
Environment:
  ONSYNC_API_KEY          the API key, from Settings → API & Webhooks in OnSync
  ONSYNC_BASE_URL         default https://api.onsync.com/v1
  ONSYNC_WEBHOOK_SECRETS  secrets of your webhook endpoints, comma separated, newest first
  ONSYNC_FORWARD_SECRET   what \`onsync listen --forward\` signs with, instead of the newest of those
  ONSYNC_REDIS_URL        the Redis of \`onsync listen --sink redis:STREAM\`, where it is not that of --redis
  ONSYNC_REDIS_PASSWORD   password for Redis URLs that have none
  ONSYNC_LEDGER           the send ledger, as --ledger of call, mcp, listen, start, sends, import, work, sync, export and forget
  ONSYNC_MCP_TOKEN        bearer token of the HTTP MCP server
  ONSYNC_APPROVAL_TOKEN   opens the approval page of \`onsync mcp --send person\` (default: a new one, printed at start)
  ONSYNC_CONTROL_TOKEN    token of the reference's control API (default: a new one, printed at start)
  ONSYNC_METRICS_TOKEN    token that requests for /metrics must show (--metrics-port)
  ONSYNC_…_FILE           a file that holds it, in the place of each of these that is a key, a secret, a password or a token
  PORT                    the port of \`onsync listen\` and \`onsync mcp --http\`, where --port is not given
  NO_COLOR, FORCE_COLOR   no colours on a terminal; colours wherever the output goes
  ONSYNC_LOG_LEVEL        trace, debug, info, warn, error, fatal or silent
  HTTPS_PROXY, HTTP_PROXY the proxy to OnSync and to --forward, such as http://user:password@proxy.example.com:3128
  NO_PROXY                hosts to reach without it, comma separated: example.com (with its subdomains), host:port, *
                          This machine is no exception, as with curl: name 127.0.0.1 and localhost where they are one

Without an account, \`onsync start\` lets you try everything on made-up data.
Exit codes: 0 done, 1 failed, 2 called wrongly (an option, an argument or the environment).`;

/** Each command's file is light: what it needs to run is imported when it runs. */
const additions = [
  addStartCommand,
  addReferenceCommand,
  addMcpCommand,
  addListenCommand,
  addEventsCommand,
  addCallCommand,
  addSendsCommand,
  addImportCommand,
  addWorkCommand,
  addExportCommand,
  addForgetCommand,
  addSyncCommand,
  addDoctorCommand,
  addCompletionCommand,
];

export function createProgram(io: Io): Command {
  const program = new Command("onsync")
    .description("OnSync, the shared inbox for WhatsApp, Instagram, Facebook and Telegram, from the command line.")
    .version(version, "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .addHelpText("after", environmentHelp)
    .showHelpAfterError("(`onsync --help` lists the commands)");
  redirectOutput(program, io);
  for (const add of additions) add(program, io);
  for (const command of program.commands) showUsageAfterErrors(command, "onsync");
  return program;
}

/** Who has called a command wrongly is shown how it is called, and where its own help is. */
function showUsageAfterErrors(command: Command, parent: string): void {
  const name = `${parent} ${command.name()}`;
  command.showHelpAfterError(`Usage: ${name} ${command.usage()}\n(\`${name} --help\` tells what it takes)`);
  for (const each of command.commands) showUsageAfterErrors(each, name);
}

/**
 * Runs one command line to its end.
 *
 * @param args without node and the script
 * @returns the exit code: 0 done, 1 failed, 2 called wrongly
 */
export function run(args: readonly string[], io: Io): Promise<number> {
  return runProgram(createProgram(io), args, io, (program) => refuseOptionsKeptByNpm(program, args, io.env));
}
