/** What an operator allows an agent to do. Everything is allowed that is not restricted here. */

import type { OperationName } from "../../src/operations/index.ts";
import type { Toolset } from "../../src/operations/toolsets.ts";
import type { Caps } from "./caps.ts";

export type SafetySettings = {
  /** Only tools that read are listed; calling another by name fails. */
  readOnly?: boolean;
  /**
   * `direct` (the default): a send is made at once. `confirm`: the first call returns a preview and a single-use token,
   * the second sends. `person`: a call proposes the message, and only a person can have it sent. `off`: nothing is sent.
   */
  send?: "direct" | "confirm" | "person" | "off";
  /**
   * With `person`: whether a person may also approve in the host, by its question (elicitation) or a card in the chat. Default
   * true; false where the host is not trusted to ask one.
   */
  hostApprovals?: boolean;
  /** Only the tools of these sets, and these tools. Without it all but those of webhooks, which must be named. */
  toolsets?: readonly (Toolset | OperationName)[];
  /** Only these recipients are written to: addresses or `platform:address`, `*` stands for anything. */
  allowRecipients?: readonly string[];
  /** Most sends a minute and a day, counted in the send ledger. */
  caps?: Caps;
  /** Hosts that webhooks may be registered for though they are not public or not https. */
  webhookHosts?: readonly string[];
  /** Masks phones and e-mail addresses in every answer. */
  redactPii?: boolean;
  /** Shared by replicas that are to take each other's confirmation tokens and sealed addresses. Random by default. */
  secret?: string;
};
