/** What is done with one field of one contact, decided by what both sides have now and had when they last agreed. */
import type { Owner } from "./fields.ts";

/**
 * `settle`: both have the same. `leave`: neither was changed. `toInbox`, `toCrm`: the value goes there. `conflict`: both were
 * changed, or they have never met and differ, and nobody owns the field.
 */
export type Decision = "settle" | "leave" | "toInbox" | "toCrm" | "conflict";

export type Sides = {
  /** Hashes; `""` is an empty field. */
  crm: string;
  inbox: string;
  /** What each had when they last agreed; `null`: they have not met. */
  base: { crm: string; inbox: string } | null;
};

export function decide(owner: Owner, { crm, inbox, base }: Sides): Decision {
  if (crm === inbox) return "settle";
  if (base === null) {
    // What is not known on one side is taken from the other, whoever owns it.
    if (inbox === "") return "toInbox";
    if (crm === "") return "toCrm";
  }
  const crmChanged = crm !== base?.crm;
  const inboxChanged = inbox !== base?.inbox;
  if (!crmChanged && !inboxChanged) return "leave";
  if (owner !== "either") return owner === "crm" ? "toInbox" : "toCrm";
  if (crmChanged && inboxChanged) return "conflict";
  return crmChanged ? "toInbox" : "toCrm";
}
