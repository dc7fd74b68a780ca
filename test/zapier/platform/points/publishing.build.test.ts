/** The build that Zapier has: the one that is tested, without an address of another server, and quiet in its log. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { openZapierBuild } from "../../../../testing/zapier/build.ts";
import { judgeLogs } from "../../../../testing/zapier/judge.ts";
import { openPlatform } from "../../../../testing/zapier/platform.ts";
import { customer, type Definition, useSteps } from "./steps.ts";

const root = join(import.meta.dirname, "../../../..");
const steps = useSteps({ speed: 1 });

describe("16: one build", () => {
  test("the documents upload the zip that is tested, and nothing that Zapier's tool builds anew", () => {
    const commands = readFileSync(join(root, "docs/zapier.md"), "utf8").match(/`[^`\n]+`/g) ?? [];
    expect(commands.filter((command) => /npx zapier-platform (push|build)/.test(command))).toEqual([]);
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(Object.entries(scripts).filter(([name]) => /^zapier:(push|upload|release)/.test(name))).not.toEqual([]);
  });
});

describe("17: the public build", () => {
  const zip = process.env.ONSYNC_ZAPIER_PUBLIC_ZIP ?? join(root, "build/zapier.zip");

  test("has no field for another address, and lets no key go to one", async () => {
    using build = openZapierBuild(zip);
    const platform = await openPlatform(build);
    try {
      const world = platform.createWorld();
      const { authentication } = (await platform.command(world, "definition")) as Definition;
      expect((authentication.fields ?? []).map(({ key }) => key)).not.toContain("base_url");
      const connection = platform.connect(world, "a");
      connection.authData.base_url = "https://elsewhere.example/v1";
      const outcome = await platform.invoke(world, connection, { method: "authentication.test" });
      expect(outcome.hosts).not.toContain("elsewhere.example");
    } finally {
      await platform.close();
    }
  });
});

describe("18: Zapier's log", () => {
  test("shows nothing of a message that was sent, nor of its customer", async () => {
    const metadata = { campaign: "a secret sale" };
    await steps.succeed("creates.send_message", {
      platform: "whatsapp",
      to: customer,
      content: "Your code is 4711",
      metadata,
    });
    expect(judgeLogs(steps.world, { text: "Your code is 4711", metadata: "a secret sale" })).toEqual([]);
    expect(judgeLogs(steps.world, { phone: customer })).toEqual([]);
  });

  test("shows nothing of a contact that was saved and found", async () => {
    const contact = { phone: "+971500000077", email: "sara@example.com", firstName: "Sarabella" };
    await steps.succeed("creates.save_contact", contact);
    expect(judgeLogs(steps.world, contact)).toEqual([]);
  });

  test("shows no key and no secret, also of a subscription", async () => {
    await steps.run(
      "triggers.contact_created.operation.performSubscribe",
      {},
      {
        bundle: { targetUrl: "https://hooks.zapier.com/hooks/standard/1/abc/" },
      },
    );
    const secrets = steps.world.reference.snapshot().data.webhooks.map(({ secret }) => String(secret));
    expect(secrets).toHaveLength(1);
    expect(judgeLogs(steps.world, { key: steps.world.reference.key, secret: secrets[0] as string })).toEqual([]);
  });
});
