/**
 * What a tool can do to the world, and what of it each option of the operator leaves: one table. Tools are selected and
 * calls are guarded by it, and docs/security.md shows it.
 */
import type { Operation } from "../../src/operations/index.ts";
import type { SafetySettings } from "./settings.ts";

/** The powers, in the order of the harm they can do. */
export const powers = {
  reads: "reads",
  writesContacts: "writes contacts",
  movesContacts: "changes where a contact is reached",
  writesToCustomers: "writes to customers",
  opensChannels: "opens or closes a channel outwards",
} as const;
export type Power = keyof typeof powers;

/**
 * The power that a tool has by its operation. Which contact is reached where depends on the arguments of a tool that
 * writes contacts: `movesContacts` is no tool's as a whole (mcp/safety/contact-addresses.ts).
 *
 * @throws Error where it cannot be told
 */
export function getPower({ name, effect, scope }: Operation): Exclude<Power, "movesContacts"> {
  if (effect === "reads") return "reads";
  if (effect === "sends") return "writesToCustomers";
  // Whoever receives a webhook reads every customer's messages; whoever removes one keeps them from its owner.
  if (scope === "write:webhooks") return "opensChannels";
  if (scope === "write:contacts") return "writesContacts";
  throw new Error(`${name}: say here which power it has`);
}

/** How much of a power an option leaves: all, nothing, or what the check of that name lets through. */
export type Left = keyof typeof leftInWords;
export const leftInWords = {
  yes: "yes",
  no: "no",
  chosen: "of the tools in it",
  named: "where `--toolsets` names it",
  masked: "with phones and e-mails masked",
  previewed: "by a second call, after a preview",
  proposed: "by a person alone, after a proposal",
  filtered: "to these",
  counted: "so many",
} as const;

export type OptionRow = {
  /** As the operator writes it. */
  option: string;
  isGiven(safety: SafetySettings): boolean;
  leaves: Record<Power, Left>;
};

/** All powers but for the limits given. */
function leave(limits: Partial<Record<Power, Left>>): Record<Power, Left> {
  const all = { reads: "yes", writesContacts: "yes", movesContacts: "yes", writesToCustomers: "yes" } as const;
  return { ...all, opensChannels: "yes", ...limits };
}

/** Where an option restricts who is written to or what is read, nothing may lead elsewhere by a detour. */
const noDetour = { movesContacts: "no", opensChannels: "no" } as const;

type SendMode = Exclude<SafetySettings["send"], undefined | "direct">;
const sendModes: Record<SendMode, Record<Power, Left>> = {
  confirm: leave({ writesToCustomers: "previewed", ...noDetour }),
  person: leave({ writesToCustomers: "proposed", ...noDetour }),
  off: leave({ writesToCustomers: "no", ...noDetour }),
};

/** What each option leaves. */
export const optionRows: readonly OptionRow[] = [
  {
    option: "without `--toolsets`",
    isGiven: ({ toolsets }) => toolsets === undefined,
    leaves: leave({ opensChannels: "named" }),
  },
  {
    option: "`--toolsets`",
    isGiven: ({ toolsets }) => toolsets !== undefined,
    leaves: leave({
      reads: "chosen",
      writesContacts: "chosen",
      movesContacts: "chosen",
      writesToCustomers: "chosen",
      opensChannels: "chosen",
    }),
  },
  {
    option: "`--read-only`",
    isGiven: ({ readOnly }) => readOnly === true,
    leaves: leave({ writesContacts: "no", writesToCustomers: "no", ...noDetour }),
  },
  ...Object.entries(sendModes).map(([mode, leaves]) => ({
    option: `\`--send ${mode}\``,
    isGiven: ({ send }: SafetySettings) => send === mode,
    leaves,
  })),
  {
    option: "`--allow-recipients`",
    isGiven: ({ allowRecipients }) => allowRecipients !== undefined,
    leaves: leave({ writesToCustomers: "filtered", ...noDetour }),
  },
  {
    option: "`--redact-pii`",
    isGiven: ({ redactPii }) => redactPii === true,
    leaves: leave({ reads: "masked", ...noDetour }),
  },
  {
    option: "`--sends-per-minute`, `--sends-per-day`",
    isGiven: ({ caps }) => caps?.perMinute !== undefined || caps?.perDay !== undefined,
    leaves: leave({ writesToCustomers: "counted" }),
  },
];

/** How the settings limit a power, each way with the first option that limits it so. */
export function findLimits(safety: SafetySettings, power: Power): ReadonlyMap<Left, string> {
  const limits = new Map<Left, string>();
  for (const { option, isGiven, leaves } of optionRows)
    if (isGiven(safety) && !limits.has(leaves[power])) limits.set(leaves[power], option.replaceAll("`", ""));
  return limits;
}
