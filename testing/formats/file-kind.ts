/** A kind of file that the product keeps. */

/** What is in a file, as JSON that does not depend on when it is asked. */
export type Contents = Record<string, unknown>;

export type FileKind = {
  name: string;
  /** Makes a file that has something of everything. */
  make(file: string): Promise<void>;
  /** Opens it as a command does, which brings it into this version's format. */
  read(file: string): Promise<Contents>;
  /** Writes something more into it. */
  use(file: string): Promise<void>;
};
