/** The commands as a shell completes them. */
import type { Command } from "commander";

/** Something that may be typed, and what it is. */
export type Word = { word: string; about: string };

export type CompletedOption = Word & {
  /** What may follow; empty: anything. `null`: it takes no value. */
  values: readonly string[] | null;
};

export type CompletedCommand = {
  /** How it is called, without `onsync`: `""` for that alone, `events list`. */
  path: string;
  /** Commands within it, and what its arguments may be. */
  words: Word[];
  options: CompletedOption[];
};

/** @param more what the first argument of a command may be, by its path, where its definition does not say */
export function readCommands(
  program: Command,
  more: Readonly<Record<string, readonly Word[]>>,
  path = "",
): CompletedCommand[] {
  const words = program.commands.map((command) => ({ word: command.name(), about: command.summary() }));
  const choices = program.registeredArguments.flatMap(({ argChoices = [] }) => argChoices);
  const options = program.createHelp().visibleOptions(program);
  return [
    {
      path,
      words: [...words, ...choices.map((word) => ({ word, about: "" })), ...(more[path] ?? [])],
      options: options.flatMap(({ long, description, argChoices = [], required, optional }) =>
        long ? [{ word: long, about: description, values: required || optional ? argChoices : null }] : [],
      ),
    },
    ...program.commands.flatMap((command) => readCommands(command, more, `${path} ${command.name()}`.trim())),
  ];
}
