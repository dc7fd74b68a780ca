/** Smart Triggers, summaries and the sandbox's carrier. */

import { readCarrier, setCarrier } from "../automation/carrier.ts";
import { AutomationQuery, CarrierInput, SummaryChange, TriggerInput, TriggerPatch } from "../automation/input.ts";
import { listSummaries, readSummarySettings, setSummarySettings } from "../automation/summaries.ts";
import { createTrigger, listRuns, listTriggers, removeTrigger, updateTrigger } from "../automation/triggers.ts";
import { validate } from "../http/input.ts";
import { type ControlContext, makeChange, resolveOrgId } from "./context.ts";
import type { Control } from "./control.ts";

export function createAutomationControl(control: ControlContext): Pick<Control, "triggers" | "summaries" | "carrier"> {
  const { context } = control;
  return {
    triggers: {
      create: async (given) => {
        const trigger = validate(TriggerInput, given);
        return makeChange(control, () => createTrigger(context, resolveOrgId(control, trigger.orgId), trigger));
      },
      list: async (orgId) => listTriggers(context, resolveOrgId(control, orgId)),
      update: async (id, given) => {
        const patch = validate(TriggerPatch, given);
        return makeChange(control, () => updateTrigger(context, id, patch));
      },
      remove: async (id) => makeChange(control, () => removeTrigger(context, id)),
      runs: async (given = {}) => {
        const { orgId, limit } = validate(AutomationQuery, given);
        return listRuns(context, resolveOrgId(control, orgId), limit);
      },
    },

    summaries: {
      settings: async (orgId) => readSummarySettings(context, resolveOrgId(control, orgId)),
      set: async (given) => {
        const { orgId, ...settings } = validate(SummaryChange, given);
        return makeChange(control, () => setSummarySettings(context, resolveOrgId(control, orgId), settings));
      },
      list: async (given = {}) => {
        const { orgId, limit } = validate(AutomationQuery, given);
        return listSummaries(context, resolveOrgId(control, orgId), limit);
      },
    },

    carrier: async (given) => {
      if (given === undefined) return readCarrier(context);
      const settings = validate(CarrierInput, given);
      return makeChange(control, () => setCarrier(context, settings));
    },
  };
}
