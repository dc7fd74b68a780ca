/** Signature checks a second, against other libraries. */
import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { signPayload, verifySignature } from "../../src/api/signature.ts";
import { formatTable, median } from "../measure.ts";
import { createDelivery, formatRate, secret } from "./setup.ts";

function countPerSecond(work: () => void): number {
  for (let n = 0; n < 5000; n++) work();
  const rates: number[] = [];
  for (let turn = 0; turn < 5; turn++) {
    const until = performance.now() + 500;
    const started = performance.now();
    let done = 0;
    for (; performance.now() < until; done += 100) for (let n = 0; n < 100; n++) work();
    rates.push(done / ((performance.now() - started) / 1000));
  }
  return median(rates);
}

/** Those of bench/webhooks; without them ours are measured alone. */
function measureOthers(body: string): [string, number][] {
  const measured: [string, number][] = [];
  // They are no dependencies of ours: found from their own folder.
  const peer = createRequire(join(import.meta.dirname, "../webhooks", "package.json"));
  try {
    const key = Buffer.from(secret).toString("base64");
    const now = new Date();
    const sign = (text: string) => createHmac("sha256", Buffer.from(key, "base64")).update(text).digest("base64");
    const headers = (prefix: string) => ({
      [`${prefix}-id`]: "msg_1",
      [`${prefix}-timestamp`]: String(Math.floor(now.getTime() / 1000)),
      [`${prefix}-signature`]: `v1,${sign(`msg_1.${Math.floor(now.getTime() / 1000)}.${body}`)}`,
    });
    const [standardHeaders, svixHeaders] = [headers("webhook"), headers("svix")];
    const standard = new (peer("standardwebhooks").Webhook)(key);
    measured.push(["standardwebhooks (parses too)", countPerSecond(() => void standard.verify(body, standardHeaders))]);
    const svix = new (peer("svix").Webhook)(key);
    measured.push(["svix (parses too)", countPerSecond(() => void svix.verify(body, svixHeaders))]);
    const { webhooks } = new (peer("stripe"))("unused");
    const stripeHeader = webhooks.generateTestHeaderString({ payload: body, secret });
    measured.push([
      "stripe (parses too)",
      countPerSecond(() => void webhooks.constructEvent(body, stripeHeader, secret, 1_000_000)),
    ]);
  } catch (error) {
    console.error(`The other libraries are not measured (npm ci --prefix bench/webhooks): ${(error as Error).message}`);
  }
  return measured;
}

export async function measureVerify(): Promise<void> {
  const { body } = createDelivery(1);
  const header = signPayload(body, secret);
  const measured: [string, number][] = [
    ["verifySignature", countPerSecond(() => void verifySignature(body, header, secret))],
    [
      "verifySignature and JSON.parse",
      countPerSecond(() => void (verifySignature(body, header, secret) && JSON.parse(body))),
    ],
    [
      "verifySignature, two secrets",
      countPerSecond(() => void verifySignature(body, header, ["newer-secret", secret])),
    ],
  ];
  measured.push(...measureOthers(body));
  const ours = measured[1]?.[1] as number;
  console.log(`\n### Signature checks of a delivery of ${body.length} bytes\n`);
  console.log(
    formatTable(
      ["", "ratio to ours with parsing", "a second"],
      measured.map(([name, value]) => [name, (value / ours).toFixed(2), formatRate(value)]),
    ),
  );
}
