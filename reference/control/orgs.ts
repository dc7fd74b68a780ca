/** Orgs, their keys and their templates. */
import { toIso } from "../clock.ts";
import { unknownId } from "../http/answers.ts";
import { validate } from "../http/input.ts";
import { registerKey } from "../inbox/keys.ts";
import { createOrg } from "../inbox/orgs.ts";
import { type ControlContext, makeChange, resolveOrgId } from "./context.ts";
import type { Control } from "./control.ts";
import { KeyInput, OrgInput, TemplateRegistration } from "./input.ts";

export function createOrgControl(
  control: ControlContext,
): Pick<Control, "createOrg" | "createKey" | "revokeKey" | "templates"> {
  const { context } = control;
  const { store, clock, changes } = context;
  return {
    createOrg: async (given) => {
      const { name, rateLimit } = validate(OrgInput, given);
      const org = makeChange(control, () =>
        createOrg(context, { name, rateLimit: rateLimit ?? control.defaultRateLimit }),
      );
      changes.note({ kind: "org" });
      return { id: org.id, name: org.name, rateLimit: org.rateLimit, createdAt: toIso(org.createdAt) };
    },

    createKey: async (given = {}) => {
      const { orgId, scopes, label } = validate(KeyInput, given);
      const made = makeChange(control, () =>
        registerKey(context, resolveOrgId(control, orgId), scopes, undefined, label ?? null),
      );
      changes.note({ kind: "key" });
      return {
        id: made.id,
        key: made.key,
        orgId: made.orgId,
        keyPrefix: made.prefix,
        scopes: made.scopes,
        label: made.label,
        createdAt: toIso(made.createdAt),
      };
    },

    revokeKey: async (id) => {
      if (!store.keys.revoke(id, clock.now())) throw unknownId("key", id);
      changes.note({ kind: "key" });
      return { id, revoked: true };
    },

    templates: {
      save: async (given) => {
        const { orgId, ...template } = validate(TemplateRegistration, given);
        makeChange(control, () => store.templates.save(resolveOrgId(control, orgId), template));
        changes.note({ kind: "template" });
        return template;
      },
      list: async (orgId) => store.templates.list(resolveOrgId(control, orgId)),
    },
  };
}
