/** The connection: an API key; in staging's build an address as well. */
import type { Authentication, Bundle } from "zapier-platform-core";
import { defaultBaseUrl } from "../../src/api/values/base-url.ts";
import { checkDefaultCountry, defaultCountryField } from "../input/phone.ts";
import { perform } from "../perform.ts";
import { isStagingBuild } from "./build.ts";
import { readCredentials } from "./client.ts";

type AuthField = NonNullable<Authentication["fields"]>[number];

/** The first characters of a key, which tell keys apart and open nothing; `null` for a key of another form. */
function readKeyPrefix(apiKey: string): string | null {
  return /^(onsync_pk_[a-z]+_\w{4})\w{12,}$/.exec(apiKey)?.[1] ?? null;
}

/** `GET /me` where there is one; else `GET /webhooks`, where even a missing permission proves the key. */
const test = perform(async ({ onsync, bundle, signal }) => {
  await checkDefaultCountry(bundle);
  const { account } = await onsync.account.check({ signal });
  return {
    id: account?.org.id ?? null,
    organization: account?.org.name ?? null,
    keyPrefix: account?.keyPrefix ?? readKeyPrefix(readCredentials(bundle).apiKey),
    permissions: account?.scopes ?? [],
    host: new URL(onsync.baseUrl).host,
  };
});

/** Zapier hands over what the test returned. */
async function connectionLabel(
  _z: unknown,
  { inputData }: Bundle<{ organization?: unknown; keyPrefix?: unknown; host?: unknown }>,
): Promise<string> {
  const { organization, keyPrefix, host } = inputData;
  return [organization ?? host ?? "OnSync", keyPrefix ? `(${keyPrefix}…)` : null].filter(Boolean).join(" ");
}

const apiKeyField: AuthField = {
  key: "api_key",
  label: "API Key",
  type: "password",
  required: true,
  helpText:
    "In [OnSync](https://app.onsync.com), go to Settings → API & Webhooks and click Generate Key. Use a key of its own for Zapier, so that you can revoke it alone.",
};

const baseUrlField: AuthField = {
  key: "base_url",
  label: "Base URL",
  required: false,
  isNoSecret: true,
  placeholder: defaultBaseUrl,
  helpText: `The staging system's address, with https. Leave it empty for \`${defaultBaseUrl}\`.`,
};

export function createAuthentication(): Authentication {
  return {
    type: "custom",
    fields: isStagingBuild() ? [apiKeyField, defaultCountryField, baseUrlField] : [apiKeyField, defaultCountryField],
    test,
    connectionLabel,
  };
}
