/** The claims of the help texts: of each command's description, arguments and options, and of what stands after them. */
import type { Command } from "commander";
import { createProgram } from "../../cli/program.ts";
import type { Claim } from "./documents.ts";
import { isClaim, splitSentences } from "./sentences.ts";

/** What `addHelpText` put behind the lists. */
function afterHelp(command: Command): string {
  let printed = "";
  command.configureOutput({ writeOut: (text) => (printed += text) });
  command.outputHelp();
  return printed.slice(command.helpInformation().length);
}

/** Examples are commands, and no sentences; the other indented lines are a list. */
function paragraphsOf(text: string): string[] {
  return text
    .split(/\n\s*\n/)
    .filter((part) => !/^\s*Examples:/.test(part))
    .flatMap((part) => part.split(/\n(?= )|(?<=:)\n|\n(?=Exit codes)/));
}

/**
 * By command, such as `onsync events list`. A default that commander prints is the value that it uses: it needs no
 * entry.
 */
export function readHelpClaims(): Map<string, Claim[]> {
  const claims = new Map<string, Claim[]>();
  const visit = (command: Command, name: string): void => {
    const found: Claim[] = [];
    const add = (section: string, text: string): void => {
      if (isClaim(text)) found.push({ text, section });
    };
    for (const text of new Set([command.description(), command.summary()]))
      for (const s of splitSentences(text)) add("", s);
    for (const argument of command.registeredArguments) add(argument.name(), argument.description);
    for (const option of command.options) add(option.flags, `\`${option.flags}\` ${option.description}`);
    for (const paragraph of paragraphsOf(afterHelp(command))) for (const s of splitSentences(paragraph)) add("", s);
    if (found.length > 0) claims.set(`${name} --help`, found);
    for (const child of command.commands) if (child.name() !== "help") visit(child, `${name} ${child.name()}`);
  };
  const silent = { write: () => undefined };
  visit(createProgram({ env: {}, stdin: (async function* () {})(), stdout: silent, stderr: silent }), "onsync");
  return claims;
}
