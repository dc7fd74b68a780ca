/** `onsync completion`: what a shell needs to complete command lines, from the definitions of the commands. */
import { Argument, type Command } from "commander";
import { type Io, print } from "../output/io.ts";
import { shells } from "./shells.ts";

const help = `
Examples:
  onsync completion bash > ~/.local/share/bash-completion/completions/onsync
  onsync completion zsh > "\${fpath[1]}/_onsync"
  onsync completion fish > ~/.config/fish/completions/onsync.fish

Commands, operations, options and what an option may be; else names of files. Write it again after an upgrade.`;

export function addCompletionCommand(program: Command, io: Io): void {
  program
    .command("completion")
    .summary("print what a shell needs to complete command lines")
    .description("Prints a script by which bash, zsh or fish completes command lines of onsync.")
    .addArgument(new Argument("<shell>", "whose script").choices(Object.keys(shells)))
    .addHelpText("after", help)
    .action(async (shell: keyof typeof shells) => {
      const [{ readCommands }, { allOperations }] = await Promise.all([
        import("./commands.ts"),
        import("../../src/operations/index.ts"),
      ]);
      const operations = allOperations.map(({ name, title }) => ({ word: name, about: title }));
      await print(io.stdout, shells[shell](readCommands(program, { call: operations })));
    });
}
