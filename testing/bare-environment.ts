/**
 * What a command that is started on its own is given of this process's environment: where programs are, and where
 * `scripts/test.ts` has modules kept compiled. Nothing else of whoever runs the tests may reach it.
 */
export const bareEnvironment: Readonly<Record<string, string>> = Object.fromEntries(
  ["PATH", "NODE_COMPILE_CACHE"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }),
);
