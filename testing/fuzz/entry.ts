/** A way into the product by which somebody else's bytes come: an address, a file, a command line. */
import type fc from "fast-check";

/** An input is JSON, so that it can be printed, pasted and tried again. */
export type OpenEntry<Input> = {
  /** Inputs by how they are made: from what is documented (`schema`), or from bytes that nobody documents (`bytes`). */
  kinds: Readonly<Record<string, fc.Arbitrary<Input>>>;
  /** @returns what was wrong with what the product made of it, as sentences; none: nothing */
  try(input: Input): Promise<readonly string[]>;
  /** @returns what was wrong all along, and figures for the report */
  close(): Promise<{ harms: readonly string[]; figures: string }>;
};

export type Entry<Input> = {
  name: string;
  /** How many inputs it gets beside the others: those that take longer get fewer. */
  share: number;
  open(): Promise<OpenEntry<Input>>;
};
