/** The reference as a server of its own, with secrets and another org's data in it: none of them may come out. */
import { join } from "node:path";
import { type Canary, createCanary } from "../judge.ts";
import { type FuzzedServer, startServer } from "./server-process.ts";

const fixture = join(import.meta.dirname, "fixtures/reference.ts");

/** Made up, and unlike anything that a generator writes. */
export const secrets = {
  planted: "Quetzalcoatlus",
  ownKey: "onsync_pk_test_ownKeyThatNobodyElseHas4711",
  controlToken: "control-token-that-nobody-else-has-4711",
  secret: "whsec-of-this-org-that-nobody-reads-4711",
  otherSecret: "whsec-of-the-other-org-4711",
};

type Ready = FuzzedServer["ready"] & { orgId: string; contactId: string; otherKey: string };

export type PlantedReference = { server: FuzzedServer; orgId: string; contactId: string };

export async function startReference(): Promise<PlantedReference> {
  const server = await startServer([fixture, JSON.stringify(secrets)]);
  const { orgId, contactId } = server.ready as Ready;
  return { server, orgId, contactId };
}

/** What nobody may read, whoever asks. */
export function listSecrets({ server }: PlantedReference): Canary[] {
  return [
    createCanary("the org's key", secrets.ownKey),
    createCanary("another org's key", (server.ready as Ready).otherKey),
    createCanary("the control token", secrets.controlToken),
    createCanary("a webhook's secret", secrets.secret),
    createCanary("the secret of another org's webhook", secrets.otherSecret),
  ];
}

/** What an org may not read of another. */
export function listOtherOrg({ contactId }: PlantedReference): Canary[] {
  return [createCanary("another org's data", secrets.planted), createCanary("another org's contact", contactId)];
}
