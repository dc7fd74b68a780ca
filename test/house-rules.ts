/** What is longer or fuller than the house has it, and why it reads better so. A path that needs no exception any more goes. */
export const exceptions: Readonly<{
  /** Functions, as `path: name`. */
  functions: Readonly<Record<string, string>>;
  files: Readonly<Record<string, string>>;
  folders: Readonly<Record<string, string>>;
}> = {
  functions: {},
  files: {},
  folders: {},
};
