/** Packages that only some need: imported when they are, with an error that says what to install. */

/** @param load the import itself, so that bundlers and types see it */
export async function importOptional<Module>(name: string, what: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) throw error;
    throw new Error(`${what} needs the package ${name}: install it beside this one (npm install ${name}).`, {
      cause: error,
    });
  }
}
