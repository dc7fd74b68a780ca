/** What a command reads and writes: the process itself, or a test's own. */

export type Environment = Readonly<Record<string, string | undefined>>;

export type Output = { write(text: string): unknown; isTTY?: boolean };

export type Io = {
  env: Environment;
  stdin: AsyncIterable<string | Uint8Array>;
  stdout: Output;
  stderr: Output;
};

/** One value as JSON: laid out for a person at a terminal, one line for a program. */
export const printJson = (output: Output, value: unknown): void => {
  output.write(`${JSON.stringify(value, null, output.isTTY ? 2 : undefined)}\n`);
};
