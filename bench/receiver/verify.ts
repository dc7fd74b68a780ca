/** Signature checks a second, beside other libraries. */
import { createHmac } from "node:crypto";
import { signPayload, verifySignature } from "../../src/api/signature.ts";
import { installPeers, namePeer, requirePeer } from "../harness/peers.ts";
import { measureInTurns, type Question, type Scale, type Table } from "../harness/question.ts";
import { createDelivery } from "./setup.ts";

const secret = "bench-secret";
const base = "`verifySignature` and `JSON.parse`";

function countPerSecond(work: () => void, ms: number): number {
  const started = performance.now();
  let done = 0;
  for (; performance.now() < started + ms; done += 100) for (let n = 0; n < 100; n++) work();
  return done / ((performance.now() - started) / 1000);
}

/** By name, what checks the body once. */
function prepareChecks(body: string): Record<string, () => void> {
  const header = signPayload(body, secret);
  const key = Buffer.from(secret).toString("base64");
  const now = Math.floor(Date.now() / 1000);
  const signature = createHmac("sha256", secret).update(`msg_1.${now}.${body}`).digest("base64");
  const name = (prefix: string) => ({
    [`${prefix}-id`]: "msg_1",
    [`${prefix}-timestamp`]: String(now),
    [`${prefix}-signature`]: `v1,${signature}`,
  });
  const standard = new (requirePeer("standardwebhooks").Webhook)(key);
  const svix = new (requirePeer("svix").Webhook)(key);
  const { webhooks } = new (requirePeer("stripe"))("unused");
  const stripeHeader = webhooks.generateTestHeaderString({ payload: body, secret });
  const [standardHeaders, svixHeaders] = [name("webhook"), name("svix")];
  return {
    [base]: () => void (verifySignature(body, header, secret) && JSON.parse(body)),
    "`verifySignature`": () => void verifySignature(body, header, secret),
    "`verifySignature`, two secrets": () => void verifySignature(body, header, ["newer-secret", secret]),
    [namePeer("stripe")]: () => void webhooks.constructEvent(body, stripeHeader, secret, 1_000_000),
    [namePeer("svix")]: () => void svix.verify(body, svixHeaders),
    [namePeer("standardwebhooks")]: () => void standard.verify(body, standardHeaders),
  };
}

async function measure({ isSmall }: Scale): Promise<Table[]> {
  installPeers();
  const checks = Object.entries(prepareChecks(createDelivery(1).body));
  const values = await measureInTurns(
    checks.map(
      ([, work]) =>
        () =>
          countPerSecond(work, isSmall ? 10 : 200),
    ),
    { rounds: isSmall ? 1 : 7 },
  );
  return [
    {
      ...{ what: "check", base, chart: true, measures: [{ name: "a second", compared: true }] },
      rows: checks.map(([name], index) => ({ name, values: [values[index] ?? []] })),
    },
  ];
}

export const verify: Question = {
  name: "verify",
  title: "Signature checks",
  about: `Of a delivery of about 400 bytes. The other libraries parse it, too; they check a timestamp as well, which OnSync's signature has
not.`,
  measure,
};
