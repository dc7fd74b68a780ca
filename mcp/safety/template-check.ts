/**
 * Looks a template up before it is sent, where the API lists templates: a wrong name, language or number of values is
 * found before the customer's phone number is charged for it.
 */
import {
  findSlotMismatch,
  findTemplateBody,
  isTemplateBody,
  listTemplateSlots,
  listTemplateVariables,
  type Template,
  type TemplateComponent,
} from "../../src/api/index.ts";
import type { OnSync } from "../../src/client/index.ts";
import { sanitizeLine } from "../answers/customer-text.ts";

const maxListAgeMs = 5 * 60_000;

export type TemplateSend = {
  template: string;
  language: string;
  parameters: readonly string[];
  components?: readonly TemplateComponent[];
};

function describeTemplates(templates: readonly Template[]) {
  const names = templates.slice(0, 10).map(({ name, language }) => sanitizeLine(`${name} (${language})`));
  return `${names.join(", ")}${templates.length > 10 ? ` and ${templates.length - 10} more` : ""}`;
}

/** What is wrong with the send, in one or two sentences; `undefined`: nothing that the list tells. */
export function findTemplateMismatch(templates: readonly Template[], send: TemplateSend): string | undefined {
  const named = templates.filter(({ name }) => name === send.template);
  if (named.length === 0)
    return `There is no template ${JSON.stringify(send.template)}. There are: ${describeTemplates(templates)}.`;
  const found = named.find(({ language }) => language === send.language);
  if (!found)
    return `Template ${send.template} is not there in language ${JSON.stringify(send.language)}. There is: ${describeTemplates(named)}.`;
  const status = sanitizeLine(String(found.status)).toLowerCase();
  if (status !== "approved")
    return `Template ${send.template} (${send.language}) is ${status}: only approved ones can be sent.`;
  const body = findTemplateBody(found) ?? "";
  const variables = listTemplateVariables(body);
  const { components = [] } = send;
  const inBody = send.parameters.length + (components.find(isTemplateBody)?.parameters ?? []).length;
  if (variables.length !== inBody) {
    return `Template ${send.template} (${send.language}) takes ${variables.length} parameters, and ${inBody} are given. Its text: ${JSON.stringify(sanitizeLine(body).slice(0, 500))}.`;
  }
  const slots = listTemplateSlots(found).filter(({ part }) => part !== "body");
  const mismatch = findSlotMismatch(
    slots,
    components.filter((component) => !isTemplateBody(component)),
  );
  return (
    mismatch && `Template ${send.template} (${send.language}): ${sanitizeLine(mismatch)}. Give that in components.`
  );
}

/** @returns checks a send; the list is kept for five minutes and read again before anything is refused by it */
export function createTemplateCheck(onsync: OnSync, now: () => number) {
  let lastRead: { templates: readonly Template[] | null; at: number } | undefined;

  const readTemplates = async (signal: AbortSignal | undefined) => {
    let templates: readonly Template[] | null = null;
    try {
      templates = (await onsync.templates.list({ platform: "whatsapp" }, { signal, deadlineMs: 5_000 })).data;
    } catch {
      // No list, no check: the extension may be missing, the key may not read it. OnSync decides then.
    }
    lastRead = { templates, at: now() };
    return lastRead;
  };

  return async (send: TemplateSend, signal?: AbortSignal): Promise<string | undefined> => {
    const recent = lastRead && now() - lastRead.at < maxListAgeMs ? lastRead : undefined;
    let { templates } = recent ?? (await readTemplates(signal));
    // An empty list says that none is registered where it is kept, not that WhatsApp has none.
    if (!templates?.length) return undefined;
    const problem = findTemplateMismatch(templates, send);
    if (problem === undefined || !recent) return problem;
    ({ templates } = await readTemplates(signal));
    return templates?.length ? findTemplateMismatch(templates, send) : undefined;
  };
}

export type TemplateCheck = ReturnType<typeof createTemplateCheck>;
