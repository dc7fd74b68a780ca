import { version } from "../src/version.ts";

export { version };
export const userAgent = `onsync-automation/${version} (cli)`;
