/** The options by which an operator restricts what an agent may do over MCP. */
import { type Command, Option } from "commander";
import type { McpOptions } from "../../mcp/options.ts";
import { UsageError } from "../output/errors.ts";
import { createNumberParser, parseList } from "../settings/options.ts";

type Safety = NonNullable<McpOptions["safety"]>;

export type SafetyOptions = {
  readOnly?: true;
  send: "direct" | "confirm" | "person" | "off";
  hostApprovals: boolean;
  toolsets?: string[];
  allowRecipients?: string[];
  sendsPerMinute?: number;
  sendsPerDay?: number;
  allowWebhookHosts?: string[];
  redactPii?: true;
};

const atLeastOne = createNumberParser(1, Number.MAX_SAFE_INTEGER);

export function addSafetyOptions(command: Command): Command {
  return command
    .option("--read-only", "offer only the tools that read")
    .addOption(
      new Option(
        "--send <mode>",
        "direct: at once; confirm: a preview first, sent by a second call; person: proposed, sent by a person alone; off: never",
      )
        .choices(["direct", "confirm", "person", "off"])
        .default("direct"),
    )
    .option(
      "--no-host-approvals",
      "with --send person: take approvals on the page and in a terminal alone, not from the assistant's host",
    )
    .addOption(
      new Option(
        "--toolsets <list>",
        "offer only these groups of tools, or single tools, comma separated (default: all but webhooks)",
      ).argParser(parseList),
    )
    .addOption(
      new Option(
        "--allow-recipients <patterns>",
        "write to these only, comma separated: +9715*, whatsapp:+971500000000, telegram:*",
      ).argParser(parseList),
    )
    .addOption(new Option("--sends-per-minute <number>", "send no more than this a minute").argParser(atLeastOne))
    .addOption(new Option("--sends-per-day <number>", "send no more than this a day").argParser(atLeastOne))
    .addOption(
      new Option(
        "--allow-webhook-hosts <list>",
        "let webhooks be registered for these hosts though they are not public or not https",
      ).argParser(parseList),
    )
    .option("--redact-pii", "mask phone numbers and e-mail addresses in every answer");
}

/** @throws UsageError that names the toolsets there are */
export async function readSafety({
  readOnly,
  send,
  hostApprovals,
  toolsets,
  allowRecipients,
  sendsPerMinute,
  sendsPerDay,
  allowWebhookHosts,
  redactPii,
}: SafetyOptions): Promise<Safety> {
  if (toolsets) await refuseUnknownToolsets(toolsets);
  return {
    readOnly: readOnly ?? false,
    send,
    ...(!hostApprovals && { hostApprovals }),
    redactPii: redactPii ?? false,
    caps: {
      perMinute: sendsPerMinute,
      perDay: sendsPerDay,
    },
    toolsets: toolsets as Safety["toolsets"],
    allowRecipients,
    webhookHosts: allowWebhookHosts,
  };
}

async function refuseUnknownToolsets(names: readonly string[]): Promise<void> {
  const { checkToolsets } = await import("../../mcp/safety/toolsets.ts");
  try {
    checkToolsets(names);
  } catch (error) {
    throw new UsageError(`--toolsets: ${(error as Error).message}.`);
  }
}
